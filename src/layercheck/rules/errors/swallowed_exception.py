"""Do not swallow exceptions.

`except Exception: pass` turns every bug of the block, today's and those of next year, into silence: wrong data, no log line, no
alarm. A fallback value is the same silence with a friendlier face, and a print reaches nobody.

A check that answers in words, or with None, is left alone: `return "the quantity is no number"`.

How to fix: catch the narrow exception that you expect; otherwise log it (`logger.exception(...)`) or let it rise.

```python bad app/services/cache.py
def read(cache, key):
    try:
        return cache.get(key)
    except Exception:
        return None
```
```python good app/services/cache.py
import logging

logger = logging.getLogger(__name__)


def read(cache, key):
    try:
        return cache.get(key)
    except Exception:
        logger.exception("cache read of %s failed", key)
        return None
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import sites
from layercheck.queries.error_answers import is_probe, masked_failure
from layercheck.queries.exceptions import REPORTERS, Clause, block_calls, clauses, mentions, raises, reports_or_raises
from layercheck.queries.file_kinds import is_script
from layercheck.queries.logging_calls import LEVELS, log_calls
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC304",
    name="swallowed-exception",
    message="{caught} swallows the failure ({how}): catch the narrow exception you expect, log it with its traceback, or let it rise",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ERR-4", "DELIV-6"),
    since="0.1",
)
_PRINTERS = frozenset({"print", "pprint", "pp"})
_ECHOES = _PRINTERS | {"echo", "secho"}
_FAILURE_WORDS = (
    "fail",
    "err",
    "skip",
    "invalid",
    "problem",
    "issue",
    "missed",
    "broken",
    "unavailable",
    "exc",
    "bad",
    "warn",
)


@only_with("except")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """Each broad except clause that neither raises, nor logs, nor hands the exception on."""
    for clause in clauses(project, body.key):
        if not clause.broad or raises(clause.body) or _only_imports(clause.tried):
            continue
        if _asks_again(body, clause) or _passes_on(clause) or _counts_failure(clause) or _deals(project, clause):
            continue
        if (
            _tells_the_operator(project, clause)
            or is_probe(project, body.key)
            or masked_failure(project, clause) is not None
            or _answers_with_text(body, clause)
        ):
            continue
        caught = "bare except" if clause.bare else f"except {_text(clause)}"
        yield Fault(body.place(clause.at), {"caught": caught, "how": _how(clause)})


def _text(clause: Clause) -> str:
    return next(t.rpartition(".")[2] for t in clause.types if t in ("builtins.Exception", "builtins.BaseException"))


def _only_imports(block: tuple[ir.Stmt, ...]) -> bool:
    """An optional import with what belongs to it."""
    return any(s[0] == "import" for s in block) and all(s[0] in ("import", "assign", "pass", "ann") for s in block)


def _asks_again(body: Body, clause: Clause) -> bool:
    """Waits for a future and asks it afterwards: `future.result()` raises again what the clause caught."""
    if len(clause.tried) != 1 or not ir.is_a(clause.tried[0][1], "await"):
        return False
    waited = {name for node in ir.walk(clause.tried[0][1]) if (name := ir.dotted(node)) is not None}
    return any(
        call.at > clause.at and call.func in {f"{name}.{end}" for name in waited for end in ("result", "exception")}
        for call in body.calls
    )


def _passes_on(clause: Clause) -> bool:
    """The exception itself is used for something other than printing."""
    if clause.name is None:
        return False
    for statement in ir.statements(clause.body):
        for e in ir.own_expressions(statement):
            if mentions(e, clause.name) and not (ir.is_a(e, "call") and ir.last_name(e[1]) in _PRINTERS):
                return True
    return False


def _tells_the_operator(project: Project, clause: Clause) -> bool:
    """A script that prints what went wrong tells the person who runs it."""
    if not is_script(project, clause.key.partition(":")[0]):
        return False
    for statement in ir.statements(clause.body):
        for e in ir.own_expressions(statement):
            if any(ir.last_name(call[1]) in _ECHOES for call in ir.calls(e)):
                return True
    return False


def _answers_with_text(body: Body, clause: Clause) -> bool:
    """A check that says in words what is wrong, or nothing: `return "Quantity must be a number"` beside other such returns and None."""
    here = [s[1] for s in ir.statements(clause.body) if s[0] == "return"]
    if not here or not all(_is_sentence(e) for e in here):
        return False
    returned = [s[1] for s in ir.statements(body.statements) if s[0] == "return"]
    texts, nothing = sum(_is_sentence(e) for e in returned), sum(e in (None, ("const", None)) for e in returned)
    return texts > len(here) and nothing > 0 and texts + nothing == len(returned)


def _is_sentence(e: ir.Expr) -> bool:
    parts = e[1] if ir.is_a(e, "fstr") else (e,)
    return any(" " in (ir.text_of(part) or "") for part in parts)


def _counts_failure(clause: Clause) -> bool:
    """The failure goes into a result: `errors.append(...)`, `failed += 1`, `status = "error"`, `{"error": ...}`."""
    for statement in ir.statements(clause.body):
        targets = (
            statement[1] if statement[0] == "assign" else (statement[1],) if statement[0] in ("aug", "ann") else ()
        )
        for target in targets:
            if _failing(ir.dotted(target) or ir.last_name(target)):
                return True
        for e in ir.own_expressions(statement):
            for node in ir.walk(e):
                if ir.is_a(node, "dict") and any(k is not None and _failing(ir.text_of(k) or "") for k, _ in node[1]):
                    return True
                text = ir.text_of(node) if not (ir.is_a(e, "call") and ir.last_name(e[1]) in _PRINTERS) else None
                if text is not None and any(
                    w in text.lower() for w in ("fail", "error", "unhealthy", "unavailable", "down")
                ):
                    return True
                if ir.is_a(node, "call") and _failing(ir.dotted(node[1]) or ir.last_name(node[1])):
                    return True
                if ir.is_a(node, "ref") and _failing(node[1].rpartition(".")[2]):
                    return True
    return False


def _failing(name: str) -> bool:
    lowered = name.lower()
    return any(word in lowered for word in _FAILURE_WORDS)


def _deals(project: Project, clause: Clause) -> bool:
    """The body logs, reports, ends the process, or calls project code that does."""
    inside = block_calls(clause.body)
    if not inside:
        return False
    if not inside.isdisjoint(log_calls(project, clause.key)):
        return True
    for site in sites(project, clause.key):
        if site.at not in inside:
            continue
        name = ir.last_name(site.call[1])
        if name in REPORTERS or (name in LEVELS and name not in ("log", "info")):
            return True
        if site.target is not None and ":" in site.target and reports_or_raises(project, site.target):
            return True
    return False


def _how(clause: Clause) -> str:
    last = clause.body[-1]
    if any(
        ir.is_a(s[1], "call") and ir.last_name(s[1][1]) in _PRINTERS
        for s in ir.statements(clause.body)
        if s[0] == "expr"
    ):
        return "only printed"
    words = {"pass": "pass", "continue": "continue", "break": "break", "return": "returns a fallback"}
    return words.get(last[0], "goes on")
