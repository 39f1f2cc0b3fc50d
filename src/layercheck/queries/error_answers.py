"""Failures that handlers answer: payloads that say "error" with a success status, and except branches that answer as if all was well."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Function
from layercheck.ir import Expr, Stmt
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.exceptions import Clause, raises
from layercheck.queries.handlers import is_handler, registrations

_PROBE = pattern(
    r"health|readiness|liveness|(?:^|[_/])(?:ready|live|alive|ping|heartbeat|probe|status|readyz|livez)(?:$|[_/])"
)


@query
def is_probe(project: Project, key: str) -> bool:
    """Whether a function is (or belongs to) a health or readiness probe, by its name or its route's path."""
    path, _, qualname = key.partition(":")
    while qualname:
        function = project.get(Function, f"{path}:{qualname}")
        if function is not None:
            if _PROBE.search(function.name.lower()):
                return True
            for registration in registrations(project, function.key):
                if _PROBE.search((ir.text_of(ir.argument(registration.call, 0, "path") or ir.UNKNOWN) or "").lower()):
                    return True
        qualname = qualname.rpartition(".")[0]
    return False


_EXPLANATIONS = frozenset({"detail", "error", "errors", "error_message", "message", "msg", "reason"})


def says_error(e: Expr | None) -> bool:
    """Whether a payload surely reports an error: {"error": "..."}, {"success": False}, {"status": "error"}.

    "failed" may as well be the state of a payment or a job: then it stands alone, or a text beside it says what failed.
    """
    if not ir.is_a(e, "dict") or e is None:
        return False
    names = {(ir.text_of(key) or "").lower() for key, _ in e[1] if key is not None}
    for key, value in e[1]:
        name = (ir.text_of(key) or "").lower() if key is not None else ""
        if name in ("error", "errors", "error_message", "err") and _surely_something(value):
            return True
        if name in ("success", "ok") and value == ("const", False):
            return True
        if name in ("status", "result"):
            said = (ir.text_of(value) or "").lower()
            if said == "error" or (said in ("fail", "failed", "failure") and (len(e[1]) == 1 or names & _EXPLANATIONS)):
                return True
    return False


def _surely_something(value: Expr) -> bool:
    if ir.is_a(value, "const"):
        return value[1] is True or (isinstance(value[1], str) and bool(value[1]))
    if ir.is_a(value, "call"):
        return value[1] in ("str", "repr")
    return ir.is_a(value, "fstr")


@query
def sets_status(project: Project, key: str) -> bool:
    """Whether a function sets `response.status_code` by hand."""
    body = project.get(Body, key)
    for statement in ir.statements(body.statements) if body is not None else ():
        if statement[0] == "assign":
            for target in statement[1]:
                if ir.last_name(target) == "status_code":
                    return True
    return False


def literal_payload(e: Expr | None) -> bool:
    """Whether a returned value is a payload written out: a dictionary, list, text or number; None and Responses are not."""
    if e is None or e.__class__ is str:
        return False
    if ir.is_a(e, "const"):
        return e[1] is not None
    return e[0] in ("dict", "list", "fstr")


def masked_failure(project: Project, clause: Clause) -> Stmt | None:
    """The `return` with which a handler's broad except branch answers as if the request had succeeded, or None."""
    if (
        not clause.broad
        or raises(clause.body)
        or not is_handler(project, clause.key)
        or sets_status(project, clause.key)
    ):
        return None
    for statement in ir.statements(clause.body):
        if statement[0] == "return" and literal_payload(statement[1]) and not _says_no(clause, statement[1]):
            return statement
    return None


def _says_no(clause: Clause, e: Expr) -> bool:
    """Whether a try that answers True or False answers the other thing where it fails: the failure is what was asked about."""
    said = [s[1] for s in ir.statements(clause.tried) if s[0] == "return"]
    return e in _YES_NO and bool(said) and all(value in _YES_NO and value != e for value in said)


_YES_NO = (("const", True), ("const", False))
