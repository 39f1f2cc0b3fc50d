"""Words of names and values that tell credentials from labels, and the formats of providers' tokens.

Asked by `queries.secrets` (LC205, LC206). Source: the token formats that providers document (GitHub, GitLab, Slack, Stripe, AWS IAM unique
identifiers, Google, npm, PyPI, ...), the names used in published FastAPI projects, and the look-alikes met there.
"""

from __future__ import annotations

PASSWORDS = frozenset({"passcode", "passphrase", "passwd", "password", "passwort", "pw", "pwd"})
KEYS = frozenset({"apikey", "privatekey", "secret", "secretkey", "apisecret", "clientsecret"})
TOKENS = frozenset({"authorization", "credential", "credentials", "token", "accesstoken", "authtoken"})
KEY_KINDS = frozenset({
    "access", "account", "admin", "aes", "api", "auth", "cipher", "crypto", "deploy", "encrypt", "encryption", "fernet", "hmac", "jwt",
    "license", "master", "private", "role", "rsa", "secret", "service", "shared", "sign", "signature", "signing", "ssh", "storage",
    "subscription", "webhook",
})  # fmt: skip
"""What makes a "..._key" a secret: an api key is, a cache key is not."""
NEUTRAL = frozenset({
    "b64", "base64", "bytes", "constant", "current", "default", "dev", "development", "literal", "local", "new", "old", "plain", "plaintext",
    "prod", "production", "raw", "staging", "str", "string", "value",
})  # fmt: skip
"""Trailing words that do not change what a thing is."""
FLAGS = frozenset({
    "allow", "allowed", "ask", "can", "change", "check", "confirm", "create", "disable", "enable", "enabled", "forget", "forgot", "generate",
    "has", "hide", "include", "incorrect", "invalid", "is", "missing", "must", "need", "needs", "no", "not", "prompt", "require", "required",
    "requires", "reset", "send", "should", "show", "update", "use", "uses", "validate", "verify", "weak", "with", "without", "wrong",
})  # fmt: skip
"""Leading words that make a flag, an action or an error of it."""
SETTERS = frozenset({"allow", "allowed", "enable", "enabled", "require", "required", "use"})
"""Words anywhere in a name that make a switch of "credentials" or "token": Access-Control-Allow-Credentials."""
PERSONAL = frozenset({"default", "dev", "insecure", "mega", "my", "random", "some", "super", "supersecret", "this", "top", "ultra", "very"})  # fmt: skip
"""Words by which people make a phrase of a label: "my-secret-key"."""
OTHER = frozenset({
    "begin", "blacklisted", "bos", "cls", "continuation", "csrf", "cursor", "dummy", "encrypted", "end", "eos", "example", "expired", "fake",
    "fields", "hash", "hashed", "mask", "masked", "mock", "next", "number", "pad", "page", "pagination", "public", "redacted", "sample",
    "sep", "special", "stop", "sync", "unk", "xsrf",
})  # fmt: skip
"""Words anywhere in a name that make it no credential: hashes, page tokens, tokens of language models, test values."""
PLACEHOLDERS = frozenset({
    "abc", "asdf", "bar", "baz", "change", "changeit", "changeme", "changethis", "dummy", "enter", "example", "examples", "fake", "fill",
    "fixme", "foo", "foobar", "hidden", "insert", "lorem", "masked", "mock", "mocked", "none", "null", "omitted", "placeholder",
    "redacted", "removed", "replace", "replaceme", "sample", "stub", "tbd", "test", "tester", "testing", "todo", "undefined", "unset", "xx",
    "xxx", "xxxx", "your", "yours",
})  # fmt: skip
FAKES = ("changeme", "changethis", "change-me", "change_me", "dummy", "example", "fake", "placeholder", "redacted", "replace", "test", "xxxx", "your")  # fmt: skip
"""Beginnings and, for the long ones, parts of values that say of themselves that they are not real."""
ALGORITHMS = frozenset({
    "aes", "argon2", "argon2id", "bcrypt", "des", "ed25519", "eddsa", "es256", "es384", "es512", "fernet", "hmac", "hs256", "hs384", "hs512",
    "md5", "none", "pbkdf2", "pbkdf2_sha256", "plaintext", "ps256", "ps384", "ps512", "rs256", "rs384", "rs512", "rsa", "scrypt", "sha1",
    "sha256", "sha384", "sha512",
})  # fmt: skip
DEFAULT_PASSWORDS = frozenset({
    "admin", "administrator", "default", "guest", "letmein", "master", "minioadmin", "mongo", "monkey", "mysql", "neo4j", "pass", "passw0rd",
    "password", "postgres", "postgresql", "qwerty", "rabbitmq", "root", "secret", "superuser", "supersecret", "toor", "welcome",
})  # fmt: skip
"""Words that are passwords where a password is expected."""
EXTENSIONS = (
    ".cfg", ".conf", ".crt", ".env", ".html", ".ini", ".j2", ".json", ".key", ".md", ".pem", ".pickle", ".pub", ".py", ".sql", ".toml", ".txt",
    ".xml", ".yaml", ".yml",
)  # fmt: skip
SCHEMES = ("Bearer ", "Basic ", "Token ", "bearer ", "basic ", "token ")

B64 = r"[A-Za-z0-9+/]"
PROVIDERS: tuple[tuple[str, str, str], ...] = (
    ("AKIA", "AWS access key id", r"\bAKIA[A-Z2-7]{16}\b"),
    ("ASIA", "AWS access key id", r"\bASIA[A-Z2-7]{16}\b"),
    ("gh", "GitHub token", r"\bgh[opsur]_[A-Za-z0-9]{36,255}\b"),
    ("github_pat_", "GitHub token", r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}\b"),
    ("glpat-", "GitLab token", r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("xox", "Slack token", r"\bxox[abeoprs]-(?=[A-Za-z0-9-]*\d{6})[A-Za-z0-9-]{20,}"),
    ("xapp-", "Slack token", r"\bxapp-\d-[A-Z0-9]+-\d+-[a-f0-9]{32,}"),
    (
        "hooks.slack.com/services/",
        "Slack webhook",
        r"hooks\.slack\.com/services/T[A-Z0-9]{6,}/B[A-Z0-9]{6,}/[A-Za-z0-9]{20,}",
    ),
    ("k_live_", "Stripe key", r"\b[rs]k_live_[A-Za-z0-9]{20,}\b"),
    ("whsec_", "Stripe webhook secret", rf"\bwhsec_{B64}{{32,}}"),
    ("AIza", "Google API key", r"\bAIza[A-Za-z0-9_-]{35}\b"),
    ("GOCSPX-", "Google OAuth client secret", r"\bGOCSPX-[A-Za-z0-9_-]{28}"),
    ("ya29.", "Google OAuth token", r"\bya29\.[A-Za-z0-9_-]{40,}"),
    ("SG.", "SendGrid key", r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b"),
    ("SK", "Twilio key", r"\bSK[0-9a-f]{32}\b"),
    ("key-", "Mailgun key", r"\bkey-[0-9a-f]{32}\b"),
    ("npm_", "npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("pypi-AgE", "PyPI token", r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    ("sk-ant-", "Anthropic key", r"\bsk-ant-[A-Za-z0-9_-]{32,}"),
    (
        "sk-",
        "OpenAI key",
        r"\bsk-(?:proj-|svcacct-|admin-|or-v1-)?(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{32,}",
    ),
    ("hf_", "Hugging Face token", r"\bhf_[A-Za-z0-9]{34}\b"),
    ("gsk_", "Groq key", r"\bgsk_[A-Za-z0-9]{48,}\b"),
    ("nvapi-", "NVIDIA key", r"\bnvapi-[A-Za-z0-9_-]{60,}"),
    ("AccountKey=", "Azure storage key", rf"AccountKey={B64}{{86}}=="),
    ("SharedAccessKey=", "Azure access key", rf"SharedAccessKey={B64}{{40,}}="),
    ("/api/webhooks/", "Discord webhook", r"discord(?:app)?\.com/api/webhooks/\d{17,20}/[A-Za-z0-9_-]{60,}"),
    (".", "Discord token", r"\b[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}\b"),
    (":", "Telegram bot token", r"(?<![\w:])\d{8,10}:AA[A-Za-z0-9_-]{33}(?![\w-])"),
    ("dop_v1_", "DigitalOcean token", r"\bdop_v1_[0-9a-f]{64}\b"),
    ("hvs.", "Vault token", r"\bhvs\.[A-Za-z0-9_-]{24,}"),
    ("shpat_", "Shopify token", r"\bshpat_[0-9a-fA-F]{32}\b"),
    ("dapi", "Databricks token", r"\bdapi[0-9a-f]{32}\b"),
    ("glsa_", "Grafana token", r"\bglsa_[A-Za-z0-9]{32}_[0-9a-f]{8}\b"),
    ("lin_api_", "Linear key", r"\blin_api_[A-Za-z0-9]{40}\b"),
    ("sq0", "Square token", r"\bsq0(?:csp|atp)-[A-Za-z0-9_-]{22,43}\b"),
    ("re_", "Resend key", r"\bre_(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{8}_[A-Za-z0-9]{24}\b"),
)
"""(text that must occur, name, format)."""
AZURITE = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq"
"""The account key of Microsoft's storage emulator, printed in its documentation: no secret."""


DUMMY_PASSWORDS = frozenset(
    {"pass", "passwd", "password", "pw", "pwd", "secret", "token", "key", "mypassword", "userpass"}
)
DUMMY_USERS = frozenset({"", "me", "myuser", "name", "u", "usr", "user", "username", "login", "foo", "scott"})
DUMMY_HOSTS = frozenset({"host", "hostname", "server", "domain", "domain.com", "ip", "addr", "address"})
