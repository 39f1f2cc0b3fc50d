"""Which values are secrets when they are shown: by the name of the variable, attribute, key, header or environment variable.

`secret_name` (queries/secrets.py) answers for credentials; here come cookies, card numbers, one-time codes and whole requests, and
what takes the secret out of a value again: lengths, comparisons, masks, slices.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from layercheck import ir
from layercheck.facts.rows import Body, Class
from layercheck.ir import Expr, dotted
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.models import is_schema, is_table
from layercheck.queries.schemas import schema_fields
from layercheck.queries.secrets import secret_name, words
from layercheck.queries.symbols import mro, resolve
from layercheck.queries.types import Typing

_MORE = pattern(
    r"(?:^|_)(?:ssn|social_security_number|cvv|cvc|card_number|credit_card_number|pan_number|otp|otp_code|one_time_password|totp_code"
    r"|authorization|authorization_header|auth_header|set_cookie|session_cookie|pin_code_secret|jwt|id_token|private_key"
    r"|connection_string_with_password|passwd|passphrase)$"
)
_NO_SECRET = frozenset({
    "count", "counts", "limit", "length", "len", "size", "type", "id", "ids", "name", "names", "url", "uri", "path", "expiry", "expires",
    "expire", "valid", "ok", "status", "usage", "used", "field", "fields", "file", "header", "prefix", "suffix", "masked", "hint", "index",
    "total", "max", "min", "num", "budget", "has", "is", "with", "hash", "fingerprint", "public", "version", "label", "model", "exists",
    "redacted", "encrypted", "hashed", "device",
})  # fmt: skip
_LOOKUP_KEYS = frozenset({"role", "storage", "service", "ssh", "account", "shared"})
"""Keys that name a thing in a registry or store (storage_key, role_key) more often than they open one."""
_STRINGS = frozenset(
    {"str", "repr", "format", "dumps", "decode", "encode", "get_secret_value", "strip", "join", "lower", "upper", "f"}
)
_WHOLE_REQUEST = pattern(r"(?:^|\.)(?:request|req)\.(?:headers|cookies)$")
_BODIES = pattern(r"(?:^|\.)(?:request|req)\.(?:body|json|form)$")
_SECRET_TYPES = frozenset(
    {
        "pydantic.SecretStr",
        "pydantic.SecretBytes",
        "pydantic.types.SecretStr",
        "pydantic.v1.SecretStr",
        "starlette.datastructures.Secret",
    }
)
_CONTACT = pattern(r"(?:^|_)(?:email|e_mail|phone|phone_number|mobile|address|street|birth_?date|date_of_birth|dob)$")


@lru_cache(maxsize=1 << 16)
def is_secret_word(name: str) -> bool:
    """Whether a value of this name must not be shown."""
    parts = words(name)
    if not parts or not _NO_SECRET.isdisjoint(parts):
        return False
    if parts[-1] == "key" and len(parts) > 1 and parts[-2] in _LOOKUP_KEYS and parts[-3:-1] != ["service", "role"]:
        return False
    return secret_name(name) or _MORE.search(name.lower()) is not None


def is_contact_word(name: str) -> bool:
    """Whether a name means contact data of a person (email, phone, address, birth date)."""
    return _CONTACT.search(name.lower()) is not None


def shown_secret(project: Project, key: str, e: Expr, at: int, *, contact: bool = False) -> str | None:
    """What secret the text of a value contains, as words for the message; None when it contains none."""
    name = dotted(e)
    if name is not None:
        return _named(project, key, name, at, contact)
    if e.__class__ is not tuple:
        return None

    def inner(value: Expr) -> str | None:
        return shown_secret(project, key, value, at, contact=contact)

    match e:
        case ("fstr", parts):
            return _first(inner(p) for p in parts)
        case ("op", "+" | "%", operands):
            return _first(inner(o) for o in operands)
        case ("tuple" | "list", items):
            return _first(inner(i) for i in items)
        case ("dict", pairs):
            return _first(_pair(project, key, k, v, at, contact) for k, v in pairs)
        case ("await" | "star", value):
            return inner(value)
        case ("bool", "or", operands):
            return _first(inner(o) for o in operands)
        case ("attr", value, attribute, _):
            return attribute if is_secret_word(attribute) and not _is_plain(project, key, e, at) else None
        case ("item", value, index, _):
            text = ir.text_of(index)
            if text is not None and (is_secret_word(text) or (contact and is_contact_word(text))):
                return text
            return None
        case ("call", func, args, keywords, _):
            return _called(project, key, e, func, args, keywords, at, contact)
    return None


def _first(found: object) -> str | None:
    return next((f for f in found if f is not None), None)  # type: ignore[attr-defined]


def _pair(project: Project, key: str, k: Expr | None, v: Expr, at: int, contact: bool) -> str | None:
    return shown_secret(project, key, v, at, contact=contact)


def _named(project: Project, key: str, name: str, at: int, contact: bool) -> str | None:
    if _WHOLE_REQUEST.search(name):
        return None if _binds(project, key, name.partition(".")[0]) else name
    last = name.rpartition(".")[2]
    if is_secret_word(last) or (contact and is_contact_word(last)):
        return None if _is_plain(project, key, name, at) or _comes_from_elsewhere(project, key, name) else name
    if any(bind[1] == "item" for bind in _binds(project, key, name)):
        return None
    kind = Typing(project, key).name(name, at)
    if kind is not None and kind[0] == "inst" and ":" in kind[1]:
        field = secret_field(project, kind[1])
        if field is not None:
            return f"{name} with its field {field}"
    return None


def _is_plain(project: Project, key: str, e: Expr, at: int) -> bool:
    """Whether the type of a value rules a secret out: numbers, booleans, SecretStr, objects of classes without a secret field."""
    kind = Typing(project, key).type(e, at)
    if kind is None:
        return False
    if kind[0] in ("func", "method", "type", "module"):
        return True
    if kind[0] != "inst":
        return False
    if kind[1] in ("builtins.int", "builtins.bool", "builtins.float", "None") or kind[1] in _SECRET_TYPES:
        return True
    if ":" in kind[1]:
        return secret_field(project, kind[1]) is None
    return kind[1] not in ("builtins.str", "builtins.bytes")


def _binds(project: Project, key: str, name: str) -> list[tuple[Any, ...]]:
    """The bindings of a local name (no parameters)."""
    body = project.get(Body, key)
    return [raw for raw in body.raw_binds if raw[0] == name] if body is not None else []


def _of_lock(name: str) -> bool:
    """`lock.token`, `migration_lock.local.token`: which holder has a lock opens nothing."""
    return name.endswith("token") and any("lock" in words(part) for part in name.split("."))


def _comes_from_elsewhere(project: Project, key: str, name: str) -> bool:
    """A token of a parser (`nodes[0]`), a lock, a context variable (`var.set(...)`) or of pages (`data.get("nextPageToken")`)."""
    if _of_lock(name):
        return True
    for _, kind, value, *_ in _binds(project, key, name):
        if kind == "for" or kind == "comp" or _of_lock(dotted(value) or ""):
            return True
        if ir.is_a(value, "item") and value is not None and ir.is_a(value[2], "const") and isinstance(value[2][1], int):
            return True
        for node in ir.walk(value):
            if ir.is_a(node, "call") and ir.last_name(node[1]) == "set":
                return True
            text = ir.text_of(node)
            if text is not None and ("page" in text.lower() or "cursor" in text.lower()):
                return True
    return False


def _called(
    project: Project,
    key: str,
    e: Expr,
    func: Expr,
    args: tuple[Expr, ...],
    keywords: tuple[tuple[str | None, Expr], ...],
    at: int,
    contact: bool,
) -> str | None:
    name = dotted(func)
    last = ir.last_name(func)
    values = (*args, *(v for _, v in keywords))
    if name is not None and _BODIES.search(name) and not values and not _binds(project, key, name.partition(".")[0]):
        return f"{name}()"
    symbol = resolve(project, key, name) if name else None
    if symbol in ("os.getenv", "os.environ.get") and args:
        text = ir.text_of(args[0])
        return text if text is not None and is_secret_word(text) else None
    owner: Expr = func.rpartition(".")[0] if func.__class__ is str else func[1] if ir.is_a(func, "attr") else ""
    if last == "get" and args and owner != "":
        text = ir.text_of(args[0])
        return (
            text if text is not None and (is_secret_word(text) or text.lower() in ("authorization", "cookie")) else None
        )
    if last == "get_secret_value":
        return f"{dotted(owner) or last}"
    if func in ("dict", "str", "repr", "vars") or last in _STRINGS or last in ("model_dump", "model_dump_json"):
        shown = _first(shown_secret(project, key, v, at, contact=contact) for v in values)
        return shown or (shown_secret(project, key, owner, at, contact=contact) if owner != "" else None)
    if last in ("items", "copy") and owner != "":
        return (
            shown_secret(project, key, owner, at, contact=contact)
            if _WHOLE_REQUEST.search(dotted(owner) or "")
            else None
        )
    return None


@query
def secret_field(project: Project, cls: str) -> str | None:
    """The first field of a schema that holds a readable secret and is shown by its repr; None for any other class."""
    row = project.get(Class, cls)
    if row is None or not is_schema(project, cls) or is_table(project, cls):
        return None
    for base in mro(project, cls):
        parent = project.get(Class, base)
        if parent is not None and any(name in ("__str__", "__repr__", "__repr_args__") for name, _ in parent.methods):
            return None
    for field in schema_fields(project, cls):
        if not is_secret_word(field.name) or _is_hidden(project, field.owner, field.annotation, field.value):
            continue
        return field.name
    return None


def _is_hidden(project: Project, key: str, annotation: Expr | None, value: Expr | None) -> bool:
    if ir.is_a(value, "call") and value is not None and ir.keyword(value, "repr") == ("const", False):
        return True
    plain = False
    for node in ir.walk(annotation):
        text = dotted(node) if node.__class__ is str or ir.is_a(node, "ref") else None
        if text is None:
            continue
        if "Secret" in text or text in ("bool", "int", "float", "datetime"):
            return True
        plain = plain or text == "str"
    return not plain
