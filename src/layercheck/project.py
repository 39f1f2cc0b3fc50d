"""The linked project: one table of rows, and questions over it that remember what they read.

DESIGN: everything that can be read is a *node*: a row `("Function", key)`, the keys of a type in a file `("@Function", path)`, all
rows of a type `("*Function",)`, the set of files `("files",)`, or the answer of a query `("queries.layers.layer_of", path)`.
`replace` swaps the rows of one file and stamps the nodes whose value really changed with a new revision, absent rows included;
`answers` knows which remembered answers that leaves untouched. Checks of a file are queries too, so incremental runs and full
runs are one mechanism.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, overload

from layercheck.answers import Answers, Node, same
from layercheck.facts.rows import ROW_TYPES
from layercheck.model import Place, Span

if TYPE_CHECKING:
    from layercheck.config import Settings

P = ParamSpec("P")
T = TypeVar("T")
RowType = TypeVar("RowType")
StoredRows = Mapping[str, Iterable[tuple[str, tuple[Any, ...], tuple[int, ...]]]]


class Project(Answers):
    """All rows of all files, and the answers given so far. Knows nothing of rules, caches or disks."""

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._rows: dict[str, dict[str, Any]] = {name: {} for name in ROW_TYPES}
        self._files: dict[str, dict[str, tuple[str, ...]]] = {}
        self._sorted_files: list[str] | None = None
        self._directories: frozenset[str] | None = None

    # ------------------------------------------------------------------------------------------------- writing

    def replace(self, path: str, rows: StoredRows | None) -> bool:
        """Swap the rows of a file (None removes it). Order-free and idempotent. Returns whether any value changed."""
        old = self._files.get(path)
        stamp = self.revision + 1
        touched = False
        if rows is None:
            if old is None:
                return False
            rows = {}
        elif old is None:
            old = {}
            self._touch(("files",), stamp)
            touched = True
        new_keys: dict[str, tuple[str, ...]] = {}
        for name, table in self._rows.items():
            view = ROW_TYPES[name]
            before = old.get(name, ())
            listed = rows.get(name, ())
            now = []
            for key, value, positions in listed:
                row = view(key, positions, *value)
                previous = table.get(key)
                if previous is None or not same(previous[2:], row[2:]):
                    self._touch((name, key), stamp)
                    touched = True
                table[key] = row
                now.append(key)
            gone = set(before).difference(now)
            for key in gone:
                del table[key]
                self._touch((name, key), stamp)
                touched = True
            keys = tuple(now)
            if keys != before:
                self._touch(("@" + name, path), stamp)
                touched = True
            if keys:
                new_keys[name] = keys
        if new_keys:
            self._files[path] = new_keys
        else:
            self._files.pop(path, None)
            self._touch(("files",), stamp)
            touched = True
        if touched:
            self.revision = stamp
            self._sorted_files = None
            self._directories = None
        return touched

    def _touch(self, node: Node, stamp: int) -> None:
        self._changed[node] = stamp
        kind = node[0]
        if kind in self._rows:
            self._changed[("*" + kind,)] = stamp

    # ------------------------------------------------------------------------------------------------- reading

    def get(self, kind: type[RowType], key: str) -> RowType | None:
        """The row of this type and key, or None. The read is recorded either way."""
        name = kind.__name__
        frames = self._stack.frames
        if frames:
            frames[-1].reads.add((name, key))
        return self._rows[name].get(key)

    def of_file(self, kind: type[RowType], path: str) -> tuple[RowType, ...]:
        """The rows of a type in a file, in source order."""
        name = kind.__name__
        self._read(("@" + name, path))
        table = self._rows[name]
        keys = self._files.get(path, {}).get(name, ())
        for key in keys:
            self._read((name, key))
        return tuple([table[key] for key in keys])

    def all(self, kind: type[RowType]) -> Iterator[RowType]:
        """Every row of a type, in order of path and place. Depends on all of them: use in queries with small answers."""
        name = kind.__name__
        self._read(("*" + name,))
        self._read(("files",))
        table = self._rows[name]
        for path in self._paths():
            for key in self._files[path].get(name, ()):
                yield table[key]

    def files(self) -> list[str]:
        """The paths of all files that have rows, sorted."""
        self._read(("files",))
        return list(self._paths())

    def has_file(self, path: str) -> bool:
        """Whether the project has this file."""
        self._read(("files",))
        return path in self._files

    def has_folder(self, path: str) -> bool:
        """Whether a Python file of the project lies in or below this folder."""
        self._read(("files",))
        if self._directories is None:
            found = {""}
            for file in self._files:
                if not file.endswith(".py"):
                    continue
                folder = file.rpartition("/")[0]
                while folder and folder not in found:
                    found.add(folder)
                    folder = folder.rpartition("/")[0]
            self._directories = frozenset(found)
        return path in self._directories

    def _paths(self) -> list[str]:
        if self._sorted_files is None:
            self._sorted_files = sorted(self._files)
        return self._sorted_files

    def span(self, where: Place | Span) -> Span:
        """The lines and columns of a place as they are now. Not a recorded read: positions change nothing else."""
        if isinstance(where, Span):
            return where
        row = self._rows[where.row].get(where.key)
        path = where.key.partition(":")[0]
        start = where.at * 4
        if row is None or start + 4 > len(row.positions):
            return Span(path, 1, 0, 1, 0)
        return Span(path, *row.positions[start : start + 4])


@overload
def query(function: Callable[Concatenate[Project, P], T]) -> Callable[Concatenate[Project, P], T]: ...
@overload
def query(*, bottom: Any) -> Callable[[Callable[Concatenate[Project, P], T]], Callable[Concatenate[Project, P], T]]: ...
def query(function: Any = None, *, bottom: Any = None) -> Any:
    """Make a pure function of the project a remembered query. Arguments must be hashable, the answer an immutable value.

    `bottom` is what the query gets when it meets itself.
    """

    def wrap(inner: Callable[..., Any]) -> Callable[..., Any]:
        name = f"{inner.__module__}.{inner.__qualname__}"

        def asked(project: Project, *args: Any) -> Any:
            # What `ask` finds in the end for most questions, without a call: an answer that is good as of now. A question
            # that is open, provisional or part of a knot has none.
            memo = project._memo.get((name, *args))
            if memo is not None and memo.verified == project.revision:
                frames = project._stack.frames
                if frames:
                    frames[-1].reads.add((name, *args))
                return memo.value
            return project.ask(name, inner, bottom, args)

        asked.__name__ = inner.__name__
        asked.__qualname__ = inner.__qualname__
        asked.__doc__ = inner.__doc__
        asked.__module__ = inner.__module__
        asked.__wrapped__ = inner  # type: ignore[attr-defined]
        return asked

    return wrap if function is None else wrap(function)
