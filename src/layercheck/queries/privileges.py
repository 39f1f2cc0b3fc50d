"""Whether a route asks for more than a valid login: an administrator, a role, a permission, the owner of the thing.

Judged by what its dependencies (all levels), decorators and the first two levels of its own code are called and look at. Words are
taken widely: a rule that asks wants silence where some check may be meant.
"""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import dotted
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.callgraph import callee_functions, sites
from layercheck.queries.depends import Dependency, declared_dependencies
from layercheck.queries.routes import Route, all_dependencies
from layercheck.queries.show import show
from layercheck.queries.symbols import class_attribute

_PRIVILEGE = pattern(
    r"(?i)admin|super_?user|staff|moderator|manager|roles?(?![a-z])|permission|privilege|rbac|(?:^|[._])acl|polic(?:y|ies)|authoriz"
    r"|owner|(?:^|[._])can_|has_access|check_access|require_(?!auth|login|user|token|current|active|verified|api)|internal_only|is_internal"
)
"""Names of checks: get_current_admin, RoleChecker, require_permission, verify_owner."""
_LOOKED_AT = pattern(r"(?i)(?:^|[._])(?:is_(?:admin|superuser|super_user|staff|owner|moderator|manager)|roles?|role_id|permissions?|privileges?|is_root|group)$")  # fmt: skip
"""What a check looks at: `user.is_superuser`, `current_user.role`."""
_HARMLESS = (
    "fastapi.", "fastapi_users.", "starlette.", "builtins.", "typing.", "pydantic", "sqlalchemy.", "sqlmodel.", "fastapi_pagination",
    "fastapi_filter", "fastapi_limiter", "redis", "httpx",
)  # fmt: skip
"""Libraries whose dependencies ask for a login at most; what others ask for, nobody can tell."""
_DEPTH = 6


@query
def demands_privilege(project: Project, route: Route) -> bool:
    """Whether a route may be called by some users only, or nobody can tell: a dependency of it cannot be resolved."""
    if route.handler is None or route.unknown_dependencies:
        return True
    if any(_dependency(project, wanted, 0) for wanted in all_dependencies(project, route)):
        return True
    function = project.get(Function, route.handler)
    decorators = function.decorators if function is not None else ()
    if any(_named(show(d)) for d in decorators if not _registers(d)):
        return True
    return _checks(project, route.handler, 2)


def _registers(decorator: ir.Expr) -> bool:
    return ir.is_a(decorator, "call") and ir.last_name(decorator[1]) in (
        "get",
        "post",
        "put",
        "patch",
        "delete",
        "api_route",
    )


def _dependency(project: Project, wanted: Dependency, depth: int) -> bool:
    if wanted.target is None or depth > _DEPTH:
        return True
    if _named(wanted.target.rpartition(":")[2]) or (wanted.expression is not None and _named(show(wanted.expression))):
        return True
    if ":" not in wanted.target and not wanted.target.startswith(_HARMLESS):
        return True
    keys = _with_nested(project, wanted.target)
    if project.get(Class, wanted.target) is not None:
        found = (class_attribute(project, wanted.target, name) for name in ("__init__", "__call__"))
        keys = [k for k in found if k is not None and ":" in k]
    for key in keys:
        if _checks(project, key, 1):
            return True
        if any(_dependency(project, d.dependency, depth + 1) for d in declared_dependencies(project, key)):
            return True
    return False


def _with_nested(project: Project, key: str) -> list[str]:
    """A function and those that it makes; nothing when it is no function."""
    keys = [key] if project.get(Function, key) is not None else []
    for one in keys:
        function = project.get(Function, one)
        if function is not None:
            keys += [f"{function.path}:{name}" for name in function.nested]
    return keys


@query(bottom=False)
def _checks(project: Project, key: str, depth: int) -> bool:
    """Whether a function tests a role or calls something that is named like a check, `depth` levels down."""
    body = project.get(Body, key)
    if body is None:
        return False
    for statement in ir.statements(body.statements):
        tests = (
            [test for test, _ in statement[1]]
            if statement[0] == "if"
            else [statement[1]]
            if statement[0] == "assert"
            else []
        )
        if any(_LOOKED_AT.search(dotted(e) or ir.last_name(e)) for test in tests for e in ir.walk(test)):
            return True
    for site in sites(project, key):
        if _named(ir.last_name(site.call[1])) or (dotted(site.call[1]) or "").startswith("self.authoriz"):
            return True
        if depth and any(_checks(project, inner, depth - 1) for inner in callee_functions(project, site.target)):
            return True
    return False


def _named(text: str) -> bool:
    return _PRIVILEGE.search(text) is not None
