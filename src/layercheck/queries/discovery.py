"""Routers that a program finds by importing: every module of a folder or package is imported, and the routers in it are included.

DESIGN: a function takes part when it (or, for a method, its class; else its file) imports modules by a computed name and lists a
folder or a package. The folder is followed symbolically (`os.path.join(os.path.dirname(__file__), "*", "api")`,
`Path(__file__).parent / "routes"`, `package.__path__`) to a pattern over the project's paths. Which routers of such a module are
meant is said by the names that are asked for (`getattr(module, "router")`); code that looks through everything that a module
defines takes them all. A folder that cannot be followed finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_test
from layercheck.queries.modules import folder_of
from layercheck.queries.routers import Made, routers_made_in
from layercheck.queries.symbols import binding, mro, resolve

_IMPORTERS = frozenset({"importlib.import_module", "builtins.__import__", "importlib.util.module_from_spec"})
_SAME = frozenset({
    "os.path.abspath", "os.path.realpath", "os.path.normpath", "builtins.str", "os.fspath", "pathlib.Path", "pathlib.PurePath", "builtins.sorted",
    "builtins.list", "builtins.iter",
})  # fmt: skip
"""What gives the path that it is given."""
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix", "expanduser"})
_EVERYTHING = frozenset({"builtins.vars", "builtins.dir", "inspect.getmembers"})
"""What looks through all names of a module."""
_MAX_STEPS = 12
ANY = "**"
"""A segment of a pattern: any folders."""

Path = tuple[str, ...]
"""The segments of a path below the project root; "*" and the like match within one."""


@query
def discovered_routers(project: Project, key: str) -> tuple[str, ...]:
    """The routers that the code around a function finds by importing modules, in the order of their paths."""
    bodies = _around(project, key)
    if not any(_imports_computed(project, body) for body in bodies):
        return ()
    patterns = dict.fromkeys(found for body in bodies for found in _listings(project, body))
    names, everything, read = _asked_for(project, bodies)
    routers = []
    for path in project.files():
        if not path.endswith(".py") or path == key.partition(":")[0] or is_test(project, path):
            continue
        if not any(matches(pattern, path) for pattern in patterns):
            continue
        for router, made in routers_made_in(project, path):
            name = router.partition(":")[2]
            if made.is_app or made.bind[0] != f"{path}:" or "." in name:
                continue
            if (everything or name in names) and not _switched_off(made, read):
                routers.append(router)
    return tuple(routers)


def _around(project: Project, key: str) -> list[Body]:
    """The bodies that work together: the methods of the class, else the functions of the file and the module itself."""
    function = project.get(Function, key)
    path = key.partition(":")[0]
    row = project.get(Class, f"{path}:{function.cls}") if function is not None and function.cls else None
    if row is not None:
        keys = [f"{path}:{qualname}" for _, qualname in row.methods]
    else:
        keys = [f"{path}:", *(f.key for f in project.of_file(Function, path) if not f.cls)]
    return [body for k in keys if (body := project.get(Body, k)) is not None]


def _called(project: Project, body: Body, e: Expr) -> str | None:
    """The symbol that a call calls."""
    name = dotted(e[1])
    return resolve(project, body.key, name) if name is not None else None


def _imports_computed(project: Project, body: Body) -> bool:
    return any(
        _called(project, body, call) in _IMPORTERS and call[2] and not ir.is_a(call[2][0], "const")
        for call, *_ in body.raw_calls
    )


def _asked_for(project: Project, bodies: list[Body]) -> tuple[frozenset[str], bool, frozenset[str]]:
    """(the names that are taken from a module, whether all of them are looked at, the attributes that are read)."""
    names: set[str] = set()
    read: set[str] = set()
    everything = False
    for body in bodies:
        modules = {
            raw[0] for raw in body.raw_binds if ir.is_a(raw[2], "call") and _called(project, body, raw[2]) in _IMPORTERS
        }
        for call, *_ in body.raw_calls:
            symbol = _called(project, body, call)
            everything |= symbol in _EVERYTHING
            if symbol in ("builtins.getattr", "builtins.hasattr") and len(call[2]) > 1 and ir.is_a(call[2][1], "const"):
                names.add(str(call[2][1][1]))
        for e in ir.expressions(body.statements):
            name = dotted(e)
            if name is not None and "." in name:
                first, _, rest = name.partition(".")
                if first in modules:
                    names.add(rest)
                everything |= ".__dict__" in name
                read.add(name.rpartition(".")[2])
            elif ir.is_a(e, "attr") and ir.is_a(e[1], "call") and _called(project, body, e[1]) in _IMPORTERS:
                names.add(e[2])
            elif ir.is_a(e, "call") and e[1].__class__ is str and ".__dict__." in e[1]:
                everything = True
    return frozenset(names), everything, frozenset(read)


def _switched_off(made: Made, read: frozenset[str]) -> bool:
    """Whether a router says False to an attribute that the code asks for: `Router(auto_register=False)`."""
    return any(name in read and value == ("const", False) for name, value in made.call[3])


# ------------------------------------------------------------------------------------------------------------- folders


def _listings(project: Project, body: Body) -> Iterator[Path]:
    """The patterns of the files that the calls of a body list."""
    for call, *_ in body.raw_calls:
        symbol = _called(project, body, call)
        first = call[2][0] if call[2] else None
        if symbol in ("glob.glob", "glob.iglob"):
            found = symbolic_path(project, body.key, first)
            if found is not None:
                yield found
        elif symbol in ("os.listdir", "os.scandir"):
            yield from _children(symbolic_path(project, body.key, first))
        elif symbol == "os.walk":
            yield from _below(symbolic_path(project, body.key, first))
        elif symbol in ("pkgutil.iter_modules", "pkgutil.walk_packages"):
            given = ir.argument(call, 0, "path")
            several = given is not None and (ir.is_a(given, "list") or ir.is_a(given, "tuple"))
            items = given[1] if given is not None and several else (given,)
            for item in items:
                folder = symbolic_path(project, body.key, item)
                yield from _children(folder) if symbol.endswith("iter_modules") else _below(folder)
        else:
            yield from _listed_path(project, body, call)


def _listed_path(project: Project, body: Body, call: Expr) -> Iterator[Path]:
    """`folder.glob("*.py")`, `folder.rglob("*.py")`, `folder.iterdir()`."""
    owner, method = _owner(call)
    if owner is None or method not in ("glob", "rglob", "iterdir"):
        return
    folder = symbolic_path(project, body.key, owner)
    if folder is None:
        return
    if method == "iterdir":
        yield from _children(folder)
    elif call[2] and ir.is_a(call[2][0], "const") and isinstance(call[2][0][1], str):
        parts = tuple(p for p in call[2][0][1].split("/") if p)
        yield folder + ((ANY,) if method == "rglob" else ()) + parts


def _owner(call: Expr) -> tuple[Expr | None, str]:
    """(what a method is called on, its name)."""
    func = call[1]
    if func.__class__ is str and "." in func:
        owner, _, method = func.rpartition(".")
        return ("ref", owner, call[4]) if "." in owner else owner, method
    if ir.is_a(func, "attr"):
        return func[1], func[2]
    return None, ""


def _children(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield (*folder, "*.py")
        yield (*folder, "*", "__init__.py")


def _below(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield (*folder, ANY, "*.py")


def symbolic_path(project: Project, key: str, e: Expr | None, steps: int = 0) -> Path | None:
    """The path below the project root that an expression stands for, or None. It may hold wildcards."""
    if e is None or steps > _MAX_STEPS:
        return None
    name = dotted(e)
    if name is not None:
        return _named_path(project, key, name, steps)
    if ir.is_a(e, "attr"):
        return _shortened(symbolic_path(project, key, e[1], steps + 1), 1) if e[2] == "parent" else None
    if ir.is_a(e, "item"):  # Path(__file__).parents[1]
        owner = dotted(e[1])
        base = (
            e[1][1]
            if ir.is_a(e[1], "attr") and e[1][2] == "parents"
            else ("ref", owner.rpartition(".")[0], 0)
            if owner and owner.endswith(".parents")
            else None
        )
        if base is not None and ir.is_a(e[2], "const") and isinstance(e[2][1], int):
            return _shortened(symbolic_path(project, key, base, steps + 1), e[2][1] + 1)
        return symbolic_path(project, key, e[1], steps + 1) if e[2] == ("const", 0) else None
    if ir.is_a(e, "op") and e[1] == "/":
        return _joined(project, key, e[2], steps)
    return _path_call(project, key, e, steps) if ir.is_a(e, "call") else None


def _path_call(project: Project, key: str, call: Expr, steps: int) -> Path | None:
    name = dotted(call[1])
    symbol = resolve(project, key, name) if name is not None else None
    first = call[2][0] if call[2] else None
    if symbol == "os.path.dirname":
        return _shortened(symbolic_path(project, key, first, steps + 1), 1)
    if symbol == "os.path.join" or (symbol in _SAME and len(call[2]) > 1):
        return _joined(project, key, call[2], steps)
    if symbol in _SAME:
        return symbolic_path(project, key, first, steps + 1)
    owner, method = _owner(call)
    if owner is not None and method in _SAME_METHODS:
        return symbolic_path(project, key, owner, steps + 1)
    if owner is not None and method == "joinpath":
        return _joined(project, key, (owner, *call[2]), steps)
    return None


def _joined(project: Project, key: str, parts: tuple[Expr, ...], steps: int) -> Path | None:
    """A first path and text below it."""
    found = symbolic_path(project, key, parts[0], steps + 1) if parts else None
    for part in parts[1:]:
        if found is None or not ir.is_a(part, "const") or not isinstance(part[1], str):
            return None
        for segment in part[1].replace("\\", "/").split("/"):
            if segment == "..":
                found = _shortened(found, 1)
                if found is None:
                    return None
            elif segment not in ("", "."):
                found = (*found, segment)
    return found


def _shortened(path: Path | None, count: int) -> Path | None:
    return path[: len(path) - count] if path is not None and len(path) >= count else None


def _named_path(project: Project, key: str, name: str, steps: int) -> Path | None:
    path, _, qualname = key.partition(":")
    if name == "__file__":
        return tuple(path.split("/"))
    if name == "__path__":
        return _segments(folder_of(path))
    owner, _, last = name.rpartition(".")
    if last in ("__path__", "__file__") and owner:
        module = resolve(project, key, owner)
        if module is None or not module.endswith(":"):
            return None
        where = module[:-1]
        if last == "__file__":
            return _segments(where)
        return _segments(folder_of(where) if where.endswith(".py") else where.rstrip("/"))
    if last == "parent" and owner:
        return _shortened(_named_path(project, key, owner, steps + 1), 1)
    function = project.get(Function, key)
    if function is not None and function.cls and owner == (function.raw_params[0][0] if function.raw_params else None):
        return _stored_path(project, f"{path}:{function.cls}", last, steps)
    body = project.get(Body, key)
    if body is not None and qualname and "." not in name:
        values = [raw for raw in body.raw_binds if raw[0] == name]
        if values:
            known = len(values) == 1 and values[0][1] == "=" and values[0][2] != name
            return symbolic_path(project, key, values[0][2], steps + 1) if known else None
    symbol = resolve(project, key, name)
    if symbol is None or ":" not in symbol or symbol.endswith(":"):
        return None
    cls, _, attribute = symbol.rpartition(".")
    if ":" in cls and project.get(Class, cls) is not None:
        return _stored_path(project, cls, attribute, steps)
    bind = binding(project, symbol)
    if bind is None or bind.value is None or dotted(bind.value) == name:
        return None
    return symbolic_path(project, f"{symbol.partition(':')[0]}:", bind.value, steps + 1)


def _stored_path(project: Project, cls: str, name: str, steps: int) -> Path | None:
    """The path in `self.root = ...`, or in a class attribute."""
    for base in mro(project, cls):
        row = project.get(Class, base)
        for stored in row.attributes if row is not None else ():
            if row is not None and stored.name == name and stored.value is not None:
                return symbolic_path(project, f"{row.path}:{stored.method}", stored.value, steps + 1)
        for field in row.fields if row is not None else ():
            if field.name == name and field.value is not None:
                return symbolic_path(project, base, field.value, steps + 1)
    return None


def _segments(folder: str) -> Path:
    return tuple(part for part in folder.split("/") if part)


def matches(pattern: Path, path: str) -> bool:
    """Whether a path of the project is one of a pattern: `**` is any folders, `*`, `?` and `[!_]` match within a segment."""
    return _matches(pattern, tuple(path.split("/")))


def _matches(pattern: Path, path: Path) -> bool:
    if not pattern:
        return not path
    if pattern[0] == ANY:
        return any(_matches(pattern[1:], path[at:]) for at in range(len(path)))
    return bool(path) and fnmatchcase(path[0], pattern[0]) and _matches(pattern[1:], path[1:])
