"""Whether a name means a credential, and whether a string literal is one. Pure functions on strings; no project, no I/O.

DESIGN. Two questions are kept apart, because either alone is wrong half of the time:

* *name*: the last words decide what a thing is ("token_url" is a URL, "access_token" a token), so a name is split into words and judged
  from its end; leading words can turn it into a flag ("use_credentials") or a label ("invalid_token").
* *value*: a literal under such a name is believed only when it looks like something that grants access and not like a label, a placeholder,
  a path, a message, a template or an algorithm. How much it must look like one depends on the kind of name: people choose passwords
  ("Winter2024!"), machines make tokens.

A third road needs no name: formats that providers chose so that leaks can be found (`queries.secret_formats`) and URLs with a password in them
(`dsn_credentials`). Every test starts with a cheap one; regular expressions are compiled when first needed. Doubt means "no".
"""

from __future__ import annotations

from functools import lru_cache

from layercheck.knowledge.credentials import (
    ALGORITHMS,
    CLIENT_AUTHENTICATION,
    DEFAULT_PASSWORDS,
    DISGUISED,
    EXTENSIONS,
    FAKES,
    FLAGS,
    HASHING,
    KEY_KINDS,
    KEYS,
    LEET,
    NEUTRAL,
    OTHER,
    PASSWORDS,
    PERSONAL,
    PLACEHOLDERS,
    SCHEMES,
    SEALED,
    SEALED_DEFAULT,
    SETTERS,
    TOKENS,
)
from layercheck.knowledge.secret_formats import (
    DUMMY_HOSTS,
    DUMMY_PASSWORDS,
    DUMMY_USERS,
    KEYED_HOSTS,
    KEYED_PASSWORDS,
    KEYED_USERS,
)
from layercheck.queries.secret_formats import MAX_LENGTH, provider_secret, regex

PASSWORD = "password"
KEY = "key"
TOKEN = "token"

_MARKS = "pass|secret|token|key|pw|cred|auth"
"""One of these occurs in every name of a credential."""
_LONGEST_NAME = 200
"""What is longer is data, and looking for words in megabytes takes long."""


def words(name: str) -> list[str]:
    """The lower-case words of a snake, camel, kebab or UPPER name: "dbPassWord2" -> ["db", "pass", "word", "2"]."""
    return [w.lower() for w in regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+").findall(name)]


# ---------------------------------------------------------------------------------------------------------------- names


@lru_cache(maxsize=1 << 16)
def secret_kind(name: str) -> str | None:
    """PASSWORD, KEY or TOKEN for a name that means a credential, None for any other name, and for what is too long to be one."""
    if len(name) > _LONGEST_NAME:
        return None
    lowered = name.lower()
    if regex(_MARKS).search(lowered) is None:
        return None
    parts = _before_preposition(words(name))
    while parts and (parts[-1] in NEUTRAL or parts[-1].isdigit()):
        parts.pop()
    if not parts or parts[0] in FLAGS or not OTHER.isdisjoint(parts):
        return None
    last = parts[-1]
    before = parts[-2] if len(parts) > 1 else ""
    if last in PASSWORDS or last == "pass" or (last == "word" and before == "pass"):
        return PASSWORD
    if last in KEYS or (last == "key" and before in KEY_KINDS):
        return KEY
    if last in TOKENS and SETTERS.isdisjoint(parts):
        return TOKEN
    return None


def _before_preposition(parts: list[str]) -> list[str]:
    """What a thing is stands before "for" and "of": a "password_for_mail" is a password."""
    for at, word in enumerate(parts):
        if at and word in ("for", "of"):
            return parts[:at]
    return parts


def secret_name(name: str) -> bool:
    """Whether a variable, attribute, parameter, key or environment variable of this name holds a credential."""
    return secret_kind(name) is not None


# --------------------------------------------------------------------------------------------------------------- values


def plausible_secret(value: str, name: str = "") -> bool:
    """Whether a literal is plausible as a real credential; `name` (of the target) sets how much is asked of it.

    False for placeholders, labels, names of environment variables, headers and cookies, messages, paths, URLs without credentials, templates,
    regular expressions, algorithms and password hashes.
    """
    if SEALED in value:
        return not value.endswith(SEALED_DEFAULT)
    if not 4 <= len(value) <= MAX_LENGTH or not value.isascii():
        return False
    if provider_secret(value) is not None or dsn_credentials(value):
        return True
    value = value.strip()
    if value.startswith(SCHEMES):
        value = value.partition(" ")[2].strip()
    if len(value) < 4 or any(c.isspace() for c in value) or _is_placeholder(value) or _is_something_else(value):
        return False
    said = words(value)
    if said and _names_its_target(value, said, words(name)):
        return False
    kind = secret_kind(name) or TOKEN
    if _is_disguised(value):
        return True
    if value.lower() in DEFAULT_PASSWORDS:
        return kind == PASSWORD or (kind == KEY and value.lower() in ("secret", "supersecret"))
    if kind == PASSWORD:
        return _chosen_by_a_person(value)
    if kind == KEY:
        return _made_by_a_machine(value) or _chosen_key(value, said)
    return _made_by_a_machine(value) or ("secret" in said and len(said) > 1 and not value.lower().startswith("x-"))


def _names_its_target(value: str, said: list[str], target: list[str]) -> bool:
    """A label: `CLIENT_SECRET = "client_secret"`, `client_secret = "acme_client_secret"`; but "my-secret-key" is somebody's key."""
    if set(said) <= set(target):
        return True
    before, tail = said[: -len(target)], said[-len(target) :]
    return bool(target) and tail == target and value.islower() and PERSONAL.isdisjoint(before)


def _is_placeholder(value: str) -> bool:
    lowered = value.lower()
    if lowered.startswith(FAKES) or any(
        fake in lowered
        for fake in ("changeme", "changethis", "example", "placeholder", "redacted", "xxxx", "your-", "your_")
    ):
        return True
    if value[0] in "<{[($*" or "${" in value or "{{" in value or "<" in value:
        return True
    if len(set(lowered)) <= 2 or "..." in value or "***" in value:
        return True
    return not PLACEHOLDERS.isdisjoint(words(value)) or lowered in (
        "0123456789",
        "123456789",
        "12345678",
        "1234567890",
        "abcdef",
        "abcdefgh",
    )


def _is_disguised(value: str) -> bool:
    """A word for a secret with digits for letters: "s3cr3t", "P4ssw0rd!". Nobody labels a thing so."""
    core = value.lower().strip("0123456789!")
    plain = core.translate(LEET)
    return plain != core and plain in DISGUISED


def _is_something_else(value: str) -> bool:
    """A URL, path, file name, template, format, regular expression, environment variable, algorithm, address, prefix or call."""
    lowered = value.lower()
    if "://" in value or value.startswith(("/", "./", "../", "~", "\\", "%", "^", "#", "--", "@", ":")):
        return True
    if (
        lowered in ALGORITHMS
        or lowered in CLIENT_AUTHENTICATION
        or value.endswith((":", "_", "-", ".", "/", "?", ",", "=:", "(", "$"))
        or lowered.endswith(EXTENSIONS)
    ):
        return True
    if any(
        mark in value for mark in ("{", "%s", "%d", "%(", "\\", "(?", "[a-", "()", "::", "->", "&&", ";", '"', "'", "`")
    ):
        return True
    if regex(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+").fullmatch(value):
        return True
    if regex(r"[\w.+-]+@[\w-]+(\.[\w-]+)+").fullmatch(value):
        return True
    if regex(r"[a-z][a-z0-9_-]*([/:.][a-z{][a-z0-9_{}-]*)+").fullmatch(value) and not regex(r"[0-9a-f-]{16}").search(
        value
    ):
        return True
    return bool(regex(r"\d{4}-\d\d-\d\d([T ].*)?|\d+(\.\d+)+|\d+[a-z]{1,2}").fullmatch(value))


def _chosen_by_a_person(value: str) -> bool:
    """A password: more than a word. Labels are words joined by _ or -, or CamelCase; codes of errors end in a number ("too_short_8")."""
    if regex(r"[A-Za-z]+([_-][A-Za-z]+)*|[a-z]+(_[a-z]+)+_\d{1,2}").fullmatch(value):
        return False
    return bool(regex(r"\d|[^\w-]").search(value))


def _chosen_key(value: str, said: list[str]) -> bool:
    """A signing key somebody typed: "supersecretkey", "my-secret-key-2024", "s3cr3t"."""
    lowered = value.lower()
    if lowered.startswith("x-") or len(value) < 6:
        return False
    if len(value) < 8:
        return bool(regex(r"\w*[A-Za-z]\d+[A-Za-z]\w*").fullmatch(value))
    if "secret" in lowered and ("key" in lowered or "super" in lowered or len(said) > 2):
        return True
    if not (regex(r"\d").search(value) and regex(r"[A-Za-z]").search(value)):
        return False
    return not regex(r"[a-z]+([_-][a-z]+)*[_-]?(v?\d{1,2})").fullmatch(value)


def _made_by_a_machine(value: str) -> bool:
    """Random characters: long, of several kinds, many different ones."""
    if len(value) < 12 or not regex(r"[A-Za-z0-9+/=_.~!@#$%^&*:-]+").fullmatch(value):
        return False
    if regex(r"[A-Za-z]+([_.:-][A-Za-z]+)*\d{0,2}").fullmatch(value) and len(value) < 32:
        return False
    if regex(r"([A-Z]{1,4}[a-z]{2,}\d{0,2}){2,}").fullmatch(value):
        return False
    kinds = sum(bool(regex(p).search(value)) for p in ("[a-z]", "[A-Z]", r"\d"))
    return kinds >= 2 and len(set(value)) >= min(10, len(value) // 2)


# ----------------------------------------------------------------------------------------------------------------- URLs

_URL = r"[A-Za-z][A-Za-z0-9+.-]*://([^\s:/@?#\"'<>{}$*]*):([^\s/\"'<>]*?)@([^\s/@\"'<>,]+)"
_PAIR = r"(?:^|[\s;?&])([A-Za-z][A-Za-z ]{1,20}?)\s?=\s?([^\s;&]*)"


def dsn_credentials(value: str) -> bool:
    """Whether a literal is (or holds) a URL or connection string with a literal password: `postgresql://app:s3cr3t@db/shop`,
    `host=db user=app password=s3cr3t`.

    Not when the password is interpolated (`{password}`, `%s`, `${DB_PASSWORD}`), nor a placeholder of documentation (`user:password@host`).
    """
    if len(value) > MAX_LENGTH:
        return False
    if SEALED in value:
        return any(f"{SEALED}{end}" in value for end in "@&; ") or (value.endswith(SEALED) and "=" in value)
    if "://" in value and "@" in value and any(_is_real_password(*f.groups()) for f in regex(_URL).finditer(value)):
        return True
    lowered = value.lower()
    return any(f"{key}=" in lowered for key in KEYED_PASSWORDS) and _keyed_credentials(value)


def _keyed_credentials(value: str) -> bool:
    """The keyword form; it must name a host or user too, else it is a form or a text."""
    pairs = {key.lower().strip(): text.strip("'\"") for key, text in regex(_PAIR).findall(value)}
    host = next((pairs[key] for key in KEYED_HOSTS if key in pairs), "")
    user = next((pairs[key] for key in KEYED_USERS if key in pairs), "")
    password = next((pairs[key] for key in KEYED_PASSWORDS if key in pairs), "")
    named = host or (user and ("://" in value or "dbname" in pairs or "database" in pairs))
    return bool(named) and _is_real_password(user, password, host or "localhost")


def sealed_urls(text: str) -> str:
    """A text in which the passwords of its URLs and connection strings are sealed; all else stays."""
    if len(text) > MAX_LENGTH and "\n" in text:
        return "\n".join([sealed_urls(line) for line in text.split("\n")])
    if "://" in text and "@" in text:
        for found in list(regex(_URL).finditer(text)):
            if _is_real_password(*found.groups()):
                password = found.group(2)
                text = text.replace(f":{password}@", f":{password[:2]}{SEALED}@")
    if SEALED not in text and dsn_credentials(text):
        pattern = rf"(?i)(\b(?:{'|'.join(KEYED_PASSWORDS)})\s?=\s?[\"']?)([^\s;&\"']{{1,2}})[^\s;&\"']*"
        text = regex(pattern).sub(rf"\1\2{SEALED}", text)
    return text


def _is_real_password(user: str, password: str, host: str) -> bool:
    lowered = password.lower()
    if (
        not password
        or any(c in password for c in "{}$<>*[]()\\")
        or password.startswith(("%s", "%(", ":"))
        or "%s" in password
    ):
        return False
    if (_is_placeholder(password.ljust(4, ".")) and lowered != "...") or lowered.strip(".") == "":
        return False
    if regex(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+|PASSWORD|PASS|PWD|TOKEN|SECRET").fullmatch(password):
        return False
    host_name = host.partition(":")[0].lower()
    if host_name.endswith(("example.com", "example.org", "example.net", ".example")) or "example" in host_name:
        return False
    if lowered in DUMMY_PASSWORDS and (user.lower() in DUMMY_USERS or host_name in DUMMY_HOSTS):
        return False
    return not (user.lower() in ("test", "fake", "dummy") and lowered in ("test", "fake", "dummy"))


# ------------------------------------------------------------------------------------------------------------- defaults


def insecure_default(name: str, value: object) -> bool:
    """Whether a literal is an insecure default of a setting: it works when the variable is missing.

    Of any setting when it is a secret by its form (a provider's token, a URL with a password), else of one that is named as a secret.
    Placeholders ("changethis", "secret") count; None, empty strings, booleans, numbers, paths, URLs without a password and names of headers do not.
    """
    if not isinstance(value, str) or not value.strip():
        return False
    if provider_secret(value) is not None or dsn_credentials(value):
        return True
    if secret_kind(name) is None:
        return False
    if SEALED in value:
        return True
    text = value.strip()
    lowered = text.lower()
    if (
        lowered in ("none", "null", "true", "false", "bearer", "basic", "authorization")
        or lowered in ALGORITHMS
        or lowered.startswith("x-")
    ):
        return False
    if "://" in text or not any(c.isalnum() for c in text):
        return False
    if "${" in text or text.startswith(("{", "/", "./", "../", "~/", "$(")) or lowered.endswith(EXTENSIONS):
        return False
    return not text.startswith("$") or len(text) < 2


@lru_cache(maxsize=1 << 14)
def takes_password(function: str, given: int) -> bool:
    """Whether the first argument of a function is a password, by its name; of those that may be given a user too, when it is the only one."""
    if "pass" not in function.lower() and "pw" not in function.lower():
        return False
    said = words(function)
    if secret_kind("_".join(w for w in said if w not in HASHING)) != PASSWORD:
        return False
    return not {"encrypt", "hash", "verify"}.isdisjoint(said) or (given == 1 and not HASHING.isdisjoint(said))


def mask(value: str) -> str:
    """What a message may show of a secret: its first two characters."""
    return f"{value.partition(SEALED)[0][:2]}…"
