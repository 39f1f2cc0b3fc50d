"""The linked project: one table of rows, and questions over it that remember what they read.

DESIGN: everything that can be read is a *node*: a row `("Function", key)`, the keys of a type in a file `("@Function", path)`, all
rows of a type `("*Function",)`, the set of files `("files",)`, or the answer of a query `("queries.layers.layer_of", path)`.
`replace` swaps the rows of one file and stamps the nodes whose value really changed with a new revision, absent rows included;
`answers` knows which remembered answers that leaves untouched. Checks of a file are queries too, so incremental runs and full
runs are one mechanism.
"""

from __future__ import annotations

import importlib
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import is_
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, overload

from layercheck.answers import FIRST_OWN, MISSING, NOTHING, READS, UNARY, Answers
from layercheck.facts.places import quad
from layercheck.facts.rows import (
    ROW_TYPES,
    SEEN_ONCE,
    VIEWS,
    Body,
    Imports,
    Module,
    Said,
    imports_of,
    path_of,
    places_of,
    said_of,
)
from layercheck.model import Place, Span
from layercheck.nodes import Cell, Node, same
from layercheck.readsets import PRESENCE
from layercheck.rowtable import RowTable

if TYPE_CHECKING:
    from layercheck.config import Settings

P = ParamSpec("P")
T = TypeVar("T")
RowType = TypeVar("RowType")
_FILES = 300
"""How many parts the files are divided into, to see quickly what a change cannot have touched."""
_INSIDE = frozenset({"Body", "Source", "@Source"})
"""What an edit inside a function changes."""
_FOLLOWED = 400
"""How many parts those of files that are being edited are divided into (see `Project.follow`)."""
_BODIES = FIRST_OWN.bit_length() - 1 - len(ROW_TYPES) - 1 - _FILES - _FOLLOWED
"""How many parts those of all other files are divided into."""
_FOLDER, _SAID, _IMPORTS = "folder", "said", "imports"
"""The names of the cells that say whether a folder with Python files is there, what is said of the bodies of a file, and what its module
has beside names."""
StoredRow = tuple[str, tuple[Any, ...], bytes]
StoredRows = Mapping[str, Iterable[StoredRow]]
Waiting = bytes | list[StoredRow] | Callable[[str], Mapping[str, bytes]]
"""Rows as they are stored, or what fetches all those of a file, by type."""


class Project(Answers):
    """All rows of all files, and the answers given so far. Knows nothing of rules, caches or disks."""

    def __init__(self, settings: Settings, noting: int = READS) -> None:
        """`noting` as in `Answers`: with anything but READS, no file may be replaced after the first question."""
        super().__init__(noting)
        self.settings = settings
        self._bare = RowTable() if noting == NOTHING else None
        """With NOTHING: the rows; then there are no cells."""
        self._rows_of: dict[Any, dict[str, Any]] | None = None if self._bare is None else self._bare.of_type
        self._cells: dict[str, dict[str, Cell]] = {name: {} for name in ROW_TYPES}
        """Type -> key -> its row. A key that was asked for or is gone has a cell without a row."""
        self._cells_of: dict[Any, dict[str, Cell]] = {ROW_TYPES[name]: cells for name, cells in self._cells.items()}
        """The same by the class of the row, as nothing is asked more often."""
        self._keys: dict[str, dict[str, Cell]] = {name: {} for name in ROW_TYPES}
        """Type -> file -> the cells of its rows, in source order."""
        lasting = noting == READS
        self._kinds = {name: Cell(("*" + name,), None, lasting * 2 << i) for i, name in enumerate(ROW_TYPES)}
        self._listing = Cell(("files",), None, int(lasting))
        self._presence: dict[str, Cell] = {}
        """File -> that it is there, or is not: for those that somebody has asked about."""
        self._folders: dict[str, Cell] = {}
        """The same of folders, where answers have read sets."""
        self._apart: dict[str, dict[str, Cell]] = {_SAID: {}, _IMPORTS: {}}
        """Name of the cells -> file -> the cell of what can be read apart from its rows, where answers have read sets."""
        self._saids: dict[str, tuple[Said, ...]] = {}
        """File -> what is said of its bodies, for those that were asked for; with NOTHING, in projects that are not big."""
        self._parts: dict[str, int] = {}
        """File -> the number of its part."""
        self._dealt = self._dealt_followed = 0
        self._followed: set[str] = set()
        self._stored: dict[tuple[str, str], dict[str, tuple[Any, ...]]] = {}
        """(type, file) -> key -> the value that its row was made of, for files that were replaced: what an edit leaves alone is the
        same object."""
        self._files: dict[str, frozenset[str]] = {}
        """File -> the types of which it has rows."""
        self._waiting: dict[str, dict[str, Waiting]] = {name: {} for name in ROW_TYPES}
        """Type -> file -> its rows until somebody asks for one of them."""
        self._waiting_of: dict[Any, dict[str, Waiting]] = {
            ROW_TYPES[name]: those for name, those in self._waiting.items()
        }
        """The same by the class of the rows."""
        self.keep, self.keep_reads, self.dear = KEPT, WHOLE, DEAR
        self.readsets.together = TOGETHER
        self._sorted_files: list[str] | None = None
        self._directories: frozenset[str] | None = None

    # ------------------------------------------------------------------------------------------------- writing

    def replace(self, path: str, rows: StoredRows | None) -> bool:
        """Swap the rows of a file (None removes it). Order-free and idempotent. Returns whether any value changed."""
        if self.noting != READS and (self._memo or self._given):
            raise RuntimeError("this project was made for one look: what its answers read was not recorded")
        known = self._files.get(path)
        for name in known or ():
            self._bring(name, path)
        stamp = self.revision + 1
        if rows is None:
            if known is None:
                return False
            rows = {}
        ground = 0
        kinds = [name for name in ROW_TYPES if rows.get(name)]
        touched = []
        for name in (*kinds, *(known or frozenset()).difference(kinds)):
            moved = self._replace(name, path, rows.get(name, ()), stamp)
            if moved:
                touched.append(name)
                ground |= moved
        if kinds:
            self._files[path] = frozenset(kinds)
        else:
            self._files.pop(path, None)
        if known is None or not kinds:
            self._listing.changed = stamp
            ground |= self._listing.ground
            if path in self._presence:
                self._presence[path].changed = stamp
                ground |= self._presence[path].ground
        elif not touched:
            return False
        for name in touched:
            self._kinds[name].changed = stamp
            ground |= self._kinds[name].ground
        self._changed_now(stamp, ground)
        self._sorted_files = None
        self._directories = None
        return True

    def follow(self, path: str) -> None:
        """A file is going to be edited. What edits inside its functions change gets parts of its own: with one that others share, each
        edit would have all answers looked at that stand on those."""
        if self.noting != READS or path in self._followed:
            return
        self._followed.add(path)
        stamp, ground = self.revision + 1, 0
        for listed in (self._keys[name].get(path) for name in ("Body", "Source")):
            for cell in listed.value if listed is not None else ():
                ground |= cell.ground
                cell.ground, cell.grounded = self._next_followed(), stamp
        if ground:
            self._changed_now(stamp, ground)

    def _next_followed(self) -> int:
        """The bit of a part for something in a file that is followed; they come round when there are many."""
        self._dealt_followed = (self._dealt_followed + 1) % _FOLLOWED
        return 2 << len(ROW_TYPES) << _FILES + _BODIES + self._dealt_followed

    def expect(self, path: str, packed: Mapping[str, Waiting]) -> None:
        """A file whose rows (by type, marshalled, or what fetches those) become rows when they are first asked for. The file must be
        new to the project."""
        for name, rows in packed.items():
            self._waiting[name][path] = rows
        self._files[path] = frozenset(packed)
        self._sorted_files = None
        self._directories = None

    def expect_all(self, paths: list[str], names: Iterable[str], fetch: Callable[[str], Mapping[str, bytes]]) -> None:
        """`expect` for files that all have rows of the types with these names, which `fetch` gets."""
        waiting: dict[str, Waiting] = dict.fromkeys(paths, fetch)
        for name in names:
            self._waiting[name].update(waiting)
        self._files.update(dict.fromkeys(paths, frozenset(names)))
        self._sorted_files = None
        self._directories = None

    def _bring(self, name: str, path: str) -> bool:
        """Make the rows of a type in a file, if they wait. Whether they did."""
        waiting = self._waiting[name].get(path)
        if waiting is None:
            return False
        if not isinstance(waiting, bytes | list):
            for kind, rows in waiting(path).items():
                if self._waiting[kind].get(path) is waiting:
                    self._waiting[kind][path] = rows
        packed = self._waiting[name].pop(path)
        if isinstance(packed, bytes | list):
            self._replace(name, path, packed if isinstance(packed, list) else marshal.loads(packed), self.revision)
        return True

    def _cell(self, name: str, key: str, value: Any = None, stamp: int = 0) -> Cell:
        """A new cell. Bodies get their bits in turn, as files do, whose other rows share one: they change together, and seldom."""
        if self.noting != READS:
            return Cell((name, key), value, 0, stamp)
        if name in _INSIDE:
            if path_of(key) in self._followed:
                return Cell((name, key), value, self._next_followed(), stamp)
            self._dealt = (self._dealt + 1) % _BODIES
            part = _FILES + self._dealt
        else:
            path = path_of(key)
            if path not in self._parts:
                self._parts[path] = len(self._parts) % _FILES
            part = self._parts[path]
        return Cell((name, key), value, 2 << len(ROW_TYPES) << part, stamp)

    def _replace(self, name: str, path: str, rows: Iterable[StoredRow], stamp: int) -> int:
        """Swap the rows of one type in a file; the bits of what changed."""
        cells, view = self._cells[name], (VIEWS if self.noting == READS else SEEN_ONCE)[name]
        if self._bare is not None:
            self._bare.put(name, path, [view(key, positions, *value) for key, value, positions in rows])
            return 1
        moved = 0
        now = []
        before = self._stored.pop((name, path), {})
        given: dict[str, tuple[Any, ...]] = {}
        for key, value, positions in rows:
            given[key] = value
            cell = cells.get(key)
            if cell is not None and before.get(key) is value:  # as it was, but perhaps elsewhere in the file
                row = cell.value
                if row[1] != positions:
                    cell.value = row._make((key, positions, *row[2:]))
                now.append(cell)
                continue
            row = view(key, positions, *value)
            if cell is None:
                cell = cells[key] = self._cell(name, key, row, stamp)
                moved |= cell.ground
            else:
                old = cell.value
                if old is None or not (all(map(is_, old[2:], row[2:])) or same(old[2:], row[2:])):
                    cell.changed = stamp
                    moved |= cell.ground
                else:  # its parts stay: what was unpacked of them is kept by who they are
                    row = old if old[1] == row[1] else old._replace(positions=row[1])
                cell.value = row
            now.append(cell)
        listed = self._keys[name].get(path)
        if listed is None:
            listed = self._keys[name][path] = self._cell("@" + name, path, tuple(now), stamp)
            moved |= listed.ground
        else:
            if len(given) == len(now):  # else one key stands for several rows
                self._stored[name, path] = given
            for cell in set(listed.value).difference(now):
                cell.value, cell.changed = None, stamp
                moved |= cell.ground
            if listed.value != tuple(now):
                listed.value, listed.changed = tuple(now), stamp
                moved |= listed.ground
        return moved

    # ------------------------------------------------------------------------------------------------- reading

    def _read(self, cell: Cell) -> None:
        if self._reading is not None:
            self._reading.add(cell)

    def get(self, kind: type[RowType], key: str) -> RowType | None:
        """The row of this type and key, or None. The read is recorded either way."""
        rows = self._rows_of
        if rows is not None:
            row = rows[kind].get(key)
            if row is None and key.partition(":")[0] in self._waiting_of[kind]:
                self._bring(kind.__name__, path_of(key))
                row = rows[kind].get(key)
            return row
        cell = self._cells_of[kind].get(key)
        if cell is None:
            if ":" not in key:
                return None  # something outside the project: there never will be such a row
            cell = self._first(kind.__name__, key)
        if self._reading is not None:
            self._reading.add(cell)
        return cell.value  # type: ignore[no-any-return]

    def _first(self, name: str, key: str) -> Cell:
        """The cell of a row that nobody has asked for yet."""
        cells = self._cells[name]
        if self._waiting[name] and self._bring(name, path_of(key)) and key in cells:
            return cells[key]
        cell = cells[key] = self._cell(name, key)
        return cell

    def of_file(self, kind: type[RowType], path: str) -> tuple[RowType, ...]:
        """The rows of a type in a file, in source order."""
        name = kind.__name__
        if self._bare is not None:
            if path in self._waiting[name]:
                self._bring(name, path)
            return self._bare.by_file[name].get(path, ())
        listed = self._keys[name].get(path)
        if listed is None:
            if self._bring(name, path):
                listed = self._keys[name].get(path)
            if listed is None:
                listed = self._keys[name][path] = self._cell("@" + name, path, ())
        if self._reading is not None:
            self._reading.add(listed)
            if self.noting == READS:  # else the cell stands for the rows, too
                self._reading.update(listed.value)
        return tuple([cell.value for cell in listed.value])

    def said_in(self, path: str) -> tuple[Said, ...]:
        """What is said of the bodies of a file, in source order."""
        kept = self._saids.get(path)
        if kept is not None:
            return kept
        reading = self._read_apart(_SAID, path)
        try:
            found = tuple(map(said_of, self.of_file(Body, path)))
            if self._bare is not None and not self.sweep_after:
                self._saids[path] = found
            return found
        finally:
            self._reading = reading

    def imports_in(self, path: str) -> Imports | None:
        """What the module of a file has beside the names that it binds; None where there is no such module."""
        reading = self._read_apart(_IMPORTS, path)
        try:
            module = self.get(Module, f"{path}:")
            return None if module is None else imports_of(module)
        finally:
            self._reading = reading

    def _read_apart(self, name: str, path: str) -> set[Any] | None:
        """Record the read of a part of a file's rows instead of those that it is taken from, which are not recorded until `_reading` is what
        is returned again."""
        reading = self._reading
        if reading is not None and self.noting != READS:
            cells = self._apart[name]
            reading.add(cells.get(path) or cells.setdefault(path, self._cell(name, path)))
            self._reading = None
        return reading

    def keys_said(self, path: str, wanted: Callable[[Said], object]) -> tuple[str, ...]:
        """The keys of the bodies of a file, in source order, for who asks something about each of them by itself: it is not asked again where
        one of them has changed, and the answer about it has not. Where answers have read sets, only of those that are wanted for what is
        said of them, and that is all that is read of any."""
        if self.noting != READS:
            return tuple([said.key for said in self.said_in(path) if wanted(said)])
        listed = self._keys[Body.__name__].get(path)
        if listed is None:
            self.of_file(Body, path)
            listed = self._keys[Body.__name__][path]
        self._read(listed)
        return tuple([cell.node[1] for cell in listed.value])

    def keys_of(self, name: str, path: str) -> list[str]:
        """The keys of the rows of a type that somebody has asked for in a file. Not a recorded read."""
        if self._bare is not None:
            return [row[0] for row in self._bare.by_file[name].get(path, ())]
        listed = self._keys[name].get(path)
        return [] if listed is None else [cell.node[1] for cell in listed.value]

    def all(self, kind: type[RowType]) -> Iterator[RowType]:
        """Every row of a type, in order of path and place. Depends on all of them: use in queries with small answers."""
        name = kind.__name__
        self._read(self._kinds[name])
        self._read(self._listing)
        keys = self._keys[name]
        for path in list(self._waiting[name]):
            self._bring(name, path)
        for path in self._paths():
            if self._bare is not None:
                yield from self._bare.by_file[name].get(path, ())
                continue
            listed = keys.get(path)
            if listed is not None:
                for cell in listed.value:
                    yield cell.value

    def files(self) -> list[str]:
        """The paths of all files that have rows, sorted."""
        self._read(self._listing)
        return list(self._paths())

    def has_file(self, path: str) -> bool:
        """Whether the project has this file."""
        if self._reading is not None:
            cell = self._presence.get(path)
            if cell is None:
                cell = self._presence[path] = self._cell(PRESENCE, path)
            self._reading.add(cell)
        return path in self._files

    def has_folder(self, path: str) -> bool:
        """Whether a Python file of the project lies in or below this folder."""
        if self._reading is not None:
            cell = self._listing
            if self.noting != READS:
                found = self._folders.get(path)
                cell = found or self._folders.setdefault(path, self._cell(_FOLDER, path))
            self._reading.add(cell)
        if self._directories is None:
            self._directories = folders_of(self._files)
        return path in self._directories

    def _paths(self) -> list[str]:
        if self._sorted_files is None:
            self._sorted_files = sorted(self._files)
        return self._sorted_files

    def span(self, where: Place | Span) -> Span:
        """The lines and columns of a place as they are now. Not a recorded read: positions change nothing else."""
        if isinstance(where, Span):
            return where
        path = path_of(where.key)
        if self._waiting[where.row]:
            self._bring(where.row, path)
        if self._bare is not None:
            row = self._bare.by_key[where.row].get(where.key)
        else:
            cell = self._cells[where.row].get(where.key)
            row = None if cell is None else cell.value
        found = None if row is None else quad(places_of(row), where.at)
        return Span(path, *(found or (1, 0, 1, 0)))


def folders_of(files: Iterable[str]) -> frozenset[str]:
    """The folders in or below which Python files lie, "" for the top."""
    found = {""}
    for file in files:
        folder = file.rpartition("/")[0] if file.endswith(".py") else ""
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return frozenset(found)


def moved_folders(old: Iterable[str], new: Iterable[str]) -> list[Node]:
    """The cells of the folders that only the old or the new files make."""
    return [(_FOLDER, folder) for folder in folders_of(old) ^ folders_of(new)]


def moved(path: str, old: StoredRows | None, new: StoredRows | None) -> list[Node]:
    """The cells that a change of a file's rows from old to new touches (None: there is no file), where answers have read sets."""
    found: list[Node] = []
    if old is None or new is None:
        found = [("files",), (PRESENCE, path)]
    for name in ROW_TYPES:
        before, after = (_by_key(name, rows.get(name, ()) if rows else ()) for rows in (old, new))
        common = before.keys() & after.keys()
        changed = {key for key in common if not same(before[key][2:], after[key][2:])}
        changed |= before.keys() ^ after.keys()
        if changed or list(before) != list(after):
            found += [("*" + name,), ("@" + name, path), *[(name, key) for key in changed]]
            if name == Body.__name__ and _all(said_of, before) != _all(said_of, after):
                found.append((_SAID, path))
            if name == Module.__name__ and _all(imports_of, before) != _all(imports_of, after):
                found.append((_IMPORTS, path))
    return found


def _all(part: Callable[[Any], tuple[Any, ...]], rows: dict[str, Any]) -> list[tuple[Any, ...]]:
    return list(map(part, rows.values()))


def _by_key(name: str, rows: Iterable[StoredRow]) -> dict[str, Any]:
    return {key: VIEWS[name](key, positions, *value) for key, value, positions in rows}


QUERIES: dict[str, tuple[Callable[..., Any], Any]] = {}
"""Name -> the function of a query and its bottom."""
KEPT: set[str] = set()
"""The queries about one file, body or symbol whose answers are kept for the next run: dear ones, on which much stands."""
DEAR: set[str] = set()
"""Those, and others that it takes long to answer again: where answers are dropped lest there be too many, these stay."""
TOGETHER: set[str] = set()
"""Those among them whose answers are stored in one place, though they are about files: something looks at those of all files."""
WHOLE: set[str] = set()
"""Those among them that are about the whole project, though they have arguments: what they read is kept, too."""


def find_query(name: str) -> tuple[Callable[..., Any], Any] | None:
    """The query of this name and its bottom, its module imported if need be; None where there is none."""
    if name not in QUERIES and name.startswith("layercheck."):
        try:
            importlib.import_module(name.rpartition(".")[0])
        except ImportError:
            return None
    return QUERIES.get(name)


def late_query(name: str) -> Callable[..., Any]:
    """A query by its name. Its module is imported when it has to be asked: where an answer of an earlier run still holds, nothing of it is
    needed."""
    module, _, attribute = name.rpartition(".")

    def ask(project: Project, *args: Any) -> Any:
        if name not in QUERIES and project.earlier is not None:
            found = project.remembered(name, args)
            if found is not None:
                return found
        return getattr(importlib.import_module(module), attribute)(project, *args)

    return ask


def _is_unary(function: Callable[..., Any]) -> bool:
    """Whether a query takes one argument beside the project. Compiled functions do not say so."""
    code = getattr(function, "__code__", None)
    return code is not None and code.co_argcount == 2 and not function.__defaults__


@overload
def query(function: Callable[Concatenate[Project, P], T]) -> Callable[Concatenate[Project, P], T]: ...
@overload
def query(
    *, bottom: Any = None, kept: bool = False, whole: bool = False, together: bool = False, dear: bool = False
) -> Callable[[Callable[Concatenate[Project, P], T]], Callable[Concatenate[Project, P], T]]: ...
def query(
    function: Any = None,
    *,
    bottom: Any = None,
    kept: bool = False,
    whole: bool = False,
    together: bool = False,
    dear: bool = False,
) -> Any:
    """Make a pure function of the project a remembered query. Arguments must be hashable, the answer an immutable value.

    `bottom` is what the query gets when it meets itself; `kept` as in `KEPT`, `whole` as in `WHOLE`, `together` as in
    `TOGETHER`.
    """

    def wrap(inner: Callable[..., Any]) -> Callable[..., Any]:
        name = f"{inner.__module__}.{inner.__qualname__}"
        QUERIES[name] = (inner, bottom)
        if kept or whole or together:
            KEPT.add(name)
        if kept or whole or together or dear:
            DEAR.add(name)
        if whole or together:
            TOGETHER.add(name)
        if whole:
            WHOLE.add(name)

        # What `ask` finds in the end for most questions, without a call: an answer that is good as of now. A question
        # that is open, provisional or part of a knot has none.

        def asked(project: Project, *args: Any) -> Any:
            if project._given is not None:
                found = project._given[name].get(args, MISSING)
                return found if found is not MISSING else project.ask(name, inner, bottom, args)
            memo = project._memo[name].get(args)
            if memo is not None and memo.verified >= project.revision:
                if project._reading is not None:
                    project._reading.add(memo)
                return memo.value
            return project.ask(name, inner, bottom, args)

        def asked_of(project: Project, argument: Any) -> Any:
            if project._given is not None:
                found = project._given[name].get(argument, MISSING)
                return found if found is not MISSING else project.ask(name, inner, bottom, (argument,))
            memo = project._memo[name].get((argument,))
            if memo is not None and memo.verified >= project.revision:
                if project._reading is not None:
                    project._reading.add(memo)
                return memo.value
            return project.ask(name, inner, bottom, (argument,))

        made: Callable[..., Any] = asked
        if _is_unary(inner):
            UNARY.add(name)
            made = asked_of
        made.__name__ = inner.__name__
        made.__qualname__ = inner.__qualname__
        made.__doc__ = inner.__doc__
        made.__module__ = inner.__module__
        made.__wrapped__ = inner  # type: ignore[attr-defined]
        return made

    return wrap if function is None else wrap(function)
