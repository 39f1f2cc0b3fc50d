"""Reads of the environment, and the modules that are there for them."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.config import matches_any
from layercheck.facts.rows import Body, Class, Said
from layercheck.ir import Expr, Stmt, dotted
from layercheck.knowledge.environment import (
    ENVIRONS,
    RAW_READERS,
    READERS,
    SETTINGS_CLASS_ENDINGS,
    SETTINGS_WORDS,
    SWITCH_WORDS,
)
from layercheck.patterns import pattern
from layercheck.project import Project, query
from layercheck.queries.constants import string_value
from layercheck.queries.file_kinds import is_script
from layercheck.queries.handlers import creates_app, handlers_in
from layercheck.queries.import_names import all_imported
from layercheck.queries.imports import is_imported
from layercheck.queries.models import is_settings
from layercheck.queries.symbols import binding, resolve
from layercheck.queries.types import Typing
from layercheck.queries.words import mentions
from layercheck.tuples import NamedTuple

PRESENCE = "... in os.environ"
"""How a test for a variable is written in messages."""
_WORDS = pattern(r"[a-z]+")


class Read(NamedTuple):
    """One read of the environment. `name` is None when the source does not say it; `raw` without any settings library."""

    at: int
    name: str | None
    has_default: bool
    raw: bool
    statement: int
    """The ordinal of the statement around it."""
    text: str
    """How it is written: "os.getenv", "os.environ[...]"."""


# ------------------------------------------------------------------------------------------------------------- modules


@query
def is_settings_module(project: Project, path: str) -> bool:
    """Whether a module is there to hold settings: it defines a settings class, or its name or folder says so."""
    *folders, name = path.removesuffix(".py").split("/")
    if not SETTINGS_WORDS.isdisjoint(_WORDS.findall(name.lower())) or any(f.lower() in SETTINGS_WORDS for f in folders):
        return True
    return any(is_settings(project, cls.key) for cls in project.of_file(Class, path))


def configured_settings_module(path: str, patterns: object) -> bool:
    """Whether an option of a rule names the module."""
    return isinstance(patterns, tuple) and matches_any(path, patterns)


@query
def is_command(project: Project, path: str) -> bool:
    """Whether a file is run by people: a script, or one with a main block that nobody imports and that serves nothing."""
    if is_script(project, path):
        return True
    module = project.imports_in(path)
    if module is None or not module.main_guard or handlers_in(project, path) or creates_app(project, path):
        return False
    return not is_imported(project, path)


def in_settings_class(project: Project, key: str) -> bool:
    """Whether code stands in a class (or a method of one) whose name says that it holds settings."""
    path, _, qualname = key.partition(":")
    while qualname:
        if qualname.endswith(SETTINGS_CLASS_ENDINGS) and project.get(Class, f"{path}:{qualname}") is not None:
            return True
        qualname = qualname.rpartition(".")[0]
    return False


def outside_main(block: tuple[Stmt, ...], *, unguarded: bool = False) -> Iterator[Stmt]:
    """Every statement of a body, nested ones included, but for what stands below `if __name__ == "__main__"`.

    With `unguarded`, also without the branches of an `if` that asks for the environment (`if settings.DEBUG`).
    """
    stack = list(reversed(block))
    while stack:
        statement = stack.pop()
        if statement[0] == "if":
            if unguarded and any(asks_environment(test) for test, _ in statement[1]):
                continue
            branches = [body for test, body in statement[1] if not _is_main_test(test)]
            if len(branches) < len(statement[1]):
                for inner in (*branches, statement[2])[::-1]:
                    stack.extend(inner[::-1])
                continue
        yield statement
        for inner in ir.blocks(statement)[::-1]:
            stack.extend(inner[::-1])


def _is_main_test(test: Expr) -> bool:
    return ir.is_a(test, "cmp") and (test[1] == "__name__" or any(right == "__name__" for _, right in test[2]))


def asks_environment(test: Expr) -> bool:
    """Whether a condition asks which environment this is: `settings.DEBUG`, `not is_production()`, `env == "local"`."""
    return any(
        not SWITCH_WORDS.isdisjoint(_WORDS.findall(name.lower()))
        for node in ir.walk(test)
        if (name := dotted(node) or (node[2] if ir.is_a(node, "attr") else ""))
    )


# --------------------------------------------------------------------------------------------------------------- reads


@query
def may_read(project: Project, path: str) -> bool:
    """Whether a module has a name by which the environment is reached; False saves looking at its code."""
    module = project.imports_in(path)
    if module is None:
        return False
    return any(
        i.level or i.module.partition(".")[0] in _SOURCES or (i.name is not None and _reaches(project, path, i.bound))
        for i in module.imports
    )


@query
def uses_settings_library(project: Project) -> bool:
    """Whether some module imports what reads variables through objects of any name: decouple, environs, starlette.config."""
    return any(
        name.partition(".")[0] in _LIBRARIES
        or (name.startswith("starlette") and "config" in (member, name.rpartition(".")[2]))
        for _, (name, _, member) in all_imported(project)
    )


_LIBRARIES = frozenset({"decouple", "environs", "environ"})
RAW_NAMES = frozenset({"environ", "environb", "dotenv_values", *(name.rpartition(".")[2] for name in RAW_READERS)}) - {
    "get",
    "pop",
}
"""One of these occurs where a variable is read without a library for settings."""
_SOURCES = frozenset({"os", "decouple", "starlette", "environs", "environ", "dotenv"})


def _reaches(project: Project, path: str, bound: str) -> bool:
    symbol = resolve(project, f"{path}:", bound)
    return symbol is not None and (_environ(project, symbol) or ":" in symbol)


def _environ(project: Project, symbol: str | None) -> bool:
    """Whether a symbol is `os.environ`, or a module variable that is: `env = os.environ`."""
    if symbol is None:
        return False
    if symbol in ("os.environ", "os.environb"):
        return True
    if ":" not in symbol or symbol.endswith(":"):
        return False
    bind = binding(project, symbol)
    name = dotted(bind.value) if bind is not None else None
    return name is not None and resolve(project, f"{symbol.partition(':')[0]}:", name) in ("os.environ", "os.environb")


def is_environ(project: Project, key: str, e: Expr) -> bool:
    """Whether an expression is `os.environ`, also under another name."""
    name = dotted(e)
    return name is not None and _environ(project, resolve(project, key, name))


def reads(project: Project, key: str) -> tuple[Read, ...]:
    """The reads of the environment in a body, but for those below `if __name__ == "__main__"`. Writes are none."""
    body = project.get(Body, key)
    if body is None or not may_read(project, body.path):
        return ()
    return _reads(project, key) if says_reads(project, body) else ()


def says_reads(project: Project, body: Body | Said) -> bool:
    """Whether a body says anything by which the environment is read."""
    return mentions(project, body, RAW_NAMES) or uses_settings_library(project)


@query
def _reads(project: Project, key: str) -> tuple[Read, ...]:
    body = project.get(Body, key)
    found = []
    for statement in outside_main(body.statements) if body is not None else ():
        for e in _loaded(statement):
            for node in ir.walk(e):
                read = _read(project, key, node)
                if read is not None:
                    found.append(read._replace(statement=statement[-1]))
    return tuple(found)


def variables_set(project: Project, key: str) -> frozenset[str]:
    """The variables that a body sets itself: `os.environ["X"] = "1"`. To ask for one before is no read of a setting."""
    body = project.get(Body, key)
    names = set()
    for statement in ir.statements(body.statements) if body is not None else ():
        for target in statement[1] if statement[0] == "assign" else ():
            if ir.is_a(target, "item") and is_environ(project, key, target[1]):
                name = string_value(project, key, target[2])
                if name is not None:
                    names.add(name)
    return frozenset(names)


def _loaded(statement: Stmt) -> Iterator[Expr]:
    """The expressions that a statement evaluates, without those that it assigns to or deletes."""
    match statement:
        case ("assign", _, value, _):
            yield value
        case ("ann", _, _, value, _):
            if value is not None:
                yield value
        case ("aug", _, _, value, _):
            yield value
        case ("del", *_):
            return
        case ("expr", ("call", func, args, keywords, _), _) if ir.last_name(func) in ("setdefault", "update", "pop"):
            yield from args
            yield from (value for _, value in keywords)
        case _:
            yield from ir.own_expressions(statement)


def _read(project: Project, key: str, node: Expr) -> Read | None:
    match node:
        case ("item", owner, index, at) if is_environ(project, key, owner):
            return Read(at, string_value(project, key, index), False, True, 0, "os.environ[...]")
        case ("cmp", left, rest, at):
            if any(op in ("in", "not in") and is_environ(project, key, right) for op, right in rest):
                return Read(at, string_value(project, key, left), True, True, 0, PRESENCE)
        case ("call", func, _, _, _) if dotted(func) is not None:
            return _raw_call(project, key, node) or _settled_call(project, key, node)
    return None


def _raw_call(project: Project, key: str, call: Expr) -> Read | None:
    """A call of the standard library or of dotenv that reads variables."""
    func = dotted(call[1]) or ""
    symbol = resolve(project, key, func)
    owner, _, method = func.rpartition(".")
    if method in ("get", "pop") and owner and _environ(project, resolve(project, key, owner)):
        symbol = f"os.environ.{method}"
    if symbol == "dotenv.dotenv_values":
        return Read(call[4], None, True, True, 0, symbol)
    if symbol is None or symbol not in RAW_READERS:
        return None
    position = 1 if symbol == "dotenv.get_key" else 0
    name = call[2][position] if len(call[2]) > position else ir.keyword(call, "key")
    has_default = len(call[2]) > 1 or ir.keyword(call, "default") is not None
    return Read(call[4], string_value(project, key, name), has_default, True, 0, symbol)


def _settled_call(project: Project, key: str, call: Expr) -> Read | None:
    """A call of a settings library's object or function."""
    func, name = dotted(call[1]) or "", string_value(project, key, call[2][0]) if call[2] else None
    if name is None:
        return None
    symbol = resolve(project, key, func)
    if symbol in READERS and symbol is not None:
        return Read(call[4], name, _has_default(call, symbol), False, 0, symbol)
    owner, _, method = func.rpartition(".")
    made = _made(project, key, owner or func)
    if made in ENVIRONS and made is not None:
        has_default = len(call[2]) > 1 or ir.keyword(call, "default") is not None
        return Read(call[4], name, has_default, False, 0, made)
    reader = f"{made}.{method or '__call__'}" if owner and method == "get" else f"{_made(project, key, func)}.__call__"
    return Read(call[4], name, _has_default(call, reader), False, 0, reader) if reader in READERS else None


def _has_default(call: Expr, reader: str) -> bool:
    keyword, position = READERS[reader]
    return ir.argument(call, position, keyword) is not None


def _made(project: Project, key: str, name: str) -> str | None:
    """The external class whose instance a name is: "environs.Env" for `env = Env()`."""
    kind = Typing(project, key).name(name, 1 << 30)
    if kind is not None and kind[0] == "inst" and ":" not in kind[1]:
        return str(kind[1])
    symbol = resolve(project, key, name)
    if symbol is None or ":" not in symbol or symbol.endswith(":"):
        return None
    bind = binding(project, symbol)
    if bind is None or not ir.is_a(bind.value, "call") or bind.value is None:
        return None
    func = dotted(bind.value[1])
    made = resolve(project, f"{symbol.partition(':')[0]}:", func) if func is not None else None
    return made if made is not None and ":" not in made else None


def reads_environment(project: Project, key: str, call: Expr) -> bool:
    """Whether a call reads an environment variable, `config("NAME")` of an unknown library included."""
    func = dotted(call[1])
    if func is None:
        return False
    symbol = resolve(project, key, func)
    if symbol in READERS:
        return True
    return symbol is None and func.rpartition(".")[2] in ("config", "env") and bool(call[2])


def read_variable(project: Project, key: str, call: Expr) -> tuple[str, Expr | None] | None:
    """(name of the variable, default) of a call that reads the environment; None for any other call."""
    func = dotted(call[1])
    if func is None or not call[2]:
        return None
    symbol = resolve(project, key, func)
    if symbol is not None and ":" in symbol:
        kind = Typing(project, key).name(func, 1 << 30)
        symbol = f"{kind[1]}.__call__" if kind is not None and kind[0] == "inst" else symbol
    if symbol is None or symbol not in READERS:
        return None
    name = ir.text_of(call[2][0])
    if name is None:
        return None
    keyword, position = READERS[symbol]
    return name, ir.argument(call, position, keyword)


def default_behind(project: Project, key: str, value: Expr | None) -> Expr | None:
    """The default that a field of a settings class is given: the literal behind `Field(default="x")`, `config("X", default="x")`,
    `SecretStr("x")`, `os.getenv("X", "x")`; the expression itself when it is no call, None when there is no default to see."""
    if value is None or not ir.is_a(value, "call"):
        return value
    read = read_variable(project, key, value)
    if read is not None:
        return read[1]
    name = ir.last_name(value[1])
    if name == "Field":
        return default_behind(project, key, ir.argument(value, 0, "default"))
    if name in ("SecretStr", "SecretBytes", "str") and value[2]:
        return default_behind(project, key, value[2][0])
    return None
