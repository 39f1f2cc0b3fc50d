"""Other import paths of the same object, and its canonical (public, shortest) name.

Asked by `queries.symbols.canonical`, so that every later table needs one name an object: `sqlalchemy.orm.session.Session` and
`sqlalchemy.ext.asyncio.session.Session` are both "sqlalchemy.orm.Session". Two names are aliases only where the library binds
them to the *same object*; near twins (`sqlmodel.select` and `sqlalchemy.select`) are in `EQUIVALENT`.

Source: introspection of SQLAlchemy 2.0 and 2.1, SQLModel 0.0.50, FastAPI 0.165, Starlette 1.10, Pydantic 2.14, httpx 0.28, redis 8.1,
and the other libraries named here, by object identity; paths of older releases (`pydantic.env_settings`,
`sqlalchemy.ext.declarative.declarative_base`, `redis.StrictRedis`) from their change logs.
"""

from __future__ import annotations

# fmt: off
_SAME = (
    ("advanced_alchemy.mixins", "advanced_alchemy.base",
     "AuditColumns BigIntPrimaryKey IdentityPrimaryKey NanoIDPrimaryKey UUIDPrimaryKey UUIDv6PrimaryKey UUIDv7PrimaryKey"),
    ("advanced_alchemy.mixins.audit", "advanced_alchemy.base", "AuditColumns"),
    ("advanced_alchemy.mixins.bigint", "advanced_alchemy.base", "BigIntPrimaryKey IdentityPrimaryKey"),
    ("advanced_alchemy.mixins.nanoid", "advanced_alchemy.base", "NanoIDPrimaryKey"),
    ("advanced_alchemy.mixins.uuid", "advanced_alchemy.base", "UUIDPrimaryKey UUIDv6PrimaryKey UUIDv7PrimaryKey"),
    ("advanced_alchemy.repository._async", "advanced_alchemy.repository",
     "SQLAlchemyAsyncQueryRepository SQLAlchemyAsyncRepository SQLAlchemyAsyncRepositoryProtocol SQLAlchemyAsyncSlugRepository "
     "SQLAlchemyAsyncSlugRepositoryProtocol"),
    ("advanced_alchemy.repository._sync", "advanced_alchemy.repository",
     "SQLAlchemySyncQueryRepository SQLAlchemySyncRepository SQLAlchemySyncRepositoryProtocol SQLAlchemySyncSlugRepository "
     "SQLAlchemySyncSlugRepositoryProtocol"),
    ("advanced_alchemy.service._async", "advanced_alchemy.service",
     "SQLAlchemyAsyncQueryService SQLAlchemyAsyncRepositoryReadService SQLAlchemyAsyncRepositoryService"),
    ("advanced_alchemy.service._sync", "advanced_alchemy.service",
     "SQLAlchemySyncQueryService SQLAlchemySyncRepositoryReadService SQLAlchemySyncRepositoryService"),
    ("aiohttp.client", "aiohttp", "ClientSession ClientTimeout request"),
    ("aiohttp.client_exceptions", "aiohttp", "ClientError"),
    ("aiohttp.client_reqrep", "aiohttp", "ClientResponse"),
    ("aiohttp.connector", "aiohttp", "TCPConnector"),
    ("aiohttp.formdata", "aiohttp", "FormData"),
    ("aiohttp.helpers", "aiohttp", "BasicAuth"),
    ("aiohttp.web_app", "aiohttp.web", "Application"),
    ("aiohttp.web_fileresponse", "aiohttp.web", "FileResponse"),
    ("aiohttp.web_request", "aiohttp.web", "Request"),
    ("aiohttp.web_response", "aiohttp.web", "Response StreamResponse json_response"),
    ("aiohttp.web_routedef", "aiohttp.web", "RouteTableDef"),
    ("aiohttp.web_ws", "aiohttp.web", "WebSocketResponse"),
    ("aiosmtplib.api", "aiosmtplib", "send"),
    ("aiosmtplib.smtp", "aiosmtplib", "SMTP"),
    ("aiosqlite.core", "aiosqlite", "Connection connect"),
    ("aiosqlite.cursor", "aiosqlite", "Cursor"),
    ("argon2._password_hasher", "argon2", "PasswordHasher"),
    ("asyncio.locks", "asyncio", "BoundedSemaphore Condition Event Lock Semaphore"),
    ("asyncio.queues", "asyncio", "LifoQueue PriorityQueue Queue"),
    ("asyncio.runners", "asyncio", "run"),
    ("asyncio.subprocess", "asyncio", "create_subprocess_exec create_subprocess_shell"),
    ("asyncio.taskgroups", "asyncio", "TaskGroup"),
    ("asyncio.tasks", "asyncio", "Task as_completed create_task ensure_future gather run_coroutine_threadsafe shield sleep wait wait_for"),
    ("asyncio.threads", "asyncio", "to_thread"),
    ("asyncpg.connection", "asyncpg", "Connection connect"),
    ("asyncpg.pool", "asyncpg", "Pool create_pool"),
    ("asyncpg.protocol.record", "asyncpg", "Record"),
    ("boto3.session", "boto3", "Session"),
    ("concurrent.futures._base", "concurrent.futures", "Executor Future as_completed wait"),
    ("concurrent.futures.process", "concurrent.futures", "ProcessPoolExecutor"),
    ("concurrent.futures.thread", "concurrent.futures", "ThreadPoolExecutor"),
    ("curl_cffi", "curl_cffi.requests", "AsyncSession Session delete get head options patch post put request"),
    ("curl_cffi.requests.session", "curl_cffi.requests", "AsyncSession Session"),
    ("databases.core", "databases", "Database DatabaseURL"),
    ("fastapi.applications", "fastapi", "FastAPI"),
    ("fastapi.background", "fastapi", "BackgroundTasks"),
    ("fastapi.datastructures", "fastapi", "UploadFile"),
    ("fastapi.encoders", "fastapi.exceptions", "PydanticV1NotSupportedError"),
    ("fastapi.exceptions", "fastapi", "HTTPException WebSocketException"),
    ("fastapi.param_functions", "fastapi", "Body Cookie Depends File Form Header Path Query Security"),
    ("fastapi.requests", "fastapi", "Request"),
    ("fastapi.responses", "fastapi", "Response"),
    ("fastapi.routing", "fastapi", "APIRouter Request Response WebSocket"),
    ("fastapi.routing", "fastapi.concurrency", "run_in_threadpool"),
    ("fastapi.routing", "fastapi.datastructures", "URL"),
    ("fastapi.routing", "fastapi.encoders", "jsonable_encoder"),
    ("fastapi.routing", "fastapi.exceptions",
     "EndpointContext FastAPIError RequestValidationError ResponseValidationError WebSocketRequestValidationError"),
    ("fastapi.routing", "fastapi.middleware", "Middleware"),
    ("fastapi.routing", "fastapi.responses", "EventSourceResponse JSONResponse PlainTextResponse RedirectResponse StreamingResponse"),
    ("fastapi.routing", "fastapi.staticfiles", "StaticFiles"),
    ("fastapi.security.api_key", "fastapi.security", "APIKeyCookie APIKeyHeader APIKeyQuery"),
    ("fastapi.security.http", "fastapi.security", "HTTPAuthorizationCredentials HTTPBasic HTTPBasicCredentials HTTPBearer HTTPDigest"),
    ("fastapi.security.oauth2", "fastapi.security",
     "OAuth2 OAuth2AuthorizationCodeBearer OAuth2PasswordBearer OAuth2PasswordRequestForm OAuth2PasswordRequestFormStrict "
     "SecurityScopes"),
    ("fastapi.security.open_id_connect_url", "fastapi.security", "OpenIdConnect"),
    ("fastapi.sse", "fastapi.responses", "EventSourceResponse"),
    ("fastapi.websockets", "fastapi", "WebSocket WebSocketDisconnect"),
    ("fastapi_mail.config", "fastapi_mail", "ConnectionConfig"),
    ("fastapi_mail.fastmail", "fastapi_mail", "FastMail"),
    ("fastapi_mail.schemas", "fastapi_mail", "MessageSchema"),
    ("fastapi_pagination.api", "fastapi_pagination", "add_pagination create_page set_page set_params"),
    ("fastapi_pagination.default", "fastapi_pagination", "Page Params"),
    ("fastapi_pagination.ext.sqlalchemy", "fastapi_pagination", "create_page"),
    ("fastapi_pagination.limit_offset", "fastapi_pagination", "LimitOffsetPage LimitOffsetParams"),
    ("fastapi_pagination.paginator", "fastapi_pagination", "paginate"),
    ("fastapi_users.db.base", "fastapi_users.db", "BaseUserDatabase"),
    ("fastapi_users.fastapi_users", "fastapi_users", "FastAPIUsers"),
    ("fastapi_users.manager", "fastapi_users", "BaseUserManager"),
    ("fastcrud.crud.fast_crud", "fastcrud", "FastCRUD"),
    ("fastcrud.endpoint.crud_router", "fastcrud", "crud_router"),
    ("fastcrud.endpoint.endpoint_creator", "fastcrud", "EndpointCreator"),
    ("github.MainClass", "github", "Github"),
    ("niquests.api", "niquests", "delete get head options patch post put request"),
    ("niquests.sessions", "niquests", "Session"),
    ("openai.lib.azure", "openai", "AsyncAzureOpenAI AzureOpenAI"),
    ("psycopg2._psycopg", "psycopg2.extensions", "connection cursor"),
    ("pwdlib._hash", "pwdlib", "PasswordHash"),
    ("pydantic.aliases", "pydantic", "AliasChoices AliasGenerator AliasPath"),
    ("pydantic.annotated_handlers", "pydantic", "GetCoreSchemaHandler GetJsonSchemaHandler"),
    ("pydantic.config", "pydantic", "ConfigDict with_config"),
    ("pydantic.env_settings", "pydantic", "BaseSettings"),
    ("pydantic.errors", "pydantic",
     "PydanticForbiddenQualifier PydanticImportError PydanticInvalidForJsonSchema PydanticSchemaGenerationError "
     "PydanticUndefinedAnnotation PydanticUserError"),
    ("pydantic.fields", "pydantic", "Field PrivateAttr computed_field"),
    ("pydantic.functional_serializers", "pydantic", "PlainSerializer SerializeAsAny WrapSerializer field_serializer model_serializer"),
    ("pydantic.functional_validators", "pydantic",
     "AfterValidator BeforeValidator InstanceOf ModelWrapValidatorHandler PlainValidator SkipValidation ValidateAs WrapValidator "
     "field_validator model_validator"),
    ("pydantic.json_schema", "pydantic", "WithJsonSchema"),
    ("pydantic.main", "pydantic", "BaseModel create_model"),
    ("pydantic.networks", "pydantic",
     "AmqpDsn AnyHttpUrl AnyUrl AnyWebsocketUrl ClickHouseDsn CockroachDsn EmailStr FileUrl FtpUrl HttpUrl IPvAnyAddress "
     "IPvAnyInterface IPvAnyNetwork KafkaDsn MariaDBDsn MongoDsn MySQLDsn NameEmail NatsDsn PostgresDsn RedisDsn SnowflakeDsn "
     "UrlConstraints WebsocketUrl validate_email"),
    ("pydantic.plugin", "pydantic", "ValidationError"),
    ("pydantic.root_model", "pydantic", "RootModel"),
    ("pydantic.type_adapter", "pydantic", "TypeAdapter"),
    ("pydantic.types", "pydantic",
     "AllowInfNan AwareDatetime Base64Encoder ByteSize Discriminator EncodedBytes EncodedStr EncoderProtocol FailFast FutureDate "
     "FutureDatetime GetPydanticSchema ImportString Json JsonValue NaiveDatetime PastDate PastDatetime PaymentCardNumber Secret "
     "SecretBytes SecretStr Strict StringConstraints Tag conbytes condate condecimal confloat confrozenset conint conlist conset "
     "constr"),
    ("pydantic.v1.env_settings", "pydantic.v1", "BaseSettings"),
    ("pydantic.v1.main", "pydantic.v1", "BaseModel"),
    ("pydantic.validate_call_decorator", "pydantic", "validate_call"),
    ("pydantic.warnings", "pydantic",
     "PydanticDeprecatedSince20 PydanticDeprecatedSince210 PydanticDeprecatedSince211 PydanticDeprecatedSince212 "
     "PydanticDeprecatedSince214 PydanticDeprecatedSince26 PydanticDeprecatedSince29 PydanticDeprecationWarning "
     "PydanticExperimentalWarning"),
    ("pydantic_settings.main", "pydantic_settings", "BaseSettings SettingsConfigDict"),
    ("pymemcache.client", "pymemcache", "Client"),
    ("pymemcache.client.base", "pymemcache", "Client"),
    ("pymongo.mongo_client", "pymongo", "MongoClient"),
    ("pymongo.synchronous.collection", "pymongo.collection", "Collection"),
    ("pymongo.synchronous.cursor", "pymongo.cursor", "Cursor"),
    ("pymongo.synchronous.database", "pymongo.database", "Database"),
    ("redis.asyncio.client", "redis.asyncio", "Redis"),
    ("redis.asyncio.cluster", "redis.asyncio", "RedisCluster"),
    ("redis.asyncio.connection", "redis.asyncio", "BlockingConnectionPool Connection ConnectionPool"),
    ("redis.asyncio.sentinel", "redis.asyncio", "Sentinel"),
    ("redis.asyncio.utils", "redis.asyncio", "from_url"),
    ("redis.client", "redis", "Redis"),
    ("redis.cluster", "redis", "RedisCluster"),
    ("redis.connection", "redis", "BlockingConnectionPool Connection ConnectionPool"),
    ("redis.sentinel", "redis", "Sentinel"),
    ("redis.utils", "redis", "from_url"),
    ("requests.api", "requests", "delete get head options patch post put request"),
    ("requests.models", "requests", "Request Response"),
    ("requests.sessions", "requests", "Session session"),
    ("slack_sdk.web", "slack_sdk", "WebClient"),
    ("slack_sdk.web.client", "slack_sdk", "WebClient"),
    ("snowflake.connector", "snowflake.connector.connection", "SnowflakeConnection"),
    ("sqlalchemy.connectors", "sqlalchemy", "Dialect"),
    ("sqlalchemy.cyextension.collections", "sqlalchemy.orm.session", "IdentitySet"),
    ("sqlalchemy.cyextension.resultproxy", "sqlalchemy", "BaseRow"),
    ("sqlalchemy.engine", "sqlalchemy",
     "AdaptedConnection BaseRow BindTyping ChunkedIteratorResult Compiled Connection CreateEnginePlugin CursorResult Dialect Engine "
     "ExceptionContext ExecutionContext FrozenResult Inspector IteratorResult MappingResult MergedResult NestedTransaction Result "
     "RootTransaction Row RowMapping ScalarResult Transaction TwoPhaseTransaction TypeCompiler URL create_engine create_mock_engine "
     "create_pool_from_url engine_from_config make_url result_tuple"),
    ("sqlalchemy.engine.base", "sqlalchemy", "Connection Engine NestedTransaction RootTransaction Transaction TwoPhaseTransaction"),
    ("sqlalchemy.engine.create", "sqlalchemy", "create_engine create_pool_from_url engine_from_config"),
    ("sqlalchemy.engine.cursor", "sqlalchemy", "CursorResult"),
    ("sqlalchemy.engine.interfaces", "sqlalchemy",
     "AdaptedConnection BindTyping CreateEnginePlugin Dialect ExceptionContext ExecutionContext"),
    ("sqlalchemy.engine.reflection", "sqlalchemy", "Inspector"),
    ("sqlalchemy.engine.result", "sqlalchemy",
     "ChunkedIteratorResult FrozenResult IteratorResult MappingResult MergedResult Result Row RowMapping ScalarResult result_tuple"),
    ("sqlalchemy.engine.row", "sqlalchemy", "Row RowMapping"),
    ("sqlalchemy.engine.url", "sqlalchemy", "Dialect URL make_url"),
    ("sqlalchemy.ext.associationproxy", "sqlalchemy", "ColumnElement inspect or_"),
    ("sqlalchemy.ext.associationproxy", "sqlalchemy.orm", "InspectionAttrExtensionType ORMDescriptor"),
    ("sqlalchemy.ext.asyncio.engine", "sqlalchemy", "Connection Engine NestedTransaction Transaction"),
    ("sqlalchemy.ext.asyncio.engine", "sqlalchemy.exc", "ArgumentError"),
    ("sqlalchemy.ext.asyncio.engine", "sqlalchemy.ext.asyncio",
     "AsyncConnection AsyncEngine AsyncResult AsyncScalarResult AsyncTransaction async_engine_from_config create_async_engine "
     "create_async_pool_from_url"),
    ("sqlalchemy.ext.asyncio.engine", "sqlalchemy.ext.asyncio.session", "StartableContext greenlet_spawn"),
    ("sqlalchemy.ext.asyncio.scoping", "sqlalchemy.ext.asyncio", "async_scoped_session"),
    ("sqlalchemy.ext.asyncio.session", "sqlalchemy.ext.asyncio",
     "AsyncAttrs AsyncResult AsyncScalarResult AsyncSession AsyncSessionTransaction async_object_session async_session "
     "async_sessionmaker close_all_sessions"),
    ("sqlalchemy.ext.asyncio.session", "sqlalchemy.orm", "Session SessionTransaction object_session"),
    ("sqlalchemy.ext.automap", "sqlalchemy", "ForeignKeyConstraint and_"),
    ("sqlalchemy.ext.automap", "sqlalchemy.orm", "backref relationship"),
    ("sqlalchemy.ext.declarative", "sqlalchemy.orm", "DeclarativeMeta as_declarative declarative_base declared_attr has_inherited_table"),
    ("sqlalchemy.ext.declarative.api", "sqlalchemy.orm", "as_declarative declarative_base declared_attr"),
    ("sqlalchemy.ext.declarative.extensions", "sqlalchemy.ext.declarative", "AbstractConcreteBase ConcreteBase DeferredReflection"),
    ("sqlalchemy.ext.hybrid", "sqlalchemy", "ColumnElement"),
    ("sqlalchemy.ext.hybrid", "sqlalchemy.orm", "InspectionAttrExtensionType ORMDescriptor QueryableAttribute"),
    ("sqlalchemy.ext.mutable", "sqlalchemy", "Column inspect"),
    ("sqlalchemy.ext.mutable", "sqlalchemy.orm",
     "AttributeEventToken InstanceState InstrumentedAttribute Mapper QueryContext QueryableAttribute UOWTransaction"),
    ("sqlalchemy.future", "sqlalchemy", "Connection Engine create_engine select"),
    ("sqlalchemy.future.engine", "sqlalchemy", "Connection Engine create_engine"),
    ("sqlalchemy.orm.attributes", "sqlalchemy.orm", "AttributeEventToken InstrumentedAttribute QueryableAttribute"),
    ("sqlalchemy.orm.context", "sqlalchemy.orm", "FromStatement QueryContext"),
    ("sqlalchemy.orm.context", "sqlalchemy.orm.session", "ORMCompileState"),
    ("sqlalchemy.orm.decl_api", "sqlalchemy.orm",
     "DeclarativeBase DeclarativeBaseNoMeta DeclarativeMeta MappedAsDataclass add_mapped_attribute as_declarative declarative_base "
     "declarative_mixin declared_attr has_inherited_table mapped_as_dataclass registry synonym_for"),
    ("sqlalchemy.orm.decl_base", "sqlalchemy.orm", "MappedClassProtocol"),
    ("sqlalchemy.orm.dynamic", "sqlalchemy.orm", "AppenderQuery"),
    ("sqlalchemy.orm.exc", "sqlalchemy.exc", "MultipleResultsFound NoResultFound"),
    ("sqlalchemy.orm.identity", "sqlalchemy.orm", "IdentityMap"),
    ("sqlalchemy.orm.instrumentation", "sqlalchemy.orm", "ClassManager"),
    ("sqlalchemy.orm.mapper", "sqlalchemy.orm", "Mapper configure_mappers reconstructor validates"),
    ("sqlalchemy.orm.properties", "sqlalchemy.orm", "ColumnProperty MappedColumn MappedSQLExpression"),
    ("sqlalchemy.orm.query", "sqlalchemy",
     "BooleanClauseList Executable Exists HasPrefixes HasSuffixes Result Row Select SelectLabelStyle inspect"),
    ("sqlalchemy.orm.query", "sqlalchemy.event", "EventTarget dispatcher"),
    ("sqlalchemy.orm.query", "sqlalchemy.orm", "AliasOption FromStatement Query QueryContext object_mapper with_parent"),
    ("sqlalchemy.orm.query", "sqlalchemy.orm.session", "ForUpdateArg ORMCompileState"),
    ("sqlalchemy.orm.relationships", "sqlalchemy.orm", "Relationship RelationshipProperty foreign remote"),
    ("sqlalchemy.orm.scoping", "sqlalchemy.orm", "QueryPropertyDescriptor scoped_session"),
    ("sqlalchemy.orm.session", "sqlalchemy", "Connection Engine Select Table TableClause inspect"),
    ("sqlalchemy.orm.session", "sqlalchemy.event", "EventTarget dispatcher"),
    ("sqlalchemy.orm.session", "sqlalchemy.orm",
     "FromStatement IdentityMap InstanceState LoaderCallableStatus ORMExecuteState PassiveFlag Query Session SessionTransaction "
     "SessionTransactionOrigin UOWTransaction close_all_sessions make_transient make_transient_to_detached object_mapper "
     "object_session sessionmaker"),
    ("sqlalchemy.orm.strategy_options", "sqlalchemy.orm",
     "Load contains_eager defaultload defer immediateload joinedload lazyload load_only noload raiseload selectin_polymorphic "
     "selectinload subqueryload undefer undefer_group with_expression"),
    ("sqlalchemy.orm.unitofwork", "sqlalchemy.orm", "UOWTransaction"),
    ("sqlalchemy.orm.writeonly", "sqlalchemy.orm", "WriteOnlyCollection"),
    ("sqlalchemy.schema", "sqlalchemy",
     "BaseDDLElement CheckConstraint Column ColumnDefault Computed Constraint DDL DefaultClause ExecutableDDLElement FetchedValue "
     "ForeignKey ForeignKeyConstraint Identity Index MetaData PrimaryKeyConstraint Sequence Table UniqueConstraint insert_sentinel"),
    ("sqlalchemy.sql", "sqlalchemy",
     "Alias BaseDDLElement ClauseElement ColumnCollection ColumnElement CompoundSelect DDL Delete Executable ExecutableDDLElement "
     "False_ FromClause Insert Join LambdaElement NotNullable Nullable SQLColumnExpression Select SelectLabelStyle Selectable "
     "StatementLambdaElement Subquery TableClause TableSample True_ Update Values alias all_ and_ any_ asc between bindparam case "
     "cast collate column cte delete desc distinct except_ except_all exists extract false func funcfilter insert intersect "
     "intersect_all join label lambda_stmt lateral literal literal_column modifier not_ null nulls_first nulls_last or_ outerjoin "
     "outparam over quoted_name select table tablesample text true try_cast tuple_ type_coerce union union_all update values "
     "within_group"),
    ("sqlalchemy.sql.compiler", "sqlalchemy", "Compiled TypeCompiler"),
    ("sqlalchemy.sql.dml", "sqlalchemy", "Delete Insert Update UpdateBase ValuesBase"),
    ("sqlalchemy.sql.elements", "sqlalchemy",
     "BinaryExpression BindParameter BooleanClauseList Case Cast ClauseElement ClauseList CollectionAggregate ColumnClause "
     "ColumnElement ColumnOperators Executable Extract False_ FunctionFilter Grouping Label Null Over ReleaseSavepointClause "
     "RollbackToSavepointClause SQLColumnExpression SavepointClause TextClause True_ TryCast Tuple TypeClause TypeCoerce "
     "UnaryExpression Visitable WithinGroup literal literal_column quoted_name"),
    ("sqlalchemy.sql.elements", "sqlalchemy.ext.hybrid", "SQLCoreOperations"),
    ("sqlalchemy.sql.elements", "sqlalchemy.schema", "conv"),
    ("sqlalchemy.sql.expression", "sqlalchemy",
     "Alias AliasedReturnsRows BinaryExpression BindParameter BooleanClauseList CTE CacheKey Case Cast ClauseElement ClauseList "
     "CollectionAggregate ColumnClause ColumnCollection ColumnElement ColumnOperators CompoundSelect Delete Executable Exists "
     "Extract False_ FromClause FromGrouping Function FunctionElement FunctionFilter GenerativeSelect Grouping HasCTE HasPrefixes "
     "HasSuffixes Insert Join Label LambdaElement Lateral Null Operators Over ReleaseSavepointClause ReturnsRows "
     "RollbackToSavepointClause SQLColumnExpression SavepointClause ScalarSelect Select SelectBase SelectLabelStyle Selectable "
     "StatementLambdaElement Subquery TableClause TableSample TableValuedAlias TextClause TextualSelect True_ TryCast Tuple "
     "TypeClause TypeCoerce UnaryExpression Update UpdateBase Values ValuesBase Visitable WithinGroup alias all_ and_ any_ asc "
     "between bindparam bitwise_not case cast collate column cte custom_op delete desc distinct except_ except_all exists extract "
     "false func funcfilter insert intersect intersect_all join label lambda_stmt lateral literal literal_column modifier not_ null "
     "nulls_first nulls_last or_ outerjoin outparam over quoted_name select table tablesample text true try_cast tuple_ type_coerce "
     "union union_all update values within_group"),
    ("sqlalchemy.sql.functions", "sqlalchemy",
     "BinaryExpression BindParameter Cast ClauseList ColumnCollection ColumnElement Executable Extract FromClause Function "
     "FunctionElement FunctionFilter Grouping Over Select TableValuedAlias WithinGroup func literal_column modifier"),
    ("sqlalchemy.sql.lambdas", "sqlalchemy", "LambdaElement StatementLambdaElement lambda_stmt"),
    ("sqlalchemy.sql.schema", "sqlalchemy",
     "CheckConstraint ClauseElement Column ColumnClause ColumnDefault ColumnElement Computed Constraint DefaultClause Executable "
     "FetchedValue ForeignKey ForeignKeyConstraint Identity Index MetaData PrimaryKeyConstraint Sequence Table TableClause "
     "TextClause UniqueConstraint insert_sentinel quoted_name"),
    ("sqlalchemy.sql.schema", "sqlalchemy.schema",
     "ColumnCollectionConstraint ColumnCollectionMixin DefaultGenerator HasConditionalDDL SchemaConst SchemaItem SchemaVisitable"),
    ("sqlalchemy.sql.schema", "sqlalchemy.types", "to_instance"),
    ("sqlalchemy.sql.selectable", "sqlalchemy",
     "Alias AliasedReturnsRows BindParameter BooleanClauseList CTE ClauseElement ClauseList ColumnClause ColumnCollection "
     "ColumnElement CompoundSelect Executable Exists FromClause FromGrouping GenerativeSelect HasCTE HasPrefixes HasSuffixes Join "
     "Lateral ReturnsRows ScalarSelect Select SelectBase SelectLabelStyle Selectable Subquery TableClause TableSample "
     "TableValuedAlias TextualSelect UnaryExpression Values literal_column"),
    ("sqlalchemy.sql.selectable", "sqlalchemy.orm.session", "CompileState ForUpdateArg"),
    ("sqlalchemy.sql.sqltypes", "sqlalchemy",
     "ARRAY BIGINT BINARY BLOB BOOLEAN BigInteger Boolean CHAR CLOB DATE DATETIME DECIMAL DOUBLE DOUBLE_PRECISION Date DateTime "
     "Double Enum FLOAT Float INTEGER Integer Interval JSON LargeBinary NCHAR NUMERIC NVARCHAR Numeric PickleType REAL SMALLINT "
     "SmallInteger String TEXT TIME TIMESTAMP Text Time TupleType TypeDecorator UUID Unicode UnicodeText Uuid VARBINARY VARCHAR "
     "quoted_name"),
    ("sqlalchemy.sql.sqltypes", "sqlalchemy.types", "Concatenable Indexable MatchType NullType SchemaType Variant to_instance"),
    ("sqlalchemy.types", "sqlalchemy",
     "ARRAY BIGINT BINARY BLOB BOOLEAN BigInteger Boolean CHAR CLOB DATE DATETIME DECIMAL DOUBLE DOUBLE_PRECISION Date DateTime "
     "Double Enum FLOAT Float INTEGER Integer Interval JSON LargeBinary NCHAR NUMERIC NVARCHAR Numeric PickleType REAL SMALLINT "
     "SmallInteger String TEXT TIME TIMESTAMP Text Time TupleType TypeDecorator UUID Unicode UnicodeText Uuid VARBINARY VARCHAR"),
    ("sqlalchemy_crud_plus.crud", "sqlalchemy_crud_plus", "CRUDPlus"),
    ("sqlalchemy_crud_plus.types", "sqlalchemy_crud_plus", "JoinConfig"),
    ("sqlmodel", "sqlalchemy",
     "ARRAY BIGINT BINARY BLOB BOOLEAN BigInteger Boolean CHAR CLOB CheckConstraint Column ColumnDefault Computed Constraint DATE "
     "DATETIME DDL DECIMAL DOUBLE DOUBLE_PRECISION Date DateTime DefaultClause Double Enum FLOAT FetchedValue Float ForeignKey "
     "ForeignKeyConstraint INTEGER Identity Index Integer Interval JSON LargeBinary MetaData NCHAR NUMERIC NVARCHAR Numeric "
     "PickleType PrimaryKeyConstraint QueuePool REAL SMALLINT Sequence SmallInteger StaticPool String TEXT TIME TIMESTAMP Table Text "
     "Time TupleType TypeDecorator UUID Unicode UnicodeText UniqueConstraint Uuid VARBINARY VARCHAR alias bindparam column "
     "create_engine create_mock_engine delete engine_from_config except_ except_all exists false func insert inspect intersect "
     "intersect_all join lambda_stmt lateral literal literal_column modifier null outerjoin outparam table tablesample text true "
     "union union_all update values"),
    ("sqlmodel.main", "sqlmodel", "Field Relationship SQLModel"),
    ("sqlmodel.orm.session", "sqlmodel", "Session"),
    ("sqlmodel.sql.expression", "sqlmodel",
     "all_ and_ any_ asc between case cast col collate desc distinct extract funcfilter not_ nulls_first nulls_last or_ over select "
     "tuple_ type_coerce within_group"),
    ("sqlmodel.sql.sqltypes", "sqlmodel", "AutoString UTCDateTime"),
    ("urllib3.connectionpool", "urllib3", "HTTPConnectionPool HTTPSConnectionPool connection_from_url"),
    ("urllib3.poolmanager", "urllib3", "PoolManager ProxyManager"),
    ("urllib3.response", "urllib3", "HTTPResponse"),
)
# fmt: on
"""(module, canonical module, names that both have), a group a line."""

_RENAMED = {
    "fastapi_users.db.SQLAlchemyBaseUserTable": "fastapi_users_db_sqlalchemy.SQLAlchemyBaseUserTable",
    "fastapi_users.db.SQLAlchemyBaseUserTableUUID": "fastapi_users_db_sqlalchemy.SQLAlchemyBaseUserTableUUID",
    "fastapi_users.db.SQLAlchemyUserDatabase": "fastapi_users_db_sqlalchemy.SQLAlchemyUserDatabase",
    "httpx2": "httpx",
    "openai.AsyncClient": "openai.AsyncOpenAI",
    "openai.Client": "openai.OpenAI",
    "psycopg2._psycopg.connect": "psycopg2.connect",
    "pymongo.Connection": "pymongo.MongoClient",
    "pymysql.Connect": "pymysql.connect",
    "pymysql.Connection": "pymysql.connections.Connection",
    "redis.StrictRedis": "redis.Redis",
    "redis.asyncio.StrictRedis": "redis.asyncio.Redis",
    "redis.asyncio.client.StrictRedis": "redis.asyncio.Redis",
    "redis.client.StrictRedis": "redis.Redis",
    "sqlalchemy.ResultProxy": "sqlalchemy.CursorResult",
    "sqlalchemy.dialects.postgresql.base.UUID": "sqlalchemy.dialects.postgresql.UUID",
    "sqlalchemy.engine.ResultProxy": "sqlalchemy.CursorResult",
    "urllib3._request_methods.RequestMethods": "urllib3.request.RequestMethods",
}
"""Aliases under another name; httpx2 is httpx under the name of those who keep it up."""

ALIASES: dict[str, str] = {
    **{f"{module}.{name}": f"{home}.{name}" for module, home, names in _SAME for name in names.split()},
    **_RENAMED,
}
"""Import path -> canonical name. No canonical name is itself a key."""

EQUIVALENT: dict[str, str] = {
    "aioredis.Redis": "redis.asyncio.Redis",
    "aioredis.from_url": "redis.asyncio.from_url",
    "pydantic.BaseSettings": "pydantic_settings.BaseSettings",
    "pydantic.v1.BaseModel": "pydantic.BaseModel",
    "pydantic.v1.BaseSettings": "pydantic_settings.BaseSettings",
    "sqlmodel.Session": "sqlalchemy.orm.Session",
    "sqlmodel.and_": "sqlalchemy.and_",
    "sqlmodel.ext.asyncio.session.AsyncSession": "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlmodel.not_": "sqlalchemy.not_",
    "sqlmodel.or_": "sqlalchemy.or_",
    "sqlmodel.select": "sqlalchemy.select",
    "starlette.applications.Starlette": "fastapi.FastAPI",
    "starlette.background.BackgroundTasks": "fastapi.BackgroundTasks",
    "starlette.concurrency.run_in_threadpool": "fastapi.concurrency.run_in_threadpool",
    "starlette.datastructures.UploadFile": "fastapi.UploadFile",
    "starlette.exceptions.HTTPException": "fastapi.HTTPException",
    "starlette.exceptions.WebSocketException": "fastapi.WebSocketException",
    "starlette.middleware.cors.CORSMiddleware": "fastapi.middleware.cors.CORSMiddleware",
    "starlette.requests.Request": "fastapi.Request",
    "starlette.responses.FileResponse": "fastapi.responses.FileResponse",
    "starlette.responses.HTMLResponse": "fastapi.responses.HTMLResponse",
    "starlette.responses.JSONResponse": "fastapi.responses.JSONResponse",
    "starlette.responses.PlainTextResponse": "fastapi.responses.PlainTextResponse",
    "starlette.responses.RedirectResponse": "fastapi.responses.RedirectResponse",
    "starlette.responses.Response": "fastapi.Response",
    "starlette.responses.StreamingResponse": "fastapi.responses.StreamingResponse",
    "starlette.routing.Router": "fastapi.APIRouter",
    "starlette.staticfiles.StaticFiles": "fastapi.staticfiles.StaticFiles",
    "starlette.status": "fastapi.status",
    "starlette.testclient.TestClient": "fastapi.testclient.TestClient",
    "starlette.websockets.WebSocket": "fastapi.WebSocket",
    "typing_extensions.Annotated": "typing.Annotated",
    "typing_extensions.Self": "typing.Self",
}
"""Distinct objects that a rule may treat alike: the twin -> the one that most tables name."""
