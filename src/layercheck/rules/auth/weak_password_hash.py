"""Hash passwords with argon2 or bcrypt.

MD5 and the SHA family are made to be fast: a graphics card tries billions of passwords a second against a stolen table. Password hashes
are slow on purpose, and salted.

Reported are passwords (by name) that go into such a digest, directly or through a helper of the project, passlib's weak schemes,
and PBKDF2 with fewer than 100,000 rounds. Digests of other data, a digest whose result goes into bcrypt or argon2, lookups of
leaked passwords, the key of a cipher or of a cache that is made from a passphrase (`key = sha256(passphrase)`), a constant (`VENDOR_PASSWORD`),
which is the application's own, and weak schemes that a CryptContext only keeps as deprecated are left alone.

How to fix: `pwdlib.PasswordHash.recommended()`, `argon2.PasswordHasher()` or `bcrypt.hashpw(...)`.

```python bad app/security.py
import hashlib


def hash_password(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()
```
```python good app/security.py
from argon2 import PasswordHasher

hasher = PasswordHasher()


def hash_password(password: str) -> str:
    return hasher.hash(password)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.blocking import PASSWORD_HASHING
from layercheck.knowledge.tokens import DIGEST_OBJECTS, FAST_DIGESTS, WEAK_SCHEMES
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project, query
from layercheck.queries.callers import callers
from layercheck.queries.callgraph import Site, bound_arguments, sites
from layercheck.queries.items import CallSite
from layercheck.queries.occasions import means_password
from layercheck.queries.secrets import PASSWORD, secret_kind, words
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC503",
    name="weak-password-hash",
    message="{digest} is too weak for passwords ({what}): hash them with argon2 or bcrypt",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("AUTH-3",),
    since="0.1",
)
_ROUNDS = 100_000
_ENCODING = frozenset(
    {"encode", "strip", "bytes", "str", "join", "format", "get_secret_value", "b", "upper", "lower", "to_bytes"}
)
_LEAKS = frozenset({"pwned", "hibp", "breach", "breached", "compromised", "leak", "leaked", "pwnedpasswords"})
_HASHED = frozenset({"hash", "hashed", "digest", "encrypted"})
_DEPTH = 3


@only_with("CryptContext", "hash", "encrypt", "using", like=means_password, texts=means_password)
def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each call that hashes a password weakly."""
    target, key = item.site.target or "", item.body.key
    owner, _, method = target.rpartition(".")
    if target == "passlib.context.CryptContext":
        scheme = _weak_scheme(item.call)
        if scheme is not None:
            yield Fault(item.place, {"digest": scheme, "what": "a scheme of CryptContext"})
    elif owner.startswith("passlib.hash."):
        scheme = owner.rpartition(".")[2]
        if scheme in WEAK_SCHEMES and method in ("hash", "encrypt", "using"):
            yield Fault(item.place, {"digest": scheme, "what": "passlib"})
    elif target == "hashlib.pbkdf2_hmac":
        rounds, name = _rounds(item.call), _given(item.call)
        if rounds is not None and rounds < _ROUNDS and name is not None:
            yield Fault(item.place, {"digest": f"PBKDF2 with {rounds} rounds", "what": name})
    elif _digests(item.site) or (item.name == "update" and _is_digest_object(project, item)):
        name = _given(item.call)
        if name is not None and not _spared(project, key, item.call[4]):
            yield Fault(item.place, {"digest": _shown(item), "what": name})
    elif ":" in target and project.get(Function, target) is not None:
        yield from _helped(project, item, target)


def _rounds(call: Expr) -> int | None:
    given = ir.argument(call, 3, "iterations")
    return given[1] if given is not None and ir.is_a(given, "const") and isinstance(given[1], int) else None


def _digests(site: Site) -> bool:
    return site.target in FAST_DIGESTS


def _shown(item: CallSite) -> str:
    text = (dotted(item.call[1]) or item.name).removesuffix(".new").removesuffix(".update")
    named = ir.text_of(item.call[2][0]) if item.site.target == "hashlib.new" and item.call[2] else None
    return f"{(named or text).rpartition('.')[2]}()"


def _is_digest_object(project: Project, item: CallSite) -> bool:
    """`digest.update(password)` on what a digest call made."""
    receiver = item.site.receiver
    if receiver is not None and receiver[0] == "inst" and receiver[1] in DIGEST_OBJECTS:
        return True
    name = dotted(item.call[1])
    owner = name.rpartition(".")[0] if name is not None else ""
    made = {s.at for s in sites(project, item.body.key) if _digests(s)}
    return any(raw[0] == owner and ir.is_a(raw[2], "call") and raw[2][4] in made for raw in item.body.raw_binds)


def _given(call: Expr) -> str | None:
    """The password among the arguments of a call, through encodings, concatenations and f-strings.

    A constant (`VENDOR_PASSWORD`) is the application's own: how it is digested is the protocol of whom it is for.
    """
    values = [*call[2], *(v for k, v in call[3] if k in ("string", "data", "password", "word", None))]
    return next((name for value in values if (name := _password_in(value)) is not None), None)


def _password_in(e: Expr) -> str | None:
    name = dotted(e)
    if name is not None:
        last = name.rpartition(".")[2]
        return name if _means_password(last) and not last.isupper() else None
    match e:
        case ("call", func, args, _, _):
            if ir.last_name(func) not in _ENCODING:
                return None
            owner: Expr = func.rpartition(".")[0] if func.__class__ is str else func[1] if ir.is_a(func, "attr") else ""
            return next((n for v in (owner, *args) if v and (n := _password_in(v)) is not None), None)
        case ("op", "+" | "%", values) | ("fstr" | "tuple" | "list", values):
            return next((n for v in values if (n := _password_in(v)) is not None), None)
        case ("item", _, index, _):
            text = ir.text_of(index)
            return text if text is not None and _means_password(text) else None
    return None


def _means_password(name: str) -> bool:
    return secret_kind(name) == PASSWORD and _HASHED.isdisjoint(words(name))


def _weak_scheme(call: Expr) -> str | None:
    """The weak scheme that a CryptContext makes new hashes with, or still accepts as good."""
    schemes = ir.argument(call, 0, "schemes")
    if not (ir.is_a(schemes, "list") or ir.is_a(schemes, "tuple")) or schemes is None:
        return None
    names = [ir.text_of(s) or "" for s in schemes[1]]
    default = ir.text_of(ir.keyword(call, "default")) or (names[0] if names else "")
    deprecated = ir.keyword(call, "deprecated")
    if default in WEAK_SCHEMES:
        return default
    if deprecated == ("const", "auto"):
        return None
    known = [ir.text_of(d) for d in deprecated[1]] if ir.is_a(deprecated, "list") and deprecated is not None else []
    if deprecated is not None and not known:
        return None
    return next((n for n in names if n in WEAK_SCHEMES and n not in known), None)


# ------------------------------------------------------------------------------------------------------------- helpers


def _helped(project: Project, item: CallSite, target: str) -> Iterator[Fault]:
    """`md5(user.password)` where `md5` is a helper of the project that digests its argument."""
    digested = digested_parameters(project, target)
    if not digested:
        return
    for name, value in bound_arguments(project, target, item.site).items():
        password = _password_in(value) if value is not None else None
        at = digested.get(name)
        if password is not None and at is not None and not _spared(project, item.body.key, item.call[4]):
            step = Step(Place("Body", target, at), f"{target.rpartition(':')[2]}() digests it")
            yield Fault(item.place, {"digest": f"{item.name}()", "what": password}, (step,))
            return


class _Digested(dict[str, int]):
    """Parameter -> ordinal of the digest call; never changed after it is made."""

    __slots__ = ()


@query
def digested_parameters(project: Project, key: str) -> _Digested:
    """The parameters of a function, not themselves named for passwords, that go straight into a fast digest whose result is returned."""
    function = project.get(Function, key)
    body = project.get(Body, key)
    found = _Digested()
    if function is None or body is None:
        return found
    params = {p[0] for p in function.raw_params if not _means_password(p[0])}
    for site in sites(project, key):
        if _digests(site) and not _spared(project, key, site.at):
            for node in (n for a in (*site.call[2], *(v for _, v in site.call[3])) for n in _leaves(a)):
                if node in params:
                    found.setdefault(node, site.at)
    return found


def _leaves(e: Expr) -> Iterator[str]:
    for node in ir.walk(e):
        if node.__class__ is str:
            yield node.partition(".")[0]


# --------------------------------------------------------------------------------------------------------------- spares


@query
def _spared(project: Project, key: str, at: int) -> bool:
    """Whether a digest looks a password up in a list of leaked ones, or only prepares it for a real hash."""
    return _asks_for_leaks(project, key) or _names_something(project, key, at) or _goes_into_hash(project, key, at, 0)


_NAMING = frozenset({"name", "filename", "id", "identifier", "fingerprint", "etag", "key"})
"""Last words of what a digest is given to: a name of something, or the key of a cipher or cache, is not what a password is checked with."""


def _names_something(project: Project, key: str, at: int) -> bool:
    """Whether the digest becomes the name of something: `self.wallet_name = sha256(seed + password).hexdigest()`."""
    body = project.get(Body, key)
    for statement in ir.statements(body.statements) if body is not None else ():
        if statement[0] == "assign" and any(_holds(e, at, set()) for e in ir.own_expressions(statement)):
            return any(words(ir.last_name(t))[-1:] and words(ir.last_name(t))[-1] in _NAMING for t in statement[1])
    return False


def _asks_for_leaks(project: Project, key: str) -> bool:
    body = project.get(Body, key)
    if not _LEAKS.isdisjoint(words(key.rpartition(":")[2])):
        return True
    texts = (ir.text_of(e) for e in ir.expressions(body.statements)) if body is not None else ()
    return any(text is not None and not _LEAKS.isdisjoint(words(text)) for text in texts)


def _goes_into_hash(project: Project, key: str, at: int, depth: int) -> bool:
    """Whether the value of a call is handed to bcrypt, argon2, ..., here or by those who call this function."""
    body = project.get(Body, key)
    if body is None or depth > _DEPTH:
        return False
    names: set[str] = set()
    returned = False
    for statement in ir.statements(body.statements):
        held = any(_holds(e, at, names) for e in ir.own_expressions(statement))
        if held and statement[0] == "assign":
            names.update(n for t in statement[1] if (n := dotted(t)) is not None)
        elif held and statement[0] == "return":
            returned = True
    for site in sites(project, key):
        if _is_real_hash(site) and any(_holds(a, at, names) for a in (*site.call[2], *(v for _, v in site.call[3]))):
            return True
    return returned and any(_goes_into_hash(project, c.key, c.at, depth + 1) for c in callers(project, key))


def _holds(e: Expr, at: int, names: set[str]) -> bool:
    return any(
        (ir.is_a(n, "call") and n[4] == at)
        or (n.__class__ is str and n.partition(".")[0] in names)
        or (ir.is_a(n, "call") and (dotted(n[1]) or "").partition(".")[0] in names)
        for n in ir.walk(e)
    )


def _is_real_hash(site: Site) -> bool:
    owner, _, method = (site.target or "").rpartition(".")
    return method in PASSWORD_HASHING.get(owner, ())
