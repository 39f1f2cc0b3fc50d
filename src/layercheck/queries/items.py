"""What a rule can ask to be called with, beside plain rows: one entry per kind, each with how to find them in a file.

Every run imports this module, and few look for all of it: what finds something is imported there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from layercheck.facts.rows import Body, Class, Function, Import, Module
from layercheck.ir import Expr, last_name
from layercheck.model import Place
from layercheck.project import Project, late_query
from layercheck.tuples import NamedTuple

if TYPE_CHECKING:
    from layercheck.queries.callgraph import Site
    from layercheck.queries.handlers import Registration


class CallSite(NamedTuple):
    """One call anywhere in a file. `body.key` is the function, class or module around it."""

    site: Site
    body: Body

    @property
    def name(self) -> str:
        """The last name of the callee: `execute` for `self.db.execute(...)`; what TRIGGERS match."""
        return last_name(self.site.call[1])

    @property
    def call(self) -> Expr:
        """The call expression."""
        return self.site.call

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place("Body", self.body.key, self.site.call[4])


class Handler(NamedTuple):
    """One path operation: the function and how its decorators register it (empty when registered by a call)."""

    function: Function
    registrations: tuple[Registration, ...]

    @property
    def place(self) -> Place:
        """The def line."""
        return self.function.place()


class ColumnOwner(NamedTuple):
    """A class that declares columns (a table, a mixin, a base), or a Table object ("path:name")."""

    key: str


class ImportSite(NamedTuple):
    """One imported name of a file."""

    entry: Import
    module: Module

    @property
    def place(self) -> Place:
        """The import statement."""
        return Place("Module", self.module.key, self.entry.at)


_handlers_in = late_query("layercheck.queries.handlers.handlers_in")


def _call_sites(project: Project, key: str) -> Iterable[CallSite]:
    from layercheck.queries.callgraph import sites

    body = project.get(Body, key)
    return [CallSite(site, body) for site in sites(project, key)] if body is not None else ()


def _handler(project: Project, key: str) -> Iterable[Handler]:
    function = project.get(Function, key)
    if function is None or key not in _handlers_in(project, function.path):
        return ()
    from layercheck.queries.handlers import registrations

    return (Handler(function, registrations(project, key)),)


def _has_handlers(project: Project, path: str) -> bool:
    return bool(_handlers_in(project, path))


def _row(kind: type[Any]) -> Callable[[Project, str], Iterable[Any]]:
    def row(project: Project, key: str) -> Iterable[Any]:
        found = project.get(kind, key)
        return () if found is None else (found,)

    return row


def _imports(project: Project, path: str) -> Iterable[ImportSite]:
    for module in project.of_file(Module, path):
        for entry in module.imports:
            yield ImportSite(entry, module)


def _column_owners(project: Project, path: str) -> Iterable[ColumnOwner]:
    from layercheck.queries.tables_declared import owners_in

    return map(ColumnOwner, owners_in(project, path))


OF_CODE: dict[str, Callable[[Project, str], Iterable[Any]]] = {
    "Body": _row(Body),
    "CallSite": _call_sites,
    "Class": _row(Class),
    "Function": _row(Function),
    "Handler": _handler,
}
"""Items that belong to one function, class or module: how to find those with its key."""
FILES_WITH: dict[str, Callable[[Project, str], bool]] = {"Handler": _has_handlers}
"""Items of code that most files have none of: whether a file has any."""
ITEMS: dict[str, Callable[[Project, str], Iterable[Any]]] = {
    "ColumnOwner": _column_owners,
    "ImportSite": _imports,
}
"""Items of a file, beside its rows."""

__all__ = ["FILES_WITH", "ITEMS", "OF_CODE", "CallSite", "Class", "ColumnOwner", "Handler", "ImportSite"]
