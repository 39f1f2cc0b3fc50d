"""Which calls block the thread they run in, and what takes them off the event loop.

Asked by `queries.blocking` (LC901) and by the effect summaries. Synchronous SQLAlchemy is not here: `database` says what sends SQL. Not
here either: quick local calls (`os.path.exists`, `os.remove`), locks, and clients' constructors that open no connection.
Source: the standard library's documentation, introspection of the clients (versions in `types`), and flake8-async's list of rules
(ASYNC210 to ASYNC251) as a check of coverage.
"""

from __future__ import annotations

from layercheck.knowledge.redis_commands import REDIS_COMMANDS

_HTTP_VERBS = "get post put patch delete head options request"
_HTTP_MODULES = "httpx requests curl_cffi.requests niquests"

_STRIPE = (
    "Account Balance Charge Coupon Customer Invoice InvoiceItem PaymentIntent PaymentMethod Payout Plan Price Product PromotionCode "
    "Refund SetupIntent Subscription SubscriptionItem Token Transfer billing_portal.Session checkout.Session"
)
_VERBS = "attach cancel capture confirm create delete detach finalize_invoice list modify retrieve search"

_CALLS: dict[str, str] = {
    "sleep": "time.sleep pause.until",
    "http": (
        "httpx.stream requests.request urllib.request.urlopen urllib.request.urlretrieve urllib3.request "
        "urllib.request.OpenerDirector.open feedparser.parse huggingface_hub.hf_hub_download huggingface_hub.snapshot_download "
        "yfinance.download zeep.Client "
        + " ".join(f"{module}.{verb}" for module in _HTTP_MODULES.split() for verb in _HTTP_VERBS.split())
    ),
    "subprocess": (
        "os.popen os.system os.wait os.wait3 os.wait4 os.waitid os.waitpid subprocess.call subprocess.check_call subprocess.check_output "
        "subprocess.getoutput subprocess.getstatusoutput subprocess.run pexpect.run git.Repo.clone_from os.spawnl os.spawnle os.spawnlp "
        "os.spawnlpe os.spawnv os.spawnve os.spawnvp os.spawnvpe"
    ),
    "files": "shutil.copy shutil.copy2 shutil.copyfile shutil.copyfileobj shutil.copytree shutil.make_archive shutil.move shutil.rmtree "
    "shutil.unpack_archive",
    "database": (
        "MySQLdb.connect clickhouse_connect.get_client cx_Oracle.connect mysql.connector.connect oracledb.connect psycopg.Connection.connect psycopg.connect "
        "psycopg2.connect pymssql.connect pymysql.connect pyodbc.connect snowflake.connector.connect sqlite3.connect pandas.read_sql pandas.read_sql_query pandas.read_sql_table"
    ),
    "mail": (
        "smtplib.SMTP smtplib.SMTP_SSL smtplib.LMTP imaplib.IMAP4 imaplib.IMAP4_SSL poplib.POP3 poplib.POP3_SSL resend.Emails.send "
        "django.core.mail.send_mail"
    ),
    "socket": (
        "socket.create_connection socket.getaddrinfo socket.getfqdn socket.gethostbyaddr socket.gethostbyname socket.gethostbyname_ex "
        "socket.getnameinfo dns.resolver.query dns.resolver.resolve dns.resolver.Resolver.resolve whois.whois"
    ),
    "input": "builtins.input getpass.getpass select.select signal.pause signal.sigwait",
    "waiting": "concurrent.futures.as_completed concurrent.futures.wait",
    "queue": "pika.BlockingConnection",
    "ai": (
        "anthropic.Anthropic.messages.create google.generativeai.GenerativeModel.generate_content groq.Groq.chat.completions.create "
        "google.genai.Client.models.generate_content google.genai.Client.models.embed_content litellm.completion litellm.embedding "
        "mistralai.Mistral.chat.complete ollama.chat ollama.embed ollama.embeddings ollama.generate "
        "openai.ChatCompletion.create openai.Completion.create openai.Embedding.create openai.Image.create "
        "openai.OpenAI.audio.speech.create openai.OpenAI.audio.transcriptions.create openai.OpenAI.beta.chat.completions.parse "
        "openai.OpenAI.chat.completions.create openai.OpenAI.chat.completions.parse openai.OpenAI.completions.create "
        "openai.OpenAI.embeddings.create openai.OpenAI.files.create openai.OpenAI.images.edit openai.OpenAI.images.generate "
        "openai.OpenAI.models.list openai.OpenAI.moderations.create openai.OpenAI.responses.create openai.OpenAI.responses.parse "
        "openai.chat.completions.create openai.embeddings.create openai.images.generate replicate.run"
    ),
    "cloud": (
        "cloudinary.uploader.destroy cloudinary.uploader.upload cloudinary.uploader.upload_large firebase_admin.auth.create_user "
        "firebase_admin.auth.delete_user firebase_admin.auth.get_user firebase_admin.auth.get_user_by_email "
        "firebase_admin.auth.update_user firebase_admin.messaging.send firebase_admin.messaging.send_each "
        "firebase_admin.messaging.send_each_for_multicast firebase_admin.messaging.send_multicast "
        "twilio.rest.Client.calls.create twilio.rest.Client.messages.create "
        "sendgrid.SendGridAPIClient.client.mail.send.post ftplib.FTP ftplib.FTP_TLS"
    ),
    "payment": " ".join(f"stripe.{resource}.{verb}" for resource in _STRIPE.split() for verb in _VERBS.split()),
}

BLOCKING_CALLS: dict[str, str] = {name: category for category, names in _CALLS.items() for name in names.split()}
"""Function (or constructor) that blocks -> category."""

_CURSOR = "callproc copy_expert copy_from copy_to execute executemany executescript fetchall fetchmany fetchone"
_COLLECTION = (
    "aggregate aggregate_raw_batches bulk_write count count_documents create_index create_indexes delete_many delete_one distinct drop "
    "drop_index drop_indexes estimated_document_count find_and_modify find_one find_one_and_delete find_one_and_replace "
    "find_one_and_update index_information insert insert_many insert_one list_indexes remove rename replace_one save update "
    "update_many update_one watch"
)
_SEARCH = (
    "bulk clear_scroll count create delete delete_by_query exists explain field_caps get get_source health_report index info mget "
    "msearch mtermvectors open_point_in_time ping reindex scroll search search_shards search_template terms_enum termvectors update "
    "update_by_query"
)

_METHODS: tuple[tuple[str, str, str], ...] = (
    ("httpx.Client", "http", f"{_HTTP_VERBS} send stream"),
    ("requests.Session", "http", f"{_HTTP_VERBS} send"),
    ("curl_cffi.requests.Session", "http", f"{_HTTP_VERBS} stream"),
    ("niquests.Session", "http", f"{_HTTP_VERBS} send"),
    ("selenium.webdriver.Chrome", "http", "get refresh"),
    ("selenium.webdriver.Firefox", "http", "get refresh"),
    ("selenium.webdriver.Remote", "http", "get refresh"),
    ("tavily.TavilyClient", "http", "crawl extract get_search_context map qna_search search"),
    ("urllib3.HTTPConnectionPool", "http", "request request_encode_body request_encode_url urlopen"),
    ("urllib3.PoolManager", "http", "request request_encode_body request_encode_url urlopen"),
    ("urllib3.request.RequestMethods", "http", "request request_encode_body request_encode_url urlopen"),
    ("urllib.request.OpenerDirector", "http", "open"),
    ("http.client.HTTPConnection", "http", "connect endheaders getresponse request send"),
    ("http.client.HTTPResponse", "http", "peek read read1 readinto readline readlines"),
    ("pycurl.Curl", "http", "perform"),
    ("subprocess.Popen", "subprocess", "communicate wait"),
    ("multiprocessing.Process", "subprocess", "join"),
    ("multiprocessing.pool.Pool", "subprocess", "apply join map starmap"),
    ("zipfile.ZipFile", "files", "extractall write"),
    ("tarfile.TarFile", "files", "add extractall"),
    ("redis.Redis", "database", " ".join(sorted(REDIS_COMMANDS))),
    ("redis.client.Pipeline", "database", "execute watch"),
    ("redis.client.PubSub", "database", "get_message listen parse_response psubscribe subscribe"),
    ("redis.lock.Lock", "database", "acquire release"),
    ("pymongo.MongoClient", "database", "bulk_write drop_database list_database_names list_databases server_info start_session watch"),
    ("pymongo.collection.Collection", "database", _COLLECTION),
    ("pymongo.cursor.Cursor", "database", "count distinct explain next to_list"),
    ("pymongo.database.Database", "database", "aggregate command create_collection drop_collection list_collection_names list_collections"),
    ("elasticsearch.Elasticsearch", "database", _SEARCH),
    ("opensearchpy.OpenSearch", "database", _SEARCH),
    ("cassandra.cluster.Session", "database", "execute"),
    ("clickhouse_connect.driver.Client", "database", "command insert insert_df query query_df raw_query"),
    ("clickhouse_driver.Client", "database", "execute insert_dataframe query_dataframe"),
    ("ldap3.Connection", "database", "add bind compare delete modify modify_dn rebind search start_tls unbind"),
    ("neo4j.Driver", "database", "execute_query verify_connectivity"),
    ("neo4j.Session", "database", "execute_read execute_write read_transaction run write_transaction"),
    ("neo4j.Transaction", "database", "commit rollback run"),
    ("pymemcache.Client", "database", "add decr delete get get_many gets incr set set_many touch"),
    ("MySQLdb.connections.Connection", "database", "commit ping query rollback"),
    ("MySQLdb.cursors.Cursor", "database", _CURSOR),
    ("mysql.connector.connection.MySQLConnection", "database", "commit ping reconnect rollback"),
    ("mysql.connector.cursor.MySQLCursor", "database", _CURSOR),
    ("oracledb.Connection", "database", "commit ping rollback"),
    ("oracledb.Cursor", "database", _CURSOR),
    ("psycopg.Connection", "database", "commit execute rollback wait"),
    ("psycopg.Cursor", "database", f"{_CURSOR} copy scroll stream"),
    ("psycopg_pool.ConnectionPool", "database", "check getconn wait"),
    ("psycopg2.extensions.connection", "database", "commit rollback"),
    ("psycopg2.extensions.cursor", "database", _CURSOR),
    ("pymssql.Connection", "database", "commit rollback"),
    ("pymssql.Cursor", "database", _CURSOR),
    ("pymysql.connections.Connection", "database", "commit connect ping query rollback"),
    ("pymysql.cursors.Cursor", "database", _CURSOR),
    ("pyodbc.Connection", "database", "commit execute rollback"),
    ("pyodbc.Cursor", "database", f"{_CURSOR} commit rollback fetchval"),
    ("snowflake.connector.connection.SnowflakeConnection", "database", "commit execute_string rollback"),
    ("snowflake.connector.cursor.SnowflakeCursor", "database", f"{_CURSOR} fetch_pandas_all"),
    ("sqlite3.Connection", "database", "backup commit execute executemany executescript rollback"),
    ("sqlite3.Cursor", "database", _CURSOR),
    ("sqlalchemy.Inspector", "database", "get_columns get_foreign_keys get_indexes get_pk_constraint get_table_names has_table"),
    ("sqlalchemy.MetaData", "database", "create_all drop_all reflect"),
    ("smtplib.SMTP", "mail", "connect ehlo helo login noop quit send_message sendmail starttls verify"),
    ("imaplib.IMAP4", "mail", "append copy create delete expunge fetch list login logout search select starttls store uid"),
    ("poplib.POP3", "mail", "dele list pass_ quit retr stat stls top uidl user"),
    ("ftplib.FTP", "cloud", "connect cwd delete dir login mkd mlsd nlst quit rename retrbinary retrlines rmd size storbinary storlines"),
    ("paramiko.SSHClient", "cloud", "connect exec_command invoke_shell open_sftp"),
    ("paramiko.SFTPClient", "cloud", "chdir chmod file get getfo listdir listdir_attr lstat mkdir open put putfo remove rename rmdir stat"),
    ("paramiko.Transport", "cloud", "connect start_client"),
    ("fabric.Connection", "cloud", "get open put run sudo"),
    ("select.poll", "socket", "poll"),
    ("selectors.DefaultSelector", "socket", "select"),
    ("socket.socket", "socket", "accept connect recv recv_into recvfrom sendall sendfile"),
    ("concurrent.futures.Future", "waiting", "exception result"),
    ("queue.Queue", "waiting", "get join"),
    ("multiprocessing.Queue", "waiting", "get"),
    ("threading.Thread", "waiting", "join"),
    ("threading.Event", "waiting", "wait"),
    ("threading.Barrier", "waiting", "wait"),
    ("celery.result.AsyncResult", "queue", "get wait"),
    ("kafka.KafkaConsumer", "queue", "commit poll"),
    ("kafka.KafkaProducer", "queue", "flush"),
    ("confluent_kafka.Consumer", "queue", "consume poll"),
    ("confluent_kafka.Producer", "queue", "flush"),
    ("pika.adapters.blocking_connection.BlockingChannel", "queue", "basic_get basic_publish exchange_declare queue_bind queue_declare start_consuming"),
    ("sendgrid.SendGridAPIClient", "mail", "send"),
    ("docker.DockerClient", "cloud", "df events info login ping version"),
    ("google.cloud.bigquery.Client", "cloud", "get_dataset get_table insert_rows insert_rows_json list_tables load_table_from_file query"),
    ("google.cloud.storage.Blob", "cloud", (
        "delete download_as_bytes download_as_string download_as_text download_to_file download_to_filename exists make_public reload "
        "rewrite upload_from_file upload_from_filename upload_from_string"
    )),
    ("google.cloud.storage.Bucket", "cloud", "copy_blob create delete delete_blob exists get_blob list_blobs reload rename_blob"),
    ("google.cloud.storage.Client", "cloud", "create_bucket get_bucket list_blobs list_buckets lookup_bucket"),
    ("azure.storage.blob.BlobClient", "cloud", "delete_blob download_blob exists get_blob_properties upload_blob"),
    ("azure.storage.blob.BlobServiceClient", "cloud", "create_container delete_container list_containers"),
    ("azure.storage.blob.ContainerClient", "cloud", "create_container delete_blob download_blob list_blobs upload_blob"),
    ("minio.Minio", "cloud", (
        "bucket_exists copy_object fget_object fput_object get_object list_buckets list_objects make_bucket put_object remove_bucket "
        "remove_object remove_objects stat_object"
    )),
    ("qdrant_client.QdrantClient", "database", (
        "count create_collection delete delete_collection get_collection get_collections query_points retrieve scroll search upload_points "
        "upsert"
    )),
    ("pinecone.Index", "database", "delete describe_index_stats fetch query update upsert"),
    ("boto3.waiter", "cloud", "wait"),
    ("hvac.Client", "cloud", "is_authenticated list read write"),
)  # fmt: skip

BLOCKING_METHODS: dict[str, frozenset[str]] = {owner: frozenset(names.split()) for owner, _, names in _METHODS}
"""Class -> its methods that block; the others of the class do not. Subclasses inherit them unless they have their own entry."""

METHOD_CATEGORIES: dict[str, str] = {owner: category for owner, category, _ in _METHODS}
"""Class of BLOCKING_METHODS -> category."""

_BOTO_CLIENT = (
    "can_paginate close exceptions generate_presigned_post generate_presigned_url get_paginator get_waiter meta"
)
_KUBERNETES = "AppsV1Api BatchV1Api CoreV1Api CustomObjectsApi NetworkingV1Api RbacAuthorizationV1Api VersionApi"

CLIENT_CATEGORIES = frozenset({"ai", "cloud", "database", "http", "mail", "payment", "queue"})
"""Categories whose calls talk to another system: one asynchronous client in place of the library mends them all."""

BLOCKING_INSTANCES: dict[str, frozenset[str]] = {
    "boto3.client": frozenset(_BOTO_CLIENT.split()),
    "boto3.resource": frozenset({"Bucket", "Object", "Queue", "Table", "Topic", "get_available_subresources", "meta"}),
    "botocore.client.BaseClient": frozenset(_BOTO_CLIENT.split()),
    "github.Github": frozenset({"close", "get_rate_limit_reset"}),
    "slack_sdk.WebClient": frozenset({"api_call_as_async"}),
    **{f"kubernetes.client.{name}": frozenset[str]() for name in _KUBERNETES.split()},
}
"""Class every method of which blocks, but for the methods named here."""

BOTO_STUBS: tuple[str, ...] = ("mypy_boto3_", "types_boto3_")
"""Packages of annotations for boto3: their `...Client` is "boto3.client", their `...ServiceResource` "boto3.resource"."""

BLOCKING_READS: dict[str, str] = {
    "boto3.pages": "boto3.client.get_paginator.paginate",
    "concurrent.futures.Executor.map": "concurrent.futures.Executor.map",
    "pymongo.cursor.Cursor": "pymongo.collection.Collection.find",
    "redis.scan": "redis.Redis.scan",
}
"""Class whose objects wait for the other side when they are iterated over -> the call to name."""

NEVER_WAITS: dict[str, tuple[int, str]] = {
    "celery.result.AsyncResult.get": (0, "timeout"),
    "concurrent.futures.Future.exception": (0, "timeout"),
    "concurrent.futures.Future.result": (0, "timeout"),
    "multiprocessing.Queue.get": (0, "block"),
    "queue.Queue.get": (0, "block"),
    "select.poll.poll": (0, "timeout"),
    "select.select": (3, "timeout"),
    "selectors.DefaultSelector.select": (0, "timeout"),
    "threading.Event.wait": (0, "timeout"),
    "threading.Thread.join": (0, "timeout"),
}
"""Callable -> (position, name) of the argument that, given as False or 0, lets it return at once."""

BLOCKING_BLOCKS: dict[str, str] = {
    "redis.lock.Lock": "redis.lock.Lock.acquire",
    "subprocess.Popen": "subprocess.Popen.wait",
}
"""Class that waits at the start or end of its `with` block -> the call to name."""

CHILD_MODES: tuple[str, str] = ("os.spawn", "P_WAIT")
"""`os.spawn*(mode, ...)` waits for the child in this mode only."""

PASSWORD_HASHING: dict[str, frozenset[str]] = {
    "argon2.PasswordHasher": frozenset({"hash", "verify"}),
    "bcrypt": frozenset({"checkpw", "hashpw", "kdf"}),
    "hashlib": frozenset({"pbkdf2_hmac", "scrypt"}),
    "passlib.context.CryptContext": frozenset({"encrypt", "hash", "verify", "verify_and_update"}),
    "passlib.hash.argon2": frozenset({"hash", "verify"}),
    "passlib.hash.bcrypt": frozenset({"encrypt", "hash", "verify"}),
    "passlib.hash.bcrypt_sha256": frozenset({"hash", "verify"}),
    "passlib.hash.pbkdf2_sha256": frozenset({"encrypt", "hash", "verify"}),
    "passlib.hash.scrypt": frozenset({"hash", "verify"}),
    "passlib.hash.sha256_crypt": frozenset({"encrypt", "hash", "verify"}),
    "pwdlib.PasswordHash": frozenset({"hash", "verify", "verify_and_update"}),
    "werkzeug.security": frozenset({"check_password_hash", "generate_password_hash"}),
}
"""Class or module -> calls that hash passwords: slow by design (tens to hundreds of milliseconds of CPU). Strict profile only."""

OFFLOADERS: dict[str, int] = {
    "anyio.to_process.run_sync": 0,
    "anyio.to_thread.run_sync": 0,
    "asgiref.sync.SyncToAsync": 0,
    "asgiref.sync.sync_to_async": 0,
    "asyncer.asyncify": 0,
    "asyncio.AbstractEventLoop.run_in_executor": 1,
    "asyncio.to_thread": 0,
    "concurrent.futures.Executor.map": 0,
    "concurrent.futures.Executor.submit": 0,
    "concurrent.futures.ProcessPoolExecutor.map": 0,
    "concurrent.futures.ProcessPoolExecutor.submit": 0,
    "concurrent.futures.ThreadPoolExecutor.map": 0,
    "concurrent.futures.ThreadPoolExecutor.submit": 0,
    "fastapi.BackgroundTasks.add_task": 0,
    "fastapi.concurrency.iterate_in_threadpool": 0,
    "fastapi.concurrency.run_in_threadpool": 0,
    "sqlalchemy.ext.asyncio.AsyncConnection.run_sync": 0,
    "sqlalchemy.ext.asyncio.AsyncSession.run_sync": 0,
    "sqlmodel.ext.asyncio.session.AsyncSession.run_sync": 0,
    "starlette.background.BackgroundTask": 0,
    "starlette.background.BackgroundTasks.add_task": 0,
    "starlette.concurrency.iterate_in_threadpool": 0,
    "starlette.concurrency.run_in_threadpool": 0,
    "trio.to_thread.run_sync": 0,
}
"""Callable that runs a function elsewhere than on the event loop -> position of the function among its arguments.

A function that is handed over is not called, so that only those used as decorators need a look: `@sync_to_async`.
"""

FILE_READERS: frozenset[str] = frozenset({"read", "readline", "readlines", "readinto"})
"""Methods of an open file that read."""

PATH_READERS: frozenset[str] = frozenset({"pathlib.Path.read_bytes", "pathlib.Path.read_text"})
"""Calls that read a whole file at once."""
