"""Log failures with their traceback, at error level.

`logger.error(f"failed: {e}")` says that something failed, not where: `KeyError` prints as `'id'`. When the handler goes on without
raising, the log line is all that is left of the exception.

A warning that names the class of the exception alone (`type(error).__name__`) is taken for meant.

How to fix: `logger.exception("import of %s failed", name)` (or `exc_info=True`), which writes the message and the traceback.

```python bad app/services/imports.py
import logging

logger = logging.getLogger(__name__)


def import_all(rows, save):
    for row in rows:
        try:
            save(row)
        except Exception as error:
            logger.error("import failed: %s", error)
```
```python good app/services/imports.py
import logging

logger = logging.getLogger(__name__)


def import_all(rows, save):
    for row in rows:
        try:
            save(row)
        except Exception:
            logger.exception("import of %s failed", row)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.ir import Stmt
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.exceptions import REPORTERS, Clause, block_calls, clauses, is_transport, raises
from layercheck.queries.file_kinds import is_script
from layercheck.queries.leaks import Taint, spread
from layercheck.queries.logging_calls import STRUCTLOG, LogCall, log_calls, structlog_adds_tracebacks
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC311",
    name="error-log-without-traceback",
    message="{call}: the exception is not raised again, so {why}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ERR-4", "LOG-1"),
    since="0.1",
)
_LOST = "its traceback is lost: use logger.exception(...) or exc_info=True"
_LEVEL = "a failure logged at {level} is overlooked: use logger.exception(...)"


@only_with("except")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """The log calls of except clauses that go on without raising."""
    found = [clause for clause in clauses(project, body.key) if not _leaves_by_raise(clause)]
    logged = log_calls(project, body.key) if found else {}
    if not logged:
        return
    script = is_script(project, body.path)
    for clause in found:
        inside = block_calls(_own_block(clause.body))
        calls = [call for at, call in logged.items() if at in inside]
        if not calls or any(c.traceback for c in calls) or _reported(clause):
            continue
        structured = any(c.logger == STRUCTLOG for c in calls)
        if structured and structlog_adds_tracebacks(project):
            continue
        names = _names(clause)
        worst = any(c.level in ("error", "critical", "warning") for c in calls)
        for call in calls:
            why = _why(project, clause, call, names, worst)
            if why is not None and not (script and call.level in ("info", "debug")):
                yield Fault(body.place(call.call[4]), {"call": _text(call), "why": why})
                break


def _leaves_by_raise(clause: Clause) -> bool:
    return raises(clause.body)


def _own_block(block: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
    """The statements of the clause that run for its exception: not the except clauses of an inner try."""
    out: list[Stmt] = []
    for statement in block:
        if statement[0] == "try":
            out.extend(_own_block((*statement[1], *statement[3], *statement[4])))
        else:
            out.append(statement)
    return tuple(out)


def _reported(clause: Clause) -> bool:
    """The exception goes to an error reporter or into a traceback as well."""
    for statement in ir.statements(clause.body):
        for e in ir.own_expressions(statement):
            if any(ir.last_name(call[1]) in REPORTERS for call in ir.calls(e)):
                return True
    return False


def _names(clause: Clause) -> frozenset[str]:
    """The names that hold the exception or its text in the clause."""
    if clause.name is None:
        return frozenset()
    taint = spread(clause.body, Taint(frozenset({clause.name}), frozenset()))
    return taint.exceptions | taint.texts


def _why(project: Project, clause: Clause, call: LogCall, names: frozenset[str], worst: bool) -> str | None:
    """Why a call is wrong, or None."""
    says = any(_says(argument, names) for argument in call.arguments)
    if clause.broad:
        if call.level in ("error", "critical", "exception"):
            return _LOST
        if call.level == "warning" and says:
            return _LOST
        if call.level in ("info", "debug") and not worst:
            return _LEVEL.format(level=call.level)
        return None
    if not says or call.level not in ("error", "critical", "warning"):
        return None
    return _LOST if call.level != "warning" or _is_failure(project, clause) else None


def _says(e: ir.Expr, names: frozenset[str]) -> bool:
    """Whether an argument tells the exception; its class alone (`type(e).__name__`) is not what it says."""
    if e.__class__ is str or ir.is_a(e, "ref"):
        name, _, rest = (e if e.__class__ is str else e[1]).partition(".")
        return name in names and not rest.startswith("__class__")
    return not (ir.is_a(e, "call") and e[1] == "type") and any(_says(inner, names) for inner in ir.children(e))


def _is_failure(project: Project, clause: Clause) -> bool:
    """A narrow clause that stands for a failure, not for an outcome that the caller expects."""
    return all(is_transport(project, symbol) or symbol is None for symbol in clause.types)


def _text(call: LogCall) -> str:
    func = call.call[1]
    return f"{func}(...)" if func.__class__ is str else f"{ir.last_name(func)}(...)"
