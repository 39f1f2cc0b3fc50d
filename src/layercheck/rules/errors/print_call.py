"""Log instead of printing.

`print` in a service has no level, no time stamp, no request id and no way to be turned off; in production it goes where nobody
looks, and in a worker it may block on a full pipe.

Scripts and command lines are left alone, and so are code and functions below `if __name__ == "__main__"` and a printer that is handed in (`out=print`).

How to fix: a module logger and a level that fits: `logger.info("created order %s", order.id)`.

```python bad app/services/orders.py
def place_order(order):
    print("placing", order.id)
    return order
```
```python good app/services/orders.py
import logging

logger = logging.getLogger(__name__)


def place_order(order):
    logger.info("placing %s", order.id)
    return order
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function, Module
from layercheck.ir import Expr, dotted
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import enclosing, sites
from layercheck.queries.file_kinds import is_application, is_script
from layercheck.queries.handlers import creates_app, handlers_in
from layercheck.queries.imports import importers_of, is_imported
from layercheck.queries.items import CallSite
from layercheck.queries.words import last_parts

RULE = Rule(
    code="LC308",
    name="print-call",
    message="{call}() in application code: use a module logger (logging.getLogger(__name__)) with a fitting level",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("LOG-2",),
    since="0.1",
)
_PRINTING = {
    "builtins.print": "print",
    "rich.print": "rich.print",
    "pprint.pprint": "pprint.pprint",
    "pprint.pp": "pprint.pp",
    "sys.stdout.write": "sys.stdout.write",
    "sys.stderr.write": "sys.stderr.write",
    "sys.stdout.writelines": "sys.stdout.writelines",
    "sys.stderr.writelines": "sys.stderr.writelines",
}


TRIGGERS = last_parts(_PRINTING)


def check(item: CallSite, project: Project) -> Iterator[Fault]:
    """A printing call that stands neither in a script nor below `if __name__ == "__main__"`."""
    name = _PRINTING.get(item.site.target or "")
    if name is None or _is_command(project, item.body.path) or _handed_in(project, item):
        return
    if _under_main_guard(project, item):
        return
    yield Fault(item.place, {"call": name})


def _is_command(project: Project, path: str) -> bool:
    """A script or command-line module: by its interface, one that only such modules import, or a file that nobody imports and that works when
    it is run."""
    if is_script(project, path):
        return True
    module = project.get(Module, f"{path}:")
    if module is None or handlers_in(project, path) or creates_app(project, path):
        return False
    if is_imported(project, path):
        return all(is_script(project, other) for other in importers_of(project, path) if is_application(project, other))
    return module.main_guard or _works_at_import(project, path)


def _works_at_import(project: Project, path: str) -> bool:
    """Whether the module's own code calls functions of the module for their effect."""
    body = project.get(Body, f"{path}:")
    if body is None:
        return False
    return any(s.use == "stmt" and (s.target or "").startswith(f"{path}:") for s in sites(project, body.key)) or any(
        site.target in _PRINTING for site in sites(project, body.key)
    )


def _handed_in(project: Project, item: CallSite) -> bool:
    """`def show(tree, out=print): out(tree)`: the caller says where the lines go."""
    function, called = project.get(Function, item.body.key), dotted(item.call[1])
    return function is not None and any(raw[0] == called for raw in function.raw_params)


def _under_main_guard(project: Project, item: CallSite) -> bool:
    """Whether the call, or the function that it stands in, is below `if __name__ == "__main__"`."""
    for structure in enclosing(item.body, item.site.context):
        if structure.kind == "if" and _is_guard(structure.info):
            return True
    qualname = item.body.key.partition(":")[2]
    module = project.get(Body, f"{item.body.path}:") if qualname else None
    outermost = qualname.partition(".")[0]
    guarded = (
        block
        for statement in (module.statements if module is not None else ())
        if statement[0] == "if"
        for test, block in statement[1]
        if _is_guard(test)
    )
    return any(s[0] == "def" and s[1] == outermost for block in guarded for s in ir.statements(block))


def _is_guard(test: Expr) -> bool:
    return test.__class__ is tuple and test[:2] == ("cmp", "__name__")
