"""The linked project: one table of rows, and questions over it that remember what they read.

DESIGN: everything that can be read is a *node*: a row `("Function", key)`, the keys of a type in a file `("@Function", path)`, all
rows of a type `("*Function",)`, the set of files `("files",)`, or the answer of a query `("queries.layers.layer_of", path)`. While
a query runs, the nodes it reads are recorded, absent rows included. `replace` swaps the rows of one file and stamps the nodes
whose value really changed with a new revision. A remembered answer is good while none of its nodes has a newer stamp than the
answer; when one has, that node is asked again first, and an equal answer stops the wave there (early cut-off, as in the
red-green algorithm of rustc and salsa). Checks of a file are queries too, so incremental runs and full runs are one mechanism.

A query that meets itself gets its `bottom`; answers computed on top of a bottom are not remembered except by the query that
closed the loop, so that results do not depend on who asked first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, overload

from layercheck.facts.rows import ROW_TYPES
from layercheck.model import Place, Span

if TYPE_CHECKING:
    from layercheck.config import Settings

P = ParamSpec("P")
T = TypeVar("T")
RowType = TypeVar("RowType")
Node = tuple[Any, ...]
StoredRows = Mapping[str, Iterable[tuple[str, tuple[Any, ...], tuple[int, ...]]]]


def same(old: Any, new: Any) -> bool:
    """Equal, and alike in what `==` overlooks: `1`, `1.0` and `True` are different code."""
    return bool(old == new) and _alike(old, new)


def _alike(old: Any, new: Any) -> bool:
    if old is new:
        return True
    kind = old.__class__
    if kind is not new.__class__:
        return False
    return all(map(_alike, old, new)) if issubclass(kind, tuple) else True


class _Memo:
    __slots__ = ("changed", "reads", "value", "verified")

    def __init__(self, value: Any, reads: frozenset[Node], changed: int, verified: int) -> None:
        self.value = value
        self.reads = reads
        self.changed = changed
        self.verified = verified


class _Frame:
    __slots__ = ("loops", "node", "reads")

    def __init__(self, node: Node) -> None:
        self.node = node
        self.reads: set[Node] = set()
        self.loops: set[Node] = set()
        """Nodes further up the stack whose bottom this answer used."""


class Project:
    """All rows of all files, and the answers given so far. Knows nothing of rules, caches or disks."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.revision = 1
        self._rows: dict[str, dict[str, Any]] = {name: {} for name in ROW_TYPES}
        self._files: dict[str, dict[str, tuple[str, ...]]] = {}
        self._changed: dict[Node, int] = {}
        self._memo: dict[Node, _Memo] = {}
        self._frames: list[_Frame] = []
        self._running: dict[Node, int] = {}
        self._queries: dict[str, Callable[..., Any]] = {}
        self._sorted_files: list[str] | None = None
        self._directories: frozenset[str] | None = None
        self.asked: int = 0
        """How many query answers were computed (not remembered): a measure of work, for tests and --verbose."""

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

    def _read(self, node: Node) -> None:
        if self._frames:
            self._frames[-1].reads.add(node)

    def get(self, kind: type[RowType], key: str) -> RowType | None:
        """The row of this type and key, or None. The read is recorded either way."""
        name = kind.__name__
        self._read((name, key))
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

    # ------------------------------------------------------------------------------------------------- queries

    def ask(self, name: str, function: Callable[..., T], bottom: Any, args: tuple[Any, ...]) -> T:
        """The answer of a query, remembered while nothing it read has changed. Use the `query` decorator."""
        node: Node = (name, *args)
        if node in self._running:
            depth = self._running[node]
            for frame in self._frames[depth + 1 :]:
                frame.loops.add(node)
            self._read(node)
            return bottom  # type: ignore[no-any-return]
        memo = self._memo.get(node)
        if memo is None or (memo.verified != self.revision and not self._still_good(node, memo)):
            self._queries[name] = function
            memo = self._compute(node, function, args, memo)
        self._read(node)
        return memo.value  # type: ignore[no-any-return]

    def _compute(self, node: Node, function: Callable[..., Any], args: tuple[Any, ...], old: _Memo | None) -> _Memo:
        frame = _Frame(node)
        self._running[node] = len(self._frames)
        self._frames.append(frame)
        self.asked += 1
        try:
            value = function(self, *args)
        finally:
            self._frames.pop()
            del self._running[node]
        frame.loops.discard(node)
        frame.reads.discard(node)
        if old is not None and same(old.value, value):
            memo = _Memo(old.value, frozenset(frame.reads), old.changed, self.revision)
        else:
            memo = _Memo(value, frozenset(frame.reads), self.revision, self.revision)
        if not frame.loops:
            self._memo[node] = memo
        elif self._frames:
            self._frames[-1].loops |= frame.loops
            # not remembered: whoever closes the loop must carry these reads itself
            self._frames[-1].reads |= frame.reads
        return memo

    def _still_good(self, node: Node, memo: _Memo) -> bool:
        """Whether nothing that a remembered answer read has changed since; asks queries again where needed."""
        self._running[node] = len(self._frames)
        try:
            for read in memo.reads:
                if self._stamp(read) > memo.verified:
                    return False
        finally:
            del self._running[node]
        memo.verified = self.revision
        return True

    def _stamp(self, node: Node) -> int:
        function = self._queries.get(node[0])
        if function is None:
            return self._changed.get(node, 0)
        memo = self._memo.get(node)
        if memo is None or node in self._running:
            return self.revision if memo is None else memo.changed
        if memo.verified != self.revision and not self._still_good(node, memo):
            frames, self._frames = self._frames, []
            running, self._running = self._running, {}
            try:
                memo = self._compute(node, function, node[1:], memo)
            finally:
                self._frames, self._running = frames, running
        return memo.changed

    def remember(
        self, name: str, function: Callable[..., Any], args: tuple[Any, ...], value: Any, reads: Iterable[Node]
    ) -> None:
        """Store an answer that was computed together with others (a fixpoint over a cycle), with what it read."""
        node: Node = (name, *args)
        self._queries[name] = function
        old = self._memo.get(node)
        changed = old.changed if old is not None and same(old.value, value) else self.revision
        self._memo[node] = _Memo(value, frozenset(reads) - {node}, changed, self.revision)

    def remembered(self, name: str, args: tuple[Any, ...]) -> Any:
        """The valid remembered answer of a query, or None; records the read when there is one."""
        node: Node = (name, *args)
        memo = self._memo.get(node)
        if memo is None or (memo.verified != self.revision and not self._still_good(node, memo)):
            return None
        self._read(node)
        return memo.value

    @contextmanager
    def isolated(self) -> Iterator[None]:
        """Work whose reads the running query does not record: it reads the remembered results instead."""
        frames, self._frames = self._frames, []
        running, self._running = self._running, {}
        try:
            yield
        finally:
            self._frames, self._running = frames, running

    def reads_of(self, name: str, *args: Any) -> frozenset[Node]:
        """What a remembered answer read; for tests of the laws."""
        memo = self._memo.get((name, *args))
        return memo.reads if memo else frozenset()


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
            return project.ask(name, inner, bottom, args)

        asked.__name__ = inner.__name__
        asked.__qualname__ = inner.__qualname__
        asked.__doc__ = inner.__doc__
        asked.__module__ = inner.__module__
        asked.__wrapped__ = inner  # type: ignore[attr-defined]
        return asked

    return wrap if function is None else wrap(function)
