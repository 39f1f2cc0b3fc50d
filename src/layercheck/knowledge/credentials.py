"""Words of names and values that tell credentials from labels.

Asked by `queries.secrets` (LC205, LC206). Source: the names used in published FastAPI projects, and the look-alikes met there.
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
    "begin", "blacklisted", "bos", "cancel", "cancellation", "cls", "continuation", "csrf", "cursor", "dummy", "encrypted", "end", "eos", "example", "expired", "fake",
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
CLIENT_AUTHENTICATION = frozenset({"client_secret_basic", "client_secret_jwt", "client_secret_post", "private_key_jwt", "tls_client_auth"})  # fmt: skip
"""How an OAuth client says who it is (OpenID Connect Core, 9): names of methods, no secrets."""
LEET = str.maketrans("013457@$!", "oleastasi")
DISGUISED = frozenset(
    {"admin", "letmein", "mysecret", "pass", "password", "passwort", "secret", "supersecret", "token"}
)
"""Words that are a secret when digits stand for their letters."""
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

DEFAULT_TAKERS = frozenset({"get", "getattr", "pop", "setdefault"})
"""Calls that are given a name and what to use when it is missing: `getattr(settings, "client_secret", "...")`."""
WRAPPERS = frozenset({"SecretBytes", "SecretStr", "bytes", "str"})
"""Calls that leave their literal what it is: `SecretStr("...")`."""
CONVERSIONS = frozenset({"decode", "encode", "strip"})
"""Methods that leave a literal what it is: `"...".encode()`."""
BASIC_AUTH = frozenset({"BasicAuth", "DigestAuth", "HTTPBasicAuth", "HTTPDigestAuth", "HTTPProxyAuth"})
"""Classes of requests, httpx and aiohttp that take a user and a password."""
HASHING = frozenset({"check", "encrypt", "hash", "make", "set", "verify"})
"""With "password" in the name of a function, its first argument is one: `hash_password("...")`, `user.set_password("...")`."""

SEALED = "\u2026\u2060"
"""What stands for the rest of a secret in everything that is kept of a file: an ellipsis, and a character that is not seen (a word joiner)
so that nothing that people write is taken for it. `{...}` after it names the format of a token."""
SEALED_DEFAULT = SEALED + "{default}"
"""The same for a literal that is only a bad default: "changethis"."""
