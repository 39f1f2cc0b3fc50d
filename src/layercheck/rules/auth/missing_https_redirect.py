"""Say somewhere that the application is served over HTTPS.

A server that answers plain HTTP sends tokens and passwords in clear to whoever asks that way. Either the application turns such requests away,
or a proxy in front of it does, and then the application has to trust its headers.

Reported are applications that do none of it: no HTTPSRedirectMiddleware, no Strict-Transport-Security header, no ProxyHeadersMiddleware,
no `root_path`, no `proxy_headers` for uvicorn, and no file of the project (Dockerfile, compose, CI) that names such a proxy or option. Applications without
routes are left alone.

How to fix: `app.add_middleware(HTTPSRedirectMiddleware)` where the application faces the network, ProxyHeadersMiddleware or
`uvicorn --proxy-headers` behind a proxy.

```python bad app/main.py
from fastapi import FastAPI

app = FastAPI()


@app.get("/orders")
def list_orders(): ...
```
```python good app/main.py
from fastapi import FastAPI
from starlette.middleware.httpsredirect import HTTPSRedirectMiddleware

app = FastAPI()
app.add_middleware(HTTPSRedirectMiddleware)


@app.get("/orders")
def list_orders(): ...
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Document, Module
from layercheck.ir import dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_test
from layercheck.queries.middleware import app_middleware, is_middleware, middleware_functions
from layercheck.queries.routers import router_made
from layercheck.queries.routes import applications, route_table

RULE = Rule(
    code="LC509",
    name="missing-https-redirect",
    message="{app} neither redirects to HTTPS nor sends HSTS nor trusts a proxy that does: add HTTPSRedirectMiddleware or ProxyHeadersMiddleware",
    level=Level.INFO,
    profile=Profile.STRICT,
    card=("AUTH-5", "SEC-7"),
    since="0.1",
)
_MIDDLEWARE = frozenset({
    "starlette.middleware.httpsredirect.HTTPSRedirectMiddleware", "fastapi.middleware.httpsredirect.HTTPSRedirectMiddleware",
    "uvicorn.middleware.proxy_headers.ProxyHeadersMiddleware", "hypercorn.middleware.ProxyFixMiddleware",
    "asgi_hsts.HSTSMiddleware",
})  # fmt: skip
_SAYS_SO = (
    "httpsredirect",
    "proxyheaders",
    "proxyfix",
    "securityheaders",
    "secureheaders",
    "hsts",
    "secweb",
    "forwarded",
)
_PROXIES = (
    "proxy-headers",
    "forwarded-allow-ips",
    "forwarded_allow_ips",
    "root-path",
    "root_path",
    "traefik",
    "nginx",
    "caddy",
    "ssl-keyfile",
    "certbot",
    "letsencrypt",
)
_ARGUMENTS = frozenset({"proxy_headers", "forwarded_allow_ips", "root_path", "ssl_keyfile", "ssl_certfile"})


def check(module: Module, project: Project) -> Iterator[Fault]:
    """Each application of a module with routes for which nothing says that HTTPS is looked after."""
    for app in applications(project):
        made = router_made(project, app) if app.startswith(module.key) else None
        if made is None or not _serves(project, app) or _trusts_proxy(project) or _protected(project, app):
            continue
        body = project.get(Body, made.scope)
        if body is not None and not any(name is None or name in _ARGUMENTS for name, _ in made.call[3]):
            yield Fault(body.place(made.call[4]), {"app": app.partition(":")[2].rpartition(".")[2]})


@query
def _serves(project: Project, app: str) -> bool:
    return any(route.app == app for route in route_table(project))


@query
def _protected(project: Project, app: str) -> bool:
    """A middleware of the application that redirects, sends the header or trusts the proxy."""
    for middleware in app_middleware(project, app):
        said = f"{middleware.target or ''}{middleware.name}".lower().replace("_", "")
        if is_middleware(project, middleware, _MIDDLEWARE) or any(word in said for word in _SAYS_SO):
            return True
        for key in middleware_functions(project, middleware.target) if middleware.target is not None else ():
            if _sends_hsts(project, key):
                return True
    return False


@query
def _sends_hsts(project: Project, key: str) -> bool:
    body = project.get(Body, key)
    return body is not None and any(
        (ir.text_of(e) or "").lower() in ("strict-transport-security", "https") for e in ir.expressions(body.statements)
    )


@query
def _trusts_proxy(project: Project) -> bool:
    """Whether a file of the project, or the code that starts the server, says that a proxy stands in front, or names the header."""
    if any(
        word in document.text.lower()
        for document in project.all(Document)
        for word in _PROXIES
        if not document.path.lower().endswith(".md")
    ):
        return True
    return any(
        _says_so(project, path) for path in project.files() if path.endswith(".py") and not is_test(project, path)
    )


@query
def _says_so(project: Project, path: str) -> bool:
    for body in project.of_file(Body, path):
        for call, *_ in body.raw_calls:
            if any(name in _ARGUMENTS for name, _ in call[3]) and ir.last_name(call[1]) in ("run", "Config"):
                return True
        for e in ir.expressions(body.statements):
            if ir.is_a(e, "const") and (ir.text_of(e) or "").lower() == "strict-transport-security":
                return True
            if ir.is_a(e, "ref") and (dotted(e) or "").endswith("HTTPSRedirectMiddleware"):
                return True
    return False
