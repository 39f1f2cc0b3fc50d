"""Variables that libraries, servers, images and tools read by themselves, so that no code of the project has to name them.

Asked by LC210. Sources: the documentation of the libraries and of the official images named beside each group.
"""

from __future__ import annotations

READ_BY_OTHERS: frozenset[str] = frozenset({
    # Python's servers and frameworks: uvicorn, gunicorn, hypercorn, the images of tiangolo
    "ACCESS_LOG", "APP_MODULE", "ERROR_LOG", "FORWARDED_ALLOW_IPS", "GRACEFUL_TIMEOUT", "GUNICORN_CONF", "KEEP_ALIVE", "MAX_WORKERS",
    "MODULE_NAME", "PRE_START_PATH", "PROMETHEUS_MULTIPROC_DIR", "VARIABLE_NAME", "WEB_CONCURRENCY", "WORKER_CLASS", "WORKERS_PER_CORE",
    # Celery, Flower, dramatiq, Airflow
    "CELERY_BROKER_URL", "CELERY_CONFIG_MODULE", "CELERY_RESULT_BACKEND", "FLOWER_BASIC_AUTH", "FLOWER_PORT",
    # clouds and observability
    "APPLICATIONINSIGHTS_CONNECTION_STRING", "CLOUDSDK_CORE_PROJECT", "GCLOUD_PROJECT", "GCP_PROJECT", "GOOGLE_API_KEY",
    "GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_CLOUD_LOCATION", "GOOGLE_CLOUD_PROJECT", "LOGFIRE_TOKEN", "SENTRY_AUTH_TOKEN", "SENTRY_DSN",
    "SENTRY_ENVIRONMENT", "SENTRY_ORG", "SENTRY_PROJECT", "SENTRY_RELEASE", "SENTRY_TRACES_SAMPLE_RATE",
    # clients of services that fall back to the environment
    "ANTHROPIC_API_KEY", "CLOUDINARY_URL", "COHERE_API_KEY", "DEEPSEEK_API_KEY", "ELEVENLABS_API_KEY", "EXA_API_KEY", "FIRECRAWL_API_KEY",
    "GEMINI_API_KEY", "GITHUB_TOKEN", "GH_TOKEN", "GROQ_API_KEY", "HUGGINGFACEHUB_API_TOKEN", "HUGGING_FACE_HUB_TOKEN", "JINA_API_KEY",
    "MISTRAL_API_KEY", "OPENAI_API_BASE", "OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_ORGANIZATION", "OPENAI_ORG_ID", "OPENROUTER_API_KEY",
    "PINECONE_API_KEY", "REPLICATE_API_TOKEN", "SERPAPI_API_KEY", "SERPER_API_KEY", "SLACK_BOT_TOKEN", "STABILITY_API_KEY", "TAVILY_API_KEY",
    "TOGETHER_API_KEY", "TOKENIZERS_PARALLELISM", "TRANSFORMERS_CACHE", "TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "USER_AGENT",
    "VOYAGE_API_KEY", "XAI_API_KEY",
    # official images of databases and brokers
    "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_DATABASE", "MYSQL_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD", "MYSQL_ROOT_HOST", "MYSQL_ROOT_PASSWORD",
    "MYSQL_USER", "POSTGRES_DB", "POSTGRES_HOST_AUTH_METHOD", "POSTGRES_INITDB_ARGS", "POSTGRES_INITDB_WALDIR", "POSTGRES_PASSWORD",
    "POSTGRES_USER", "RABBITMQ_ERLANG_COOKIE", "RABBITMQ_NODENAME", "REDIS_ARGS",
    # docker, compose, and proxies in front
    "ACME_EMAIL", "DOMAIN", "HTTP_PORT", "HTTPS_PORT", "LETSENCRYPT_EMAIL", "LETSENCRYPT_HOST", "RESTART_POLICY", "STACK_NAME", "TAG",
    "VIRTUAL_HOST", "VIRTUAL_PORT",
    # processes and machines
    "GID", "PGID", "PORT", "PUID", "UID", "UMASK",
    # Java's images, Node's tools
    "JAVA_OPTS", "NODE_ENV", "NODE_OPTIONS",
})  # fmt: skip
"""Whole names."""

READ_BY_OTHERS_PREFIXES: tuple[str, ...] = (
    # official images
    "ADMINER_", "CLICKHOUSE_", "ELASTIC_", "ES_JAVA_", "GF_", "KC_", "KEYCLOAK_", "LOCALSTACK_", "MARIADB_", "ME_CONFIG_", "MEILI_",
    "MINIO_BROWSER", "MINIO_DEFAULT_", "MINIO_ROOT_", "MINIO_SERVER_", "MONGO_INITDB_", "N8N_", "NEO4J_", "NGINX_", "OLLAMA_", "PGADMIN_",
    "PGBOUNCER_", "QDRANT__", "RABBITMQ_DEFAULT_", "TRAEFIK_", "VAULT_", "ZOOKEEPER_",
    # libpq, OpenTelemetry, clouds, observability, machine learning
    "ARM_", "AWS_", "AZURE_", "BOTO_", "DATADOG_", "DD_", "ELASTIC_APM_", "GOOGLE_CLOUD_", "GRPC_", "HF_", "HONEYCOMB_", "LANGCHAIN_",
    "LANGFUSE_", "LANGSMITH_", "LITELLM_", "LOGFIRE_", "LOGURU_", "MLFLOW_", "NEW_RELIC_", "NVIDIA_", "CUDA_", "OTEL_", "PHOENIX_", "WANDB_",
    # servers and tools
    "ALEMBIC_", "AIRFLOW_", "BUILDKIT_", "COMPOSE_", "DOCKER_", "FASTMCP_", "GUNICORN_", "NGROK_", "NPM_", "PIP_", "POETRY_", "SUPABASE_",
    "UV_", "UVICORN_",
)  # fmt: skip
"""Beginnings of names."""

LIBPQ: frozenset[str] = frozenset({
    "PGAPPNAME", "PGCONNECT_TIMEOUT", "PGDATA", "PGDATABASE", "PGHOST", "PGHOSTADDR", "PGOPTIONS", "PGPASSFILE", "PGPASSWORD", "PGPORT",
    "PGSERVICE", "PGSSLMODE", "PGSSLROOTCERT", "PGTZ", "PGUSER",
})  # fmt: skip
"""PostgreSQL documentation, "Environment Variables" of libpq."""

WHOLE_READERS: frozenset[str] = frozenset({
    "betterconf", "configargparse", "confz", "dynaconf", "ecological", "environ_config", "everett", "goodconf", "hydra", "omegaconf",
    "prettyconf", "typed_settings",
})  # fmt: skip
"""Libraries that read variables whose names are written nowhere."""

BUILT_FOR_BROWSERS: frozenset[str] = frozenset({
    "@angular/cli", "@vitejs/plugin-react", "@vitejs/plugin-react-swc", "@vitejs/plugin-vue", "@vue/cli-service", "parcel", "react-scripts",
    "vite", "webpack-dev-server",
})  # fmt: skip
"""npm packages of a front-end that gets its variables at build time, by prefix."""

RUNS_ON_NODE: frozenset[str] = frozenset({
    "@nestjs/core", "@remix-run/node", "@sveltejs/kit", "astro", "discord.js", "dotenv", "electron", "expo", "express", "fastify", "hono",
    "koa", "next", "nuxt", "playwright", "prisma", "react-native", "@playwright/test", "@prisma/client",
})  # fmt: skip
"""npm packages of code that may read any variable."""

OTHER_LANGUAGES: frozenset[str] = frozenset({
    "build.gradle", "build.gradle.kts", "cargo.toml", "composer.json", "gemfile", "go.mod", "mix.exs", "pom.xml",
})  # fmt: skip
"""Files that say that a folder has code which is not Python."""
