"""Verify tokens completely before believing them.

Anyone can write a token. Only its signature says that it is yours, and only `exp` that it is not somebody's from last year. A
decoder that is told not to look believes everything.

Reported are `verify_signature`, `verify_exp` or `verify` switched off, the algorithm `none`, PyJWT's `decode` without `algorithms`, and claims read with
`get_unverified_claims`. Reading a token before verifying the same token (to choose its key, say) is left alone, and so are options that come from settings,
and `verify_exp` switched off where the function, or one that calls it, looks at `exp` itself. So is what the holder of a token reads of it: only
how long it lasts, or the `id_token` that the answer of the provider has just brought.

How to fix: `jwt.decode(token, key, algorithms=["HS256"])`, nothing switched off.

```python bad app/tokens.py
import jwt


def who(token: str) -> str:
    return jwt.decode(token, options={"verify_signature": False})["sub"]
```
```python good app/tokens.py
import jwt

from app.settings import settings


def who(token: str) -> str:
    return jwt.decode(token, settings.key, algorithms=["HS256"])["sub"]
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, dotted
from layercheck.knowledge.tokens import DECODERS, ENCODERS, HEADER_FIRST, PYJWT_DECODERS, UNVERIFIED
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callers import callers
from layercheck.queries.callgraph import sites
from layercheck.queries.credentials import verifies_token
from layercheck.queries.items import CallSite
from layercheck.queries.secrets import words
from layercheck.queries.symbols import binding, mro, resolve
from layercheck.queries.words import last_parts

RULE = Rule(
    code="LC506",
    name="unverified-token",
    message="{call}() {what}: {remedy}",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("AUTH-1", "AUTH-4"),
    since="0.1",
)
_SIGNATURE = ("accepts tokens that anybody wrote (no signature check)", "verify the signature")
_EXPIRED = ("accepts expired tokens (verify_exp is off)", "verify the expiry")
_NONE = ("uses the algorithm none", "name the algorithm that signs your tokens")
_ANY = ("names no algorithms", 'add algorithms=["HS256"] or whichever signs your tokens')


TRIGGERS = last_parts({*ENCODERS, *DECODERS, *UNVERIFIED})


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each call that reads or makes a token which nothing protects."""
    target = item.site.target
    found = None
    if target in ENCODERS:
        found = _NONE if _says_none(_algorithm(item.call, ENCODERS[target][0] == HEADER_FIRST)) else None
    elif target in DECODERS and not any(name is None for name, _ in item.call[3]):
        found = _decoding(project, item)
    elif target in UNVERIFIED and target.endswith("claims"):
        found = None if _verified_around(project, item) or _for_itself(item) else _SIGNATURE
    if found is not None and not _in_test_case(project, item.body):
        what, remedy = found
        yield Fault(item.place, {"call": dotted(item.call[1]) or item.name, "what": what, "remedy": remedy})


def _in_test_case(project: Project, body: Body) -> bool:
    """Whether the code is a test, wherever the file lies."""
    function = project.get(Function, body.key)
    return function is not None and "unittest.TestCase" in mro(project, f"{function.path}:{function.cls}")


def _decoding(project: Project, item: CallSite) -> tuple[str, str] | None:
    options = _options(project, item.body.key, ir.keyword(item.call, "options"))
    off = {name for name, value in options.items() if value == ("const", False)}
    if "verify_signature" in off or ir.keyword(item.call, "verify") == ("const", False):
        return None if _verified_around(project, item) or _for_itself(item) else _SIGNATURE
    if "verify_exp" in off:
        return None if _minds_expiry(project, item) else _EXPIRED
    algorithms = ir.argument(item.call, 2, "algorithms")
    if algorithms is not None and _lists_none(algorithms):
        return _NONE
    known = ir.keyword(item.call, "options") is None or options
    return (
        _ANY if algorithms is None and item.site.target in PYJWT_DECODERS and known and _is_plain(item.call) else None
    )


def _is_plain(call: Expr) -> bool:
    """A decode of PyJWT with a token: two positions at most and no star."""
    return not any(ir.is_a(a, "star") for a in call[2])


def _algorithm(call: Expr, header_first: bool) -> Expr | None:
    """What a call signs with: the third argument, or the `alg` of the header that stands first (Authlib, joserfc)."""
    given = None if header_first else ir.argument(call, 2, "algorithm")
    if given is not None and not ir.is_a(given, "dict"):
        return given
    header = call[2][0] if call[2] and ir.is_a(call[2][0], "dict") else None
    values = {ir.text_of(k): v for k, v in header[1] if k is not None} if header is not None else {}
    return values.get("alg")


def _says_none(e: Expr | None) -> bool:
    if ir.is_a(e, "const"):
        return e[1] is None or str(e[1]).lower() == "none"  # type: ignore[index]
    return False


def _lists_none(e: Expr) -> bool:
    items = e[1] if ir.is_a(e, "list") or ir.is_a(e, "tuple") or ir.is_a(e, "set") else (e,)
    return any(ir.text_of(i) is not None and _says_none(i) for i in items)


def _options(project: Project, key: str, e: Expr | None) -> dict[str, Expr]:
    """The entries of an options dictionary, through a name that is bound once or a module constant."""
    if e is None:
        return {}
    name = dotted(e)
    if name is not None:
        symbol = resolve(project, key, name)
        bind = binding(project, symbol) if symbol is not None and ":" in symbol else None
        e = bind.value if bind is not None else _local(project, key, name)
    if not ir.is_a(e, "dict") or e is None:
        return {}
    return {text: value for k, value in e[1] if k is not None and (text := ir.text_of(k)) is not None}


def _local(project: Project, key: str, name: str) -> Expr | None:
    body = project.get(Body, key)
    values = [raw[2] for raw in (body.raw_binds if body is not None else ()) if raw[0] == name]
    return values[0] if len(values) == 1 else None


def _minds_expiry(project: Project, item: CallSite) -> bool:
    """Whether the function, or one that calls it, looks at the expiry itself: `payload["exp"] < time.time()`, `check_expiry(payload)`."""
    keys = [item.body.key, *(caller.key for caller in callers(project, item.body.key))]
    return any(_reads_expiry(body) for key in keys if (body := project.get(Body, key)) is not None)


_TESTS = frozenset({"assert", "check", "enforce", "ensure", "has", "is", "validate", "verify"})
_LATE = frozenset({"expiration", "expired", "expires", "expiry"})


def _reads_expiry(body: Body) -> bool:
    for e in ir.expressions(body.statements):
        if ir.text_of(e) == "exp" or ir.last_name(e) == "exp":
            return True
        said = words(ir.last_name(e[1])) if ir.is_a(e, "call") else ()
        if not _TESTS.isdisjoint(said) and not _LATE.isdisjoint(said):
            return True
    return False


_TIMES = frozenset({"exp", "iat", "nbf"})
_LOOKS = frozenset({"get", "pop"})


def _for_itself(item: CallSite) -> bool:
    """Whether the reader is the one who holds the token: it only asks how long it lasts, or the provider has just sent it over TLS."""
    return _asks_for_times(item) or _just_sent(item.body, item.call[2][0] if item.call[2] else None)


def _asks_for_times(item: CallSite) -> bool:
    """Whether nothing of the claims is looked at but the times: who may do what is not decided by them."""
    at = item.call[4]
    name = next((raw[0] for raw in item.body.raw_binds if ir.is_a(raw[2], "call") and raw[2][4] == at), None)
    asked: set[str | None] = set()
    for e in ir.expressions(item.body.statements):
        if ir.is_a(e, "call"):
            func = e[1]
            owner: Expr = (
                func.rpartition(".")[0] if func.__class__ is str else func[1] if ir.is_a(func, "attr") else None
            )
            if _is_claims(owner, name, at):
                asked.add(ir.text_of(e[2][0]) if e[2] and ir.last_name(func) in _LOOKS else None)
            if any(_is_claims(value, name, at) for value in (*e[2], *(v for _, v in e[3]))):
                return False
        elif ir.is_a(e, "item") and _is_claims(e[1], name, at):
            asked.add(ir.text_of(e[2]))
    kept = any(
        s[0] == "return" and s[1] is not None and _is_claims(s[1], name, at)
        for s in ir.statements(item.body.statements)
    )
    return bool(asked) and asked <= _TIMES and not kept


def _is_claims(e: Expr | None, name: str | None, at: int) -> bool:
    return (name is not None and dotted(e) == name) or (ir.is_a(e, "call") and e[4] == at)  # type: ignore[index]


def _just_sent(body: Body, token: Expr | None, depth: int = 0) -> bool:
    """`response.json()["id_token"]`: OpenID Connect lets TLS vouch for what the token endpoint itself answers."""
    name = dotted(token)
    if name is not None and depth == 0:
        values = [raw[2] for raw in body.raw_binds if raw[0] == name]
        return len(values) == 1 and _just_sent(body, values[0], depth + 1)
    if token is None or not ir.is_a(token, "item") or ir.text_of(token[2]) != "id_token":
        return False
    answer = token[1]
    owner = dotted(answer)
    if owner is not None:
        values = [raw[2] for raw in body.raw_binds if raw[0] == owner]
        answer = values[0] if len(values) == 1 else None
    while ir.is_a(answer, "await"):
        answer = answer[1]
    return ir.is_a(answer, "call") and ir.last_name(answer[1]) == "json"


def _verified_around(project: Project, item: CallSite) -> bool:
    """Whether the function, or one that calls it, also verifies a token: the unverified look only prepares that."""
    if _verifies(project, item.body.key, item.site.at):
        return True
    return any(_verifies(project, caller.key, caller.at) for caller in callers(project, item.body.key))


def _verifies(project: Project, key: str, but: int) -> bool:
    for site in sites(project, key):
        if site.at == but or site.target is None:
            continue
        if site.target in DECODERS:
            options = _options(project, key, ir.keyword(site.call, "options"))
            if options.get("verify_signature") != ("const", False) and ir.keyword(site.call, "verify") != (
                "const",
                False,
            ):
                return True
        elif ":" in site.target and verifies_token(project, site.target):
            return True
        elif any(resolve(project, key, name) in DECODERS for a in site.call[2] if (name := dotted(a)) is not None):
            return True  # asyncio.to_thread(jwt.decode, token, ...)
    return False
