"""Set the secure and httponly flags of login cookies.

Without `secure` the cookie also travels over plain HTTP, where anybody on the way reads it; without `httponly` every script on the page,
an injected one too, can take it; with `samesite=None` other sites' requests carry it.

Reported are cookies that log somebody in (by the name of the cookie or of its value; in the strict profile all cookies) and Starlette's SessionMiddleware
without `https_only`. An absent `samesite` is `lax` in Starlette, which is enough, so it is only reported when it is switched off.
Flags that come from settings or from `**options`, what stands below a test of the environment, deleted cookies and CSRF cookies, which
scripts must read, are left alone.

How to fix: `response.set_cookie("session", token, secure=True, httponly=True, samesite="lax")`.

```python bad app/routes.py
from fastapi import APIRouter, Response

router = APIRouter()


@router.post("/login")
def login(response: Response):
    response.set_cookie("access_token", "...")
```
```python good app/routes.py
from fastapi import APIRouter, Response

router = APIRouter()


@router.post("/login")
def login(response: Response):
    response.set_cookie("access_token", "...", secure=True, httponly=True, samesite="lax")
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import enclosing
from layercheck.queries.constants import string_value
from layercheck.queries.environment import asks_environment
from layercheck.queries.items import CallSite
from layercheck.queries.secrets import words
from layercheck.queries.symbols import resolve

RULE = Rule(
    code="LC507",
    name="insecure-cookie",
    message="{cookie} is set without {flags}: add {remedy}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("AUTH-5",),
    since="0.1",
)
TRIGGERS = frozenset({"set_cookie", "add_middleware", "Middleware"})
_SESSION_MIDDLEWARE = "starlette.middleware.sessions.SessionMiddleware"
_LOGIN = frozenset(
    {
        "token",
        "tokens",
        "session",
        "sessionid",
        "sid",
        "auth",
        "jwt",
        "login",
        "remember",
        "authorization",
        "bearer",
        "refresh",
    }
)
_READABLE = frozenset({"csrf", "xsrf", "csrftoken"})
_ABOUT = frozenset(
    {
        "method",
        "provider",
        "redirect",
        "return",
        "hint",
        "last",
        "state",
        "expires",
        "expiry",
        "type",
        "count",
        "flag",
        "hide",
    }
)
"""Words of cookies that tell something about a login and are none themselves."""
_FLAGS = frozenset({"true", "false", "yes", "no", "1", "0"})
_POSITIONS = {"secure": 6, "httponly": 7, "samesite": 8}


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """Each login cookie, and each session middleware, that lacks a flag."""
    call, key = item.call, item.body.key
    if any(name is None for name, _ in call[3]) or any(ir.is_a(a, "star") for a in call[2]):
        return
    if any(c.kind in ("if", "else") and asks_environment(c.info) for c in enclosing(item.body, item.site.context)):
        return
    if item.name == "set_cookie":
        if item.site.target is None or ":" not in item.site.target:
            yield from _cookie(project, item, key, call)
        return
    wanted = ir.argument(call, 0, "middleware_class") or ir.keyword(call, "cls")
    name = dotted(wanted) if wanted is not None else None
    if name is not None and resolve(project, key, name) == _SESSION_MIDDLEWARE:
        if _off(ir.keyword(call, "https_only"), absent=True):
            yield Fault(
                item.place, {"cookie": "the session cookie", "flags": "https_only", "remedy": "https_only=True"}
            )


def _cookie(project: Project, item: CallSite, key: str, call: Expr) -> Iterator[Fault]:
    name, value = ir.argument(call, 0, "key"), ir.argument(call, 1, "value")
    if name is None or not _is_told_of(project, key, name, value) or _deletes(call, value):
        return
    if (ir.text_of(value) or "").lower() in _FLAGS and project.settings.profile != Profile.STRICT:
        return  # `is_token_expired=true` tells a page something and is no credential
    lacking = [flag for flag in ("secure", "httponly") if _off(ir.argument(call, _POSITIONS[flag], flag), absent=True)]
    if _off(ir.argument(call, _POSITIONS["samesite"], "samesite"), absent=False):
        lacking.append("samesite")
    if lacking:
        shown = string_value(project, key, name) or dotted(name) or "a cookie"
        remedy = ", ".join('samesite="lax"' if flag == "samesite" else f"{flag}=True" for flag in lacking)
        yield Fault(item.place, {"cookie": f"cookie {shown}", "flags": " and ".join(lacking), "remedy": remedy})


def _is_told_of(project: Project, key: str, name: Expr, value: Expr | None) -> bool:
    """Whether the cookie logs somebody in, by its name or the name of its value; strict: every cookie but CSRF's."""
    text = string_value(project, key, name)
    said = set(words(f"{text or ''} {ir.last_name(name)}"))
    if not said.isdisjoint(_READABLE):
        return False
    if not said.isdisjoint(_ABOUT) and project.settings.profile != Profile.STRICT:
        return False
    if project.settings.profile == Profile.STRICT:
        return True
    return not said.isdisjoint(_LOGIN) or (text is None and not _LOGIN.isdisjoint(words(ir.last_name(value))))


def _deletes(call: Expr, value: Expr | None) -> bool:
    if ir.text_of(value) == "":
        return True
    return any(ir.argument(call, position, flag) == ("const", 0) for position, flag in ((2, "max_age"), (3, "expires")))


def _off(e: Expr | None, *, absent: bool) -> bool:
    """Whether a flag is surely off; `absent` says what leaving it out means."""
    return absent if e is None else e in (("const", False), ("const", None))
