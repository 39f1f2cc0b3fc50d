"""What kind of route a handler serves: health checks, hidden routes, routes that are public by nature."""

from __future__ import annotations

import re

from layercheck import ir
from layercheck.knowledge.frameworks import RESPONSE_CLASSES
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.answers import only_shows
from layercheck.queries.handlers import registrations
from layercheck.queries.own_openapi import makes_document
from layercheck.queries.parameters import path_names, route_parameters
from layercheck.queries.routes import Route, all_dependencies, routes_of
from layercheck.queries.schemas import classes_in, schema_fields
from layercheck.queries.secrets import PASSWORD, secret_kind
from layercheck.queries.symbols import mro

_HEALTH = pattern(
    r"(^|/|_)(health|healthz|healthcheck|health[-_]check|livez?|liveness|readyz?|readiness|ping|heartbeat|alive)($|/|_)"
)
_READ_HEALTH = pattern(r"(^|/|_)(metrics|status|up)($|/|_)")
"""Health as well where it is read; written it is the state of something."""
_OF_THE_CALLER = pattern(
    r"(^|/|_|-)(2fa|mfa|otp|totp|me|my|account|profile|verification|subscription|login|payment)(s?)[/_-](status|up)$"
)
"""Read or written, this is the state of something that is somebody's."""
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@query
def is_health(project: Project, handler: str) -> bool:
    """Whether a handler answers health, readiness or metrics probes, by its path: probes ask about the service itself.

    `PUT /orders/{id}/status` is none.
    """
    found = [(route.method, route.path) for route in routes_of(project, handler)] or [
        (r.method.upper(), text)
        for r in registrations(project, handler)
        if (text := ir.text_of(ir.argument(r.call, 0, "path"))) is not None
    ]
    return bool(found) and all(_is_probe(method, path.rstrip("/").lower()) for method, path in found)


def _is_probe(method: str, path: str) -> bool:
    if "{" in path.replace("{?}", ""):
        return False
    if _HEALTH.search(path) is not None:
        return True
    return method not in _CHANGING and _READ_HEALTH.search(path) is not None and _OF_THE_CALLER.search(path) is None


def _on_no_page(project: Project, route: Route) -> bool:
    return not route.documented and (is_page(project, route) or not makes_document(project))


@query
def out_of_schema(project: Project, handler: str) -> bool:
    """Whether every route of a handler is kept out of the API page: include_in_schema=False anywhere on the way, or no page at all
    (`openapi_url=None`, and nothing makes a document for it)."""
    found = routes_of(project, handler)
    if found:
        return all(route.include_in_schema is False or _on_no_page(project, route) for route in found)
    return any(ir.keyword(r.call, "include_in_schema") == ("const", False) for r in registrations(project, handler))


# ------------------------------------------------------------------------------------------------- public by nature

_WORDS = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_ENTRANCE = frozenset({
    "login", "logon", "signin", "logout", "signout", "oauth", "oauth2", "oidc", "openid", "sso", "saml", "otp", "totp", "mfa", "captcha",
    "csrf", "callback", "magiclink", "newsletter", "newsletters", "unsubscribe", "waitlist", "contact", "contactus", "inquiry", "inquiries",
    "enquiry", "enquiries", "relogin", "passkey", "webauthn", "jwks", "openapi", "swagger", "redoc",
})  # fmt: skip
"""One of these words is enough: before it nobody can be logged in, or everybody may come."""
_TOGETHER: tuple[tuple[frozenset[str], frozenset[str]], ...] = tuple(
    (frozenset(a.split()), frozenset(b.split()))
    for a, b in (
        ("log sign", "in out on"),
        ("magic", "link links"),
        ("refresh renew exchange request revoke create obtain generate access get", "token tokens jwt"),
        ("refresh", "auth session"),
        (
            "reset forgot forget forgotten recover recovery restore lost",
            "password passwords passwd account credentials",
        ),
        ("accept decline", "invite invites invitation invitations"),
        ("exchange pair redeem", "code codes invite invites invitation invitations"),
        ("device", "auth code token authorize"),
        ("auth", "google facebook github gitlab apple microsoft discord twitter linkedin discover providers authorize"),
        ("contact support", "form message us"),
        ("early request initiate start", "access demo trial"),
    )
)
_VERIFIES = frozenset(
    {"verify", "verification", "confirm", "confirmation", "activate", "activation", "validate", "check", "resend"}
)
_VERIFIED = frozenset({"email", "mail", "account", "token", "otp", "code", "phone", "registration", "demo"})
_OF_TRADE = frozenset({
    "order", "orders", "booking", "bookings", "payment", "payments", "invoice", "invoices", "shipment", "shipping", "shop", "coupon", "discount",
})  # fmt: skip
"""The e-mail that confirms an order is no proof of an address."""
_FIRST_RUN = frozenset({"setup", "init", "initialize", "install", "onboarding", "bootstrap"})
_REGISTERS = frozenset({"signup", "register", "registration", "registrations", "enroll"})
_PEOPLE = frozenset({
    "user", "users", "account", "accounts", "customer", "customers", "member", "members", "client", "clients", "author", "authors", "student",
    "students", "patient", "patients", "employee", "employees",
})  # fmt: skip
_PRIVATE = frozenset(
    {"admin", "admins", "private", "internal", "superuser", "superusers", "staff", "superadmin", "root"}
)
"""A path or handler that says so is not for everybody, whatever else it says."""
_STRANGERS = frozenset({"public", "anonymous", "unauthenticated"})
_GUESTS = frozenset({"guest", "anonymous"})
_UNGUESSABLE = pattern(r"token|secret|signature|hash|nonce|(^|_)(code|key|otp|guid|slug_key|access_key)$")


def route_words(route: Route) -> frozenset[str]:
    """The lower-case words of a route's path (without parameters) and of its handler's name."""
    path = re.sub(r"\{[^}]*\}", " ", route.path)
    handler = (route.handler or "").partition(":")[2].rpartition(".")[2]
    return frozenset(word.lower() for text in (path, handler) for word in _WORDS.findall(text))


def _says_public(segments: list[str], said: frozenset[str]) -> bool:
    """Whether a path says that strangers may come: `/public/...`, `/guest-checkout`. `/posts/{id}/public` is a state, `/public-holidays` a noun."""
    if not said.isdisjoint(_PRIVATE):
        return False
    return not _STRANGERS.isdisjoint(s.lower() for s in segments[:-1]) or not _GUESTS.isdisjoint(said)


@query
def is_entrance(project: Project, route: Route) -> bool:
    """Whether a route is public by nature: login, tokens, password reset, verification, callbacks, health, contact, newsletter."""
    said = route_words(route)
    if not said.isdisjoint(_ENTRANCE) or (route.handler is not None and is_health(project, route.handler)):
        return True
    if any(d.target in _PASSWORD_FORMS for d in all_dependencies(project, route)):
        return True  # name and password are what it takes: nobody is logged in before
    segments = [s for s in route.path.split("/") if s and not s.startswith("{")]
    last = segments[-1].lower().replace("-", "_") if segments else ""
    if _says_public(segments, said):
        return True
    if not _FIRST_RUN.isdisjoint(last.split("_")) or last in (
        "token",
        "tokens",
        "access_token",
        "access-token",
        "subscribe",
    ):
        return True
    if not said.isdisjoint(_VERIFIES) and not said.isdisjoint(_VERIFIED) and said.isdisjoint(_OF_TRADE):
        return True
    return any(not said.isdisjoint(a) and not said.isdisjoint(b) for a, b in _TOGETHER)


_LINKS = frozenset({
    "oauth", "oauth2", "oidc", "openid", "sso", "saml", "callback", "unsubscribe", "magiclink", "login", "signin", "authorize", "reauth",
})  # fmt: skip
_PROVIDERS = frozenset(
    {"google", "facebook", "github", "gitlab", "apple", "microsoft", "discord", "twitter", "linkedin", "okta"}
)
"""Whose sign-in ends with a redirect to the application: `/github/token?code=...`."""
_MAILED = frozenset(
    {"verify", "verification", "confirm", "confirmation", "activate", "activation", "validate", "accept", "optin"}
)
_MAILED_FOR = frozenset({
    "email", "mail", "account", "registration", "token", "user", "code", "subscription", "newsletter", "invite", "invitation", "signup",
})  # fmt: skip


def arrives_as_link(project: Project, route: Route) -> bool:
    """Whether people come to a route by a link that somebody sent them or by a redirect, which is always a GET."""
    said = route_words(route)
    if not said.isdisjoint(_LINKS) or {"magic", "link"} <= said or {"auth", "complete"} <= said:
        return True
    if not said.isdisjoint(_PROVIDERS) and not said.isdisjoint({"auth", "token"}):
        return True
    if said.isdisjoint(_MAILED):
        return False
    return not said.isdisjoint(_MAILED_FOR) or unguessable_path(route) or _asks_for_secret(project, route)


def _asks_for_secret(project: Project, route: Route) -> bool:
    """Whether a query parameter holds a token, a code or a key: `/verify?code=...`."""
    parameters = route_parameters(project, route)
    return any(p.source == "query" and _UNGUESSABLE.search(p.name.lower()) for p in parameters)


@query
def is_registration(project: Project, route: Route) -> bool:
    """Whether a route lets people make an account for themselves: by its words, or a POST that takes a password for a new user."""
    said = route_words(route)
    if route.method != "POST" or not said.isdisjoint(_PRIVATE):
        return False
    if not said.isdisjoint(_REGISTERS) or {"sign", "up"} <= said:
        return True
    return not said.isdisjoint(_PEOPLE) and takes_password(project, route)


@query
def takes_password(project: Project, route: Route) -> bool:
    """Whether the body or form of a request holds a password."""
    for parameter in route_parameters(project, route):
        if parameter.source in ("body", "form") and secret_kind(parameter.name) == PASSWORD:
            return True
        if parameter.source == "body":
            for cls in classes_in(project, parameter.owner, parameter.annotation):
                if any(secret_kind(field.name) == PASSWORD for field in schema_fields(project, cls)):
                    return True
    return False


def unguessable_path(route: Route) -> bool:
    """Whether the path holds a token, a code or a key: who knows it may come in."""
    return any(_UNGUESSABLE.search(name.lower()) for name in path_names(route.path))


_EXCHANGE = frozenset(
    {
        "oauth",
        "oidc",
        "openid",
        "sso",
        "saml",
        "callback",
        "google",
        "facebook",
        "github",
        "gitlab",
        "apple",
        "microsoft",
    }
)
_PASSWORD_FORMS = frozenset({
    "fastapi.security.OAuth2PasswordRequestForm", "fastapi.security.OAuth2PasswordRequestFormStrict",
    "fastapi.security.oauth2.OAuth2PasswordRequestForm", "fastapi.security.oauth2.OAuth2PasswordRequestFormStrict",
})  # fmt: skip


@query
def credential_kind(project: Project, route: Route) -> str | None:
    """Which kind of credential strangers can try or have sent at a route: "login", "registration", "password reset", "one-time code"; else None."""
    said = route_words(route)
    if route.method not in ("POST", "PUT", "PATCH") or not said.isdisjoint(
        {"refresh", "logout", "signout", "renew", "revoke"}
    ):
        return None
    if any(d.target in _PASSWORD_FORMS for d in all_dependencies(project, route)):
        return "login" if said.isdisjoint(_REGISTERS) else "registration"
    if not said.isdisjoint(_EXCHANGE):
        return None
    segments = [s for s in route.path.lower().replace("-", "_").split("/") if s and not s.startswith("{")]
    last = segments[-1] if segments else ""
    if not said.isdisjoint({"password", "passwords", "passwd"}) and not said.isdisjoint(
        {"reset", "forgot", "forget", "forgotten", "recover", "recovery", "restore", "lost"}
    ):
        return "password reset"
    if not said.isdisjoint({"otp", "totp"}) or {"magic", "link"} <= said:
        return "one-time code"
    if not said.isdisjoint({"login", "signin", "logon"}) or {"sign", "in"} <= said or last in ("token", "access_token"):
        return "login"
    registers = not said.isdisjoint(_REGISTERS) or {"sign", "up"} <= said
    if registers and (takes_password(project, route) or not said.isdisjoint(_PEOPLE | {"auth"})):
        return "registration"
    return None


def is_page(project: Project, route: Route) -> bool:
    """Whether a route answers with a page for people: an HTMLResponse by response_class= or default_response_class=.

    A response class that neither the tables nor the project know counts too: template libraries bring their own. So does a handler
    that only returns pages, or redirects beside them.
    """
    if route.handler is not None and only_shows(project, route.handler):
        return True
    if route.response_class is None:
        return False
    bases = mro(project, route.response_class)
    known = any(base in RESPONSE_CLASSES for base in bases)
    return any(base.endswith("HTMLResponse") for base in bases) or not (known or any("JSON" in base for base in bases))
