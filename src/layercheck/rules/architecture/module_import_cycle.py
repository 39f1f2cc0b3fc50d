"""Break import cycles between modules.

Modules that import each other in a loop are one module in several files: none can be read, tested or reused without the others, and
which one is imported first decides whether the program starts at all ("partially initialized module").

How to fix: move what both sides need into a module of its own that imports neither, or pass it in; inside a package, take names from
the modules that define them, not from the package's `__init__`. An import inside a function runs later and is not counted: it hides
the loop from Python, a way out when there is no time for a better one.

One finding a cycle (a strongly connected component), at the import that a smallest cut removes first: of equally good ones, one
from an inner layer to an outer one, then one of a package by its own module, then one in a module that many others stand on.
Imports under `TYPE_CHECKING`, in a `try`
or under `if __name__ == "__main__"` do not count, nor does the import of a package that `import package.module` implies.

```python bad app/services/orders.py
from app.services.invoices import write_invoice


def net(order):
    return order.total - order.discount


def close(order):
    return write_invoice(order)
```
```python bad app/services/invoices.py
from app.services.orders import net


def write_invoice(order):
    return f"{net(order)} EUR"
```
```python good app/services/orders.py
from app.services.invoices import write_invoice


def close(order):
    return write_invoice(order)
```
```python good app/services/invoices.py
from app.services.prices import net


def write_invoice(order):
    return f"{net(order)} EUR"
```
```python good app/services/prices.py
def net(order):
    return order.total - order.discount
```
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from layercheck.facts.rows import Module
from layercheck.model import Fault, Level, Place, Profile, Rule, Step
from layercheck.project import Project
from layercheck.queries.cycles import Cycle, Edge, holds, import_cycles, import_time_imports
from layercheck.queries.modules import module_name
from layercheck.queries.symbols import imported

RULE = Rule(
    code="LC110",
    name="module-import-cycle",
    message="{names} {target} closes an import cycle ({loop}{more}): {remedy}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("ARCH-1", "ORG-1"),
    since="0.1",
)
_NAMES = 3
_SHOWN = 5
"""Modules of a loop that the message names; the evidence has them all."""


def check(module: Module, project: Project) -> Iterator[Fault]:
    """The import to cut first, of each cycle whose cut begins in this module."""
    for cycle in import_cycles(project):
        if cycle.cut[0][0] != module.path:
            continue
        at, names = _statement(project, cycle.cut[0])
        fields = {
            "names": f"the import of {_listed(names)}" if names else "the import of",
            "target": module_name(project, cycle.cut[0][1]),
            "loop": _loop(project, cycle),
            "more": _more(cycle),
            "remedy": _remedy(project, cycle),
        }
        yield Fault(module.place(at), fields, tuple(_steps(project, cycle)))


def _statement(project: Project, edge: Edge) -> tuple[int, list[str]]:
    """The first import statement of a file that names another one, and the names it takes from it."""
    entries = [entry for entry, target in import_time_imports(project, edge[0]) if target == edge[1]]
    at = entries[0].at
    return at, [e.name for e in entries if e.at == at and e.name not in (None, "*", _stem(edge[1]))]


def _stem(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__").rpartition("/")[2]


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMES
    return f"{', '.join(names[:_NAMES])}{f' and {more} more' if more > 0 else ''} from"


def _remedy(project: Project, cycle: Cycle) -> str:
    edge = cycle.cut[0]
    homes = _homes(project, edge)
    if homes and not any(_leads_back(cycle, edge[0], home) for home in homes):
        places = " and ".join(module_name(project, home) for home in homes[:_NAMES])
        return f"take it from {places}, which define{'s' if len(homes) == 1 else ''} it"
    if holds(edge[1], edge[0]):
        return "take what it needs from the modules that define it, not from the package around both"
    return "move what both sides need into a module that imports neither"


def _leads_back(cycle: Cycle, importer: str, home: str) -> bool:
    """Whether importing from `home` would close the loop again: it is part of it, or a package around it is."""
    return home in cycle.members or any(holds(m, home) and not holds(m, importer) for m in cycle.members)


def _homes(project: Project, edge: Edge) -> list[str]:
    """The files that define what one file imports from another; [] when the whole module or an unknown name is imported."""
    homes = set()
    for entry, target in import_time_imports(project, edge[0]):
        if target == edge[1]:
            symbol = imported(project, edge[0], entry) if entry.name is not None else None
            if symbol is None or symbol.endswith(":") or ":" not in symbol:
                return []
            homes.add(symbol.partition(":")[0])
    return sorted(homes)


def _loop(project: Project, cycle: Cycle) -> str:
    names = [module_name(project, path) for path in (*cycle.loop, cycle.loop[0])]
    if len(names) > _SHOWN + 1:
        names[_SHOWN - 1 : -1] = ["..."]
    return " -> ".join(names)


def _more(cycle: Cycle) -> str:
    """What the shortest loop does not show: further modules of the tangle, further imports of the cut."""
    if len(cycle.members) == len(cycle.loop):
        return ""
    cuts = f"; {len(cycle.cut)} imports to cut in all" if len(cycle.cut) > 1 else ""
    return f"; {len(cycle.members)} modules hang together{cuts}"


def _steps(project: Project, cycle: Cycle) -> Iterator[Step]:
    for edge in itertools.pairwise((*cycle.loop, cycle.loop[0])):
        yield _step(project, edge, "imports")
    for edge in cycle.cut[1:]:
        yield _step(project, edge, "to cut as well: imports")


def _step(project: Project, edge: Edge, text: str) -> Step:
    return Step(Place("Module", f"{edge[0]}:", _statement(project, edge)[0]), f"{text} {module_name(project, edge[1])}")
