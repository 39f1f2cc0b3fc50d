"""What belongs to one environment: host names, variables of the machine, names of settings modules, readers of the environment.

Asked by the rules about configuration (LC204 to LC212). Source: RFC 1918, RFC 6761 and RFC 6762 (special names), the libraries' own
documentation (python-decouple, environs, starlette, python-dotenv, dynaconf, pydantic-settings) and the vendors' lists of public hosts.
"""

from __future__ import annotations

SETTINGS_WORDS: frozenset[str] = frozenset({
    "conf", "config", "configs", "configuration", "configurations", "env", "environ", "environment", "environments", "envs", "setting",
    "settings",
})  # fmt: skip
"""A module or folder with such a word in its name holds the settings."""

SETTINGS_CLASS_ENDINGS: tuple[str, ...] = ("Settings", "Config", "Configuration", "Setting")
"""A class that is named so holds settings, whatever it inherits from."""

ENVIRONMENT_WORDS: frozenset[str] = frozenset({
    "dev", "develop", "development", "internal", "live", "local", "prod", "production", "qa", "stage", "staging", "stg", "test", "uat",
})  # fmt: skip
"""Words in the label of a host that name an environment."""

SWITCH_WORDS: frozenset[str] = frozenset({
    "debug", "dev", "development", "env", "environment", "local", "localhost", "prod", "production", "stage", "staging", "test", "testing",
})  # fmt: skip
"""Words in the name of what tells environments apart."""

ENVIRONMENT_DOMAINS: tuple[str, ...] = (
    ".internal",
    ".local",
    ".localhost",
    ".localdomain",
    ".lan",
    ".intranet",
    ".corp",
)
"""Top-level names that no public host has."""

PUBLIC_HOSTS: frozenset[str] = frozenset({
    "api-test.nowpayments.io", "dev.azure.com", "dev.mysql.com", "dev.twitch.tv", "dev.virtualearth.net",
    "kubernetes.docker.internal", "live.com", "live.staticflickr.com", "metadata.google.internal", "metadata.internal",
    "test.api.amadeus.com", "test.pypi.org", "test.salesforce.com",
})  # fmt: skip
"""Hosts of a service that is the same for everybody, though a word of their name says otherwise; hosts below them count too."""

DOCUMENTATION_DOMAINS: tuple[str, ...] = ("example.com", "example.org", "example.net", "example.edu", ".example")
"""Domains of documentation (RFC 2606)."""

HOST_ARGUMENTS: frozenset[str] = frozenset({
    "db_host", "host", "hostname", "mail_host", "postgres_host", "rabbitmq_host", "redis_host", "server", "smtp_host",
})  # fmt: skip
"""Keyword arguments of clients that name the server."""

SERVICE_WORDS: frozenset[str] = frozenset({
    "amqp", "api", "broker", "cache", "celery", "clickhouse", "database", "db", "elastic", "elasticsearch", "es", "ftp", "imap", "kafka",
    "ldap", "mail", "memcached", "minio", "mongo", "mongodb", "mqtt", "mysql", "nats", "pg", "postgres", "postgresql", "qdrant", "queue",
    "rabbitmq", "redis", "s3", "search", "sentinel", "smtp", "sql", "vault",
})  # fmt: skip
"""With such a word, `REDIS_HOST` is the address of a service that the application uses, not one that it listens on."""

IMAGE_USERS: frozenset[str] = frozenset({
    "admin", "airflow", "app", "appuser", "azureuser", "centos", "circleci", "coder", "debian", "ec2-user", "gitpod", "jovyan", "node",
    "nonroot", "opc", "runner", "sandbox", "ubuntu", "user", "vscode", "www-data",
})  # fmt: skip
"""Accounts of container and machine images: their home is the same everywhere."""

HOST_LISTS: frozenset[str] = frozenset({"allowed_hosts", "allow_hosts", "trusted_hosts"})
"""Keyword arguments and variables that list the hosts under which an application answers."""

MACHINE_VARIABLES: frozenset[str] = frozenset({
    "APPDATA", "CI", "COLUMNS", "COMPOSE_PROJECT_NAME", "COMSPEC", "CURL_CA_BUNDLE", "DISPLAY", "EDITOR", "FORCE_COLOR", "GITHUB_ACTIONS",
    "GITHUB_ENV", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY", "HOME", "HOSTNAME", "HTTPS_PROXY", "HTTP_PROXY", "INVOCATION_ID", "JOURNAL_STREAM",
    "K_REVISION", "K_SERVICE", "LANG", "LANGUAGE", "LC_ALL", "LINES", "LOCALAPPDATA", "LOGNAME", "NOTIFY_SOCKET", "NO_COLOR",
    "NO_PROXY", "PATH", "PROGRAMDATA", "PROGRAMFILES", "PROMETHEUS_MULTIPROC_DIR", "PWD", "PYCHARM_HOSTED", "REQUESTS_CA_BUNDLE",
    "SHELL", "SSH_AUTH_SOCK", "SYSTEMROOT", "TEMP", "TERM", "TMP", "TMPDIR", "TZ", "USER", "USERNAME",
    "USERPROFILE", "VIRTUAL_ENV", "VISUAL", "WINDIR", "prometheus_multiproc_dir",
})  # fmt: skip
"""What the operating system, shell, process manager or a library of the platform tells: facts about the machine and not settings of the application."""
MACHINE_PREFIXES: tuple[str, ...] = (
    "AWS_EXECUTION_", "AWS_LAMBDA_", "CONDA_", "DYNO", "ECS_CONTAINER_", "FLY_", "GAE_", "HEROKU_", "KUBERNETES_", "OTEL_", "PYTEST_",
    "PYTHON", "RAILWAY_", "RENDER", "SLURM_", "SSL_CERT_", "VERCEL", "XDG_",
)  # fmt: skip
"""Prefixes of what a platform, an SDK or Python itself defines."""

READERS: dict[str, tuple[str, int]] = {
    "os.getenv": ("default", 1),
    "os.environ.get": ("default", 1),
    "os.environ.setdefault": ("value", 1),
    "decouple.config": ("default", 1),
    "decouple.Config.__call__": ("default", 1),
    "decouple.AutoConfig.__call__": ("default", 1),
    "starlette.config.Config.__call__": ("default", 2),
    "starlette.config.Config.get": ("default", 2),
}
"""Call that reads a variable -> (keyword, position) of the default."""

RAW_READERS: frozenset[str] = frozenset({
    "dotenv.get_key", "os.environ.__getitem__", "os.environ.get", "os.environ.pop", "os.getenv", "os.getenvb",
})  # fmt: skip
"""Calls that read one variable without any settings object."""

ENVIRONS: frozenset[str] = frozenset({"environs.Env", "environ.Env", "environs.FileAwareEnv", "environ.FileAwareEnv"})
"""Objects whose calls and methods (`env.int("PORT")`) read a variable."""

ENV_SAMPLES: frozenset[str] = frozenset({
    "defaults", "default", "dist", "docs", "example", "examples", "sample", "samples", "schema", "skel", "template", "templates", "tmpl",
    "tpl",
})  # fmt: skip
"""Words in the name of an environment file that say that it is an example."""
ENV_TESTS: frozenset[str] = frozenset({"ci", "e2e", "pytest", "test", "testing", "tests"})
"""Words in the name of an environment file that say that it is for tests."""
PUBLIC_VARIABLES: tuple[str, ...] = (
    "EXPO_PUBLIC_", "GATSBY_", "NEXT_PUBLIC_", "NG_APP_", "NUXT_PUBLIC_", "PUBLIC_", "REACT_APP_", "STORYBOOK_", "VITE_", "VUE_APP_",
)  # fmt: skip
"""Prefixes of what a front-end's build tool writes into the pages that everybody gets."""
FRONTEND_VARIABLES: frozenset[str] = frozenset({
    "BROWSER", "DISABLE_ESLINT_PLUGIN", "ESLINT_NO_DEV_ERRORS", "FAST_REFRESH", "GENERATE_SOURCEMAP", "INLINE_RUNTIME_CHUNK", "NODE_ENV",
    "SKIP_PREFLIGHT_CHECK",
})  # fmt: skip
"""Switches of the build tools of front-ends."""
