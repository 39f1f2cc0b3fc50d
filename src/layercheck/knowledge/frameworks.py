"""Web frameworks, their decorators and classes, and the clients of external systems.

Asked by the rules on layers (LC106), handlers, dependency injection (LC201, LC203, LC905), resources (LC904) and security. Source: the
frameworks' documentation and introspection of FastAPI 0.165 and Starlette 1.10; the clients' own documentation.
"""

from __future__ import annotations

FRAMEWORK_ROOTS: frozenset[str] = frozenset({
    "aiohttp.web", "blacksheep", "bottle", "django.http", "django.shortcuts", "django.views", "falcon", "fastapi", "flask", "litestar",
    "quart", "rest_framework", "sanic", "starlette", "tornado",
})  # fmt: skip
"""Packages and modules of web frameworks: an import of one, or of anything below it, ties a module to the web."""

SOFT_NAMES: frozenset[str] = frozenset({
    "fastapi.Depends", "fastapi.Security", "fastapi.status", "starlette.Depends", "starlette.Security", "starlette.status",
    "litestar.di.Provide", "litestar.status_codes",
})  # fmt: skip
"""Names for constructor injection and status codes: alone they count in the strict profile only. Modules count with what is below them."""

APPLICATIONS: frozenset[str] = frozenset({"fastapi.FastAPI", "starlette.applications.Starlette"})
ROUTERS: frozenset[str] = APPLICATIONS | {"fastapi.APIRouter", "starlette.routing.Router"}

HTTP_METHODS: frozenset[str] = frozenset({"delete", "get", "head", "options", "patch", "post", "put", "trace"})
"""Lower-case names of the decorators of APIRouter and FastAPI, one a method."""

ROUTE_DECORATORS: frozenset[str] = HTTP_METHODS | {"api_route", "route", "websocket", "websocket_route"}
ROUTE_ADDERS: frozenset[str] = frozenset(
    {"add_api_route", "add_api_websocket_route", "add_route", "add_websocket_route"}
)

_RESPONSES = "FileResponse HTMLResponse JSONResponse PlainTextResponse RedirectResponse StreamingResponse"

VERSIONING_LIBRARIES: tuple[str, ...] = (
    "cadwyn",
    "fastapi_router_versioning",
    "fastapi_versioning",
    "fastapi_versionizer",
    "versioned_fastapi",
)
"""Packages that put the version into the path, or into a header, behind the code's back."""

RESPONSE_CLASSES: frozenset[str] = frozenset(
    [
        "fastapi.Response",
        "fastapi.responses.ORJSONResponse",
        "fastapi.responses.UJSONResponse",
        "sse_starlette.EventSourceResponse",
        "starlette.responses.Response",
        *(f"{module}.{name}" for module in ("fastapi.responses", "starlette.responses") for name in _RESPONSES.split()),
    ]
)
"""Classes of ready responses: FastAPI hands them on without a response model."""

SECURITY_SCHEMES: frozenset[str] = frozenset({
    "fastapi.security.APIKeyCookie", "fastapi.security.APIKeyHeader", "fastapi.security.APIKeyQuery", "fastapi.security.HTTPBasic",
    "fastapi.security.HTTPBearer", "fastapi.security.HTTPDigest", "fastapi.security.OAuth2", "fastapi.security.OAuth2AuthorizationCodeBearer",
    "fastapi.security.OAuth2PasswordBearer", "fastapi.security.OpenIdConnect", "fastapi.security.api_key.APIKeyBase",
    "fastapi.security.base.SecurityBase", "fastapi.security.http.HTTPBase",
})  # fmt: skip
"""Dependencies that read a credential from the request (and, but for auto_error=False, refuse without one)."""

LOGIN_FORMS: dict[str, str] = {
    "fastapi.security.OAuth2PasswordRequestForm": "username password",
    "fastapi.security.OAuth2PasswordRequestFormStrict": "grant_type username password",
}
"""Dependencies that read the form of the OAuth2 password flow, and the fields that they ask for."""
LOGIN_FIELDS = ("grant_type", "username", "password", "scope", "client_id", "client_secret")

CLIENTS: dict[str, str] = {
    # HTTP
    "aiohttp.ClientSession": "http",
    "httpx.AsyncClient": "http",
    "httpx.Client": "http",
    "requests.Session": "http",
    "requests.session": "http",
    "urllib3.PoolManager": "http",
    # caches, databases, search
    "aioredis.from_url": "redis",
    "asyncpg.create_pool": "database",
    "elasticsearch.AsyncElasticsearch": "search",
    "elasticsearch.Elasticsearch": "search",
    "meilisearch.Client": "search",
    "motor.motor_asyncio.AsyncIOMotorClient": "database",
    "neo4j.GraphDatabase.driver": "database",
    "opensearchpy.AsyncOpenSearch": "search",
    "opensearchpy.OpenSearch": "search",
    "pinecone.Pinecone": "database",
    "psycopg_pool.AsyncConnectionPool": "database",
    "psycopg_pool.ConnectionPool": "database",
    "pymongo.AsyncMongoClient": "database",
    "pymongo.MongoClient": "database",
    "qdrant_client.AsyncQdrantClient": "database",
    "qdrant_client.QdrantClient": "database",
    "redis.Redis": "redis",
    "redis.Redis.from_url": "redis",
    "redis.RedisCluster": "redis",
    "redis.asyncio.Redis": "redis",
    "redis.asyncio.Redis.from_url": "redis",
    "redis.asyncio.RedisCluster": "redis",
    "redis.asyncio.from_url": "redis",
    "redis.from_url": "redis",
    # clouds and storage
    "aioboto3.Session": "cloud",
    "azure.storage.blob.BlobServiceClient": "cloud",
    "azure.storage.blob.BlobServiceClient.from_connection_string": "cloud",
    "boto3.Session": "cloud",
    "boto3.client": "cloud",
    "boto3.resource": "cloud",
    "docker.DockerClient": "cloud",
    "docker.from_env": "cloud",
    "google.cloud.bigquery.Client": "cloud",
    "google.cloud.firestore.AsyncClient": "cloud",
    "google.cloud.firestore.Client": "cloud",
    "google.cloud.pubsub_v1.PublisherClient": "cloud",
    "google.cloud.storage.Client": "cloud",
    "hvac.Client": "cloud",
    "minio.Minio": "cloud",
    "supabase.create_client": "cloud",
    # queues
    "aiokafka.AIOKafkaConsumer": "queue",
    "aiokafka.AIOKafkaProducer": "queue",
    "confluent_kafka.Producer": "queue",
    "kafka.KafkaConsumer": "queue",
    "kafka.KafkaProducer": "queue",
    "pika.BlockingConnection": "queue",
    # mail and messages
    "aiosmtplib.SMTP": "mail",
    "fastapi_mail.FastMail": "mail",
    "imaplib.IMAP4": "mail",
    "imaplib.IMAP4_SSL": "mail",
    "mailersend.emails.NewEmail": "mail",
    "postmarker.core.PostmarkClient": "mail",
    "sendgrid.SendGridAPIClient": "mail",
    "slack_sdk.WebClient": "mail",
    "slack_sdk.web.async_client.AsyncWebClient": "mail",
    "smtplib.SMTP": "mail",
    "smtplib.SMTP_SSL": "mail",
    "telegram.Bot": "mail",
    "twilio.rest.Client": "mail",
    # payment
    "braintree.BraintreeGateway": "payment",
    "paypalrestsdk.Api": "payment",
    "razorpay.Client": "payment",
    "square.client.Client": "payment",
    "stripe.StripeClient": "payment",
    # AI
    "anthropic.Anthropic": "ai",
    "anthropic.AsyncAnthropic": "ai",
    "cohere.AsyncClient": "ai",
    "cohere.Client": "ai",
    "google.genai.Client": "ai",
    "google.generativeai.GenerativeModel": "ai",
    "groq.AsyncGroq": "ai",
    "groq.Groq": "ai",
    "huggingface_hub.InferenceClient": "ai",
    "langchain_anthropic.ChatAnthropic": "ai",
    "langchain_openai.ChatOpenAI": "ai",
    "langchain_openai.OpenAIEmbeddings": "ai",
    "mistralai.Mistral": "ai",
    "ollama.AsyncClient": "ai",
    "ollama.Client": "ai",
    "openai.AsyncAzureOpenAI": "ai",
    "openai.AsyncOpenAI": "ai",
    "openai.AzureOpenAI": "ai",
    "openai.OpenAI": "ai",
    # remote shells
    "paramiko.SSHClient": "ssh",
}
"""Callable that makes a client of an external system -> its kind."""

CLIENT_CALLS: frozenset[str] = frozenset(CLIENTS)
"""The same without the kinds."""

_VERBS = (
    "delete",
    "get",
    "head",
    "options",
    "patch",
    "post",
    "put",
    "request",
    "send",
    "stream",
    "urlopen",
    "ws_connect",
)
HTTP_CALLS: frozenset[str] = frozenset({
    "aiohttp.request", "urllib.request.urlopen", "urllib.request.urlretrieve", "urllib3.request",
    *(f"{module}.{verb}" for module in ("httpx", "requests") for verb in _VERBS),
    *(f"{client}.{verb}" for client, kind in CLIENTS.items() if kind == "http" for verb in _VERBS),
})  # fmt: skip
"""Calls that send a request to another server."""

NOT_CLIENTS: frozenset[str] = frozenset({
    "celery.Celery", "fastapi.templating.Jinja2Templates", "fastapi_limiter.FastAPILimiter", "logging.getLogger", "loguru.logger",
    "passlib.context.CryptContext", "pwdlib.PasswordHash", "slowapi.Limiter", "starlette.templating.Jinja2Templates",
    "structlog.get_logger",
})  # fmt: skip
"""Objects that live at module level by design."""


def is_library_router(symbol: str) -> bool:
    """Whether a class of a library is a router of FastAPI by its name: `fastapi_utils.inferring_router.InferringRouter`."""
    name = symbol.rpartition(".")[2]
    return name.endswith("APIRouter") or (name.endswith("Router") and "fastapi" in symbol.partition(".")[0])
