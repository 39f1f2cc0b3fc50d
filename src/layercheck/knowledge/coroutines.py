"""Which external callables are coroutine functions: a call of one does nothing until it is awaited.

Asked by `queries.types` (a call has the type ("await", ...)) and by the rules about missing awaits. Source: `inspect.iscoroutinefunction`
over the libraries' classes (versions in `types`), with the awaitable objects that are no coroutine functions added by hand
(`aiohttp.ClientSession.get`, `asyncpg.Pool.acquire`, the commands of redis.asyncio, which return awaitables).
Not here: what schedules itself and may be left alone (`asyncio.create_task`, `ensure_future`, `gather`, `shield`).
"""

from __future__ import annotations

from layercheck.knowledge.redis_commands import REDIS_COMMANDS

# fmt: off
_METHODS: tuple[tuple[str, str], ...] = (
    ("advanced_alchemy.repository.SQLAlchemyAsyncRepository",
     "add add_many check_health count delete delete_many delete_where exists get get_and_update get_many get_many_and_count get_one "
     "get_one_or_none get_or_upsert list list_and_count update update_many upsert upsert_many"),
    ("advanced_alchemy.service.SQLAlchemyAsyncRepositoryReadService",
     "count exists get get_many get_many_and_count get_one get_one_or_none list list_and_count to_model to_model_on_create "
     "to_model_on_delete to_model_on_update to_model_on_upsert"),
    ("advanced_alchemy.service.SQLAlchemyAsyncRepositoryService",
     "count create create_many delete delete_many delete_where exists get get_and_update get_many get_many_and_count get_one "
     "get_one_or_none get_or_upsert list list_and_count to_model to_model_on_create to_model_on_delete to_model_on_update "
     "to_model_on_upsert update update_many upsert upsert_many"),
    ("aiofiles.threadpool.text.AsyncTextIOWrapper", "close flush read readline readlines seek tell truncate write writelines"),
    ("aiohttp.ClientResponse", "json read start text wait_for_close"),
    ("aiohttp.ClientSession", "close delete get head options patch post put request ws_connect"),
    ("aiosmtplib.SMTP",
     "auth_crammd5 auth_login auth_plain auth_xoauth2 connect data ehlo execute_command expn helo help login mail noop quit rcpt "
     "rset send_message sendmail starttls vrfy"),
    ("aiosqlite.Connection",
     "backup close commit create_function cursor enable_load_extension execute execute_fetchall execute_insert executemany "
     "executescript interrupt load_extension rollback set_authorizer set_progress_handler set_trace_callback"),
    ("aiosqlite.Cursor", "close execute executemany executescript fetchall fetchmany fetchone"),
    ("anthropic.AsyncAnthropic.messages", "create"),
    ("anyio.Event", "wait"),
    ("anyio.Path",
     "absolute chmod cwd exists expanduser group hardlink_to home is_block_device is_char_device is_dir is_fifo is_file is_junction "
     "is_mount is_socket is_symlink lchmod lstat mkdir open owner read_bytes read_text readlink rename replace resolve rmdir "
     "samefile stat symlink_to touch unlink write_bytes write_text"),
    ("asyncio.AbstractEventLoop",
     "getaddrinfo run_in_executor shutdown_asyncgens shutdown_default_executor create_connection create_server"),
    ("asyncio.Condition", "wait wait_for"),
    ("asyncio.Event", "wait"),
    ("asyncio.Lock", "acquire"),
    ("asyncio.Queue", "get join put"),
    ("asyncio.Semaphore", "acquire"),
    ("asyncio.StreamReader", "read readexactly readline readuntil"),
    ("asyncio.StreamWriter", "drain start_tls wait_closed"),
    ("asyncio.subprocess.Process", "communicate wait"),
    ("asyncpg.Connection",
     "add_listener close copy_from_query copy_from_table copy_records_to_table copy_to_table execute executemany fetch fetchmany "
     "fetchrow fetchval prepare reload_schema_state remove_listener reset reset_type_codec set_builtin_type_codec set_type_codec"),
    ("asyncpg.Pool",
     "acquire close copy_from_query copy_from_table copy_records_to_table copy_to_table execute executemany expire_connections fetch "
     "fetchmany fetchrow fetchval release"),
    ("curl_cffi.requests.AsyncSession", "close delete get head options patch post put request"),
    ("databases.Database", "connect disconnect execute execute_many fetch_all fetch_one fetch_val"),
    ("databases.core.Connection", "execute execute_many fetch_all fetch_one fetch_val"),
    ("databases.core.Transaction", "commit rollback start"),
    ("elasticsearch.AsyncElasticsearch",
     "bulk cancel_reindex clear_scroll close close_point_in_time count create delete delete_by_query delete_by_query_rethrottle "
     "delete_script exists exists_source explain field_caps get get_reindex get_script get_script_context get_script_languages "
     "get_source health_report index info list_reindex mget msearch msearch_template mtermvectors open_point_in_time perform_request "
     "ping put_script rank_eval reindex reindex_rethrottle render_search_template scripts_painless_execute scroll search search_mvt "
     "search_shards search_template terms_enum termvectors update update_by_query update_by_query_rethrottle"),
    ("fastapi.Request", "body close form is_disconnected json send_early_hints send_push_promise"),
    ("fastapi.UploadFile", "close read seek write"),
    ("fastapi.WebSocket",
     "accept close receive receive_bytes receive_json receive_text send send_bytes send_denial_response send_json send_text"),
    ("fastapi_mail.FastMail", "get_mail_template get_message send_message"),
    ("fastapi_users.BaseUserManager",
     "authenticate create delete forgot_password get get_by_email get_by_oauth_account oauth_associate_callback oauth_callback "
     "on_after_delete on_after_forgot_password on_after_login on_after_register on_after_request_verify on_after_reset_password "
     "on_after_update on_after_verify on_before_delete request_verify reset_password update validate_password verify"),
    ("fastapi_users_db_sqlalchemy.SQLAlchemyUserDatabase",
     "add_oauth_account create delete get get_by_email get_by_oauth_account update update_oauth_account"),
    ("fastapi_users_db_sqlalchemy.access_token.SQLAlchemyAccessTokenDatabase", "create delete get_by_token update"),
    ("fastcrud.FastCRUD",
     "count create db_delete delete exists get get_joined get_multi get_multi_by_cursor get_multi_joined select update upsert "
     "upsert_multi"),
    ("httpx.AsyncClient", "aclose delete get head options patch post put request send"),
    ("httpx.Response", "aclose aread"),
    ("motor.motor_asyncio.AsyncIOMotorClient", "drop_database list_database_names list_databases server_info start_session"),
    ("motor.motor_asyncio.AsyncIOMotorCollection",
     "bulk_write count_documents create_index create_indexes delete_many delete_one distinct drop drop_index drop_indexes "
     "estimated_document_count find_one find_one_and_delete find_one_and_replace find_one_and_update index_information insert_many "
     "insert_one options rename replace_one update_many update_one"),
    ("motor.motor_asyncio.AsyncIOMotorDatabase",
     "command create_collection dereference drop_collection list_collection_names list_collections validate_collection"),
    ("niquests.AsyncSession", "close delete get head options patch post put request send"),
    ("openai.AsyncOpenAI.audio.transcriptions", "create"),
    ("openai.AsyncOpenAI.chat.completions", "create parse"),
    ("openai.AsyncOpenAI.embeddings", "create"),
    ("openai.AsyncOpenAI.images", "generate edit"),
    ("openai.AsyncOpenAI.models", "list retrieve"),
    ("openai.AsyncOpenAI.responses", "create parse"),
    ("psycopg.AsyncConnection",
     "cancel_safe close commit connect execute rollback set_autocommit set_deferrable set_isolation_level set_read_only tpc_begin "
     "tpc_commit tpc_prepare tpc_recover tpc_rollback wait"),
    ("psycopg.AsyncCursor", "close execute executemany fetchall fetchmany fetchone scroll set_result"),
    ("pymongo.AsyncMongoClient", "aclose aconnect bulk_write close drop_database list_database_names list_databases server_info watch"),
    ("pymongo.asynchronous.collection.AsyncCollection",
     "aggregate aggregate_raw_batches bulk_write count_documents create_index create_indexes create_search_index "
     "create_search_indexes delete_many delete_one distinct drop drop_index drop_indexes drop_search_index estimated_document_count "
     "find_one find_one_and_delete find_one_and_replace find_one_and_update index_information insert_many insert_one list_indexes "
     "list_search_indexes options rename replace_one update_many update_one update_search_index watch"),
    ("pymongo.asynchronous.database.AsyncDatabase",
     "aggregate command create_collection cursor_command dereference drop_collection list_collection_names list_collections "
     "validate_collection watch"),
    ("redis.asyncio.Redis", "aclose close"),
    ("redis.asyncio.client.Pipeline", "execute reset watch unwatch discard aclose"),
    ("redis.asyncio.client.PubSub",
     "aclose check_health close connect execute_command get_message handle_message on_connect parse_response psubscribe reset run "
     "ssubscribe subscribe"),
    ("sqlalchemy.ext.asyncio.AsyncConnection",
     "aclose close commit exec_driver_sql execute execution_options get_isolation_level get_raw_connection invalidate rollback "
     "run_sync scalar scalars start stream stream_scalars"),
    ("sqlalchemy.ext.asyncio.AsyncEngine", "connect dispose raw_connection"),
    ("sqlalchemy.ext.asyncio.AsyncMappingResult", "all close fetchall fetchmany fetchone first one one_or_none"),
    ("sqlalchemy.ext.asyncio.AsyncResult",
     "all close fetchall fetchmany fetchone first freeze one one_or_none scalar scalar_one scalar_one_or_none"),
    ("sqlalchemy.ext.asyncio.AsyncScalarResult", "all close fetchall fetchmany first one one_or_none"),
    ("sqlalchemy.ext.asyncio.AsyncSession",
     "aclose close close_all commit connection delete execute flush get get_one invalidate merge refresh reset rollback run_sync "
     "scalar scalars stream stream_scalars"),
    ("sqlalchemy.ext.asyncio.AsyncSessionTransaction", "commit rollback start"),
    ("sqlalchemy.ext.asyncio.AsyncTransaction", "close commit rollback start"),
    ("sqlalchemy.ext.asyncio.async_scoped_session",
     "aclose close close_all commit connection delete execute flush get get_one invalidate merge refresh remove reset rollback "
     "scalar scalars stream stream_scalars"),
    ("sqlalchemy_crud_plus.CRUDPlus",
     "bulk_create_models bulk_update_models count create_model create_models delete_model delete_model_by_column exists select "
     "select_model select_model_by_column select_models select_models_order select_order update_model update_model_by_column"),
    ("sqlmodel.ext.asyncio.session.AsyncSession",
     "aclose close close_all commit connection delete exec execute flush get get_one invalidate merge refresh reset rollback "
     "run_sync scalar scalars stream stream_scalars"),
    ("starlette.datastructures.UploadFile", "close read seek write"),
    ("starlette.requests.Request", "body close form is_disconnected json send_early_hints send_push_promise"),
    ("starlette.websockets.WebSocket",
     "accept close receive receive_bytes receive_json receive_text send send_bytes send_denial_response send_json send_text"),
)
# fmt: on
"""(class, its coroutine methods)."""

_FUNCTIONS = (
    "aiofiles.open aiohttp.request aiosmtplib.send aiosqlite.connect anyio.connect_tcp anyio.open_file anyio.open_process "
    "anyio.run_process anyio.sleep anyio.sleep_forever anyio.sleep_until anyio.to_process.run_sync anyio.to_thread.run_sync "
    "asyncio.create_subprocess_exec asyncio.create_subprocess_shell asyncio.open_connection asyncio.sleep "
    "asyncio.start_server asyncio.to_thread asyncio.wait asyncio.wait_for asyncpg.connect asyncpg.create_pool "
    "fastapi.concurrency.run_in_threadpool fastapi.exception_handlers.http_exception_handler "
    "fastapi.exception_handlers.request_validation_exception_handler fastapi_pagination.ext.sqlalchemy.apaginate "
    "fastapi_pagination.ext.sqlmodel.apaginate oracledb.connect_async psycopg.AsyncConnection.connect "
    "starlette.concurrency.run_in_threadpool"
)

_ENTERABLE = (
    "aiofiles.open aiohttp.ClientSession.delete aiohttp.ClientSession.get aiohttp.ClientSession.head "
    "aiohttp.ClientSession.options aiohttp.ClientSession.patch aiohttp.ClientSession.post aiohttp.ClientSession.put "
    "aiohttp.ClientSession.request aiohttp.ClientSession.ws_connect aiohttp.request aiosqlite.Connection.cursor "
    "aiosqlite.Connection.execute aiosqlite.Connection.execute_fetchall aiosqlite.Connection.executemany "
    "aiosqlite.Connection.executescript aiosqlite.connect anyio.open_file asyncpg.Pool.acquire asyncpg.create_pool "
    "fastapi.Request.form oracledb.connect_async psycopg.AsyncConnection.connect "
    "sqlalchemy.ext.asyncio.AsyncConnection.stream sqlalchemy.ext.asyncio.AsyncConnection.stream_scalars "
    "sqlalchemy.ext.asyncio.AsyncEngine.connect starlette.requests.Request.form"
)

ENTERABLE: frozenset[str] = frozenset(_ENTERABLE.split())
"""Those of AWAITABLE that `async with` may also enter without `await`."""

AWAITABLE: frozenset[str] = frozenset(
    [
        *_FUNCTIONS.split(),
        *(f"{owner}.{name}" for owner, names in _METHODS for name in names.split()),
        *(f"redis.asyncio.Redis.{name}" for name in REDIS_COMMANDS),
    ]
)
"""Canonical callables whose result must be awaited, or entered with `async with` where ENTERABLE says so."""

NETWORK_COROUTINES: frozenset[str] = frozenset(
    name for name in AWAITABLE if name.startswith("openai.") or name in ("aiohttp.request", "aiosmtplib.send")
)
"""Those of AWAITABLE that send one request over the network, beside the verbs of HTTP clients, and stand alone: order does not matter."""
