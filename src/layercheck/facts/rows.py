"""The rows that the one walk leaves of a Python file, as typed views over plain tuples.

A stored row is `(key, value, positions)`. `value` is a plain tuple that takes part in equality; `positions` are the places of its
parts, packed (see `places`), which do not, so that moving code changes nothing for anybody else. A view is made with
`VIEWS["Type"](key, positions, *value)`.
"""

from __future__ import annotations

import marshal
from collections.abc import Callable
from typing import Any

from layercheck.facts.code import Code, Notes, spooling
from layercheck.ir import Expr, Recent, Stmt
from layercheck.model import Place
from layercheck.tuples import NamedTuple


def path_of(key: str) -> str:
    """The file of a key: "app/main.py" for "app/main.py:create_app"."""
    return key.partition(":")[0]


def qualname_of(key: str) -> str:
    """The dotted name inside the file, '' for the module itself."""
    return key.partition(":")[2]


class Import(NamedTuple):
    """One imported name. `import a.b as c` -> module "a.b", name None, bound "c"; `from .x import y` -> level 1, name "y"."""

    module: str
    level: int
    name: str | None
    bound: str
    scope: str
    """Qualname of the function or class around it, '' at module level."""
    type_checking: bool
    guarded: bool
    """Inside a try: an optional import."""
    at: int


class Param(NamedTuple):
    """A parameter. kind: "pos" (positional only), "arg", "var" (*args), "kw" (keyword only), "kwvar" (**kwargs)."""

    name: str
    kind: str
    annotation: Expr | None
    default: Expr | None
    at: int


class Field(NamedTuple):
    """A name bound in a class body."""

    name: str
    annotation: Expr | None
    value: Expr | None
    at: int


class Attribute(NamedTuple):
    """`self.name = value` (or an annotated form) in a method."""

    name: str
    method: str
    annotation: Expr | None
    value: Expr | None
    kind: str


class Bind(NamedTuple):
    """A name that gets a value. kind: "=" value, "for" an element of, "with"/"awith" entering, "except" an exception of type,
    "comp" an element of, ":=" value, "item" (a tuple target: `value` is ("item", whole, ("const", i), 0)), "aug", "import"."""

    name: str
    kind: str
    value: Expr | None
    annotation: Expr | None
    context: int
    at: int


class Context(NamedTuple):
    """A control structure around code: kind and the index of the one around it (0 is the function itself).

    kind: "for" "while" "comp" (run once an iteration), "forelse" "whileelse", "if" "else", "try" "except" "tryelse" "finally",
    "with", "case", "lambda". `construct` is the ordinal of the statement, the same for the branches of one `if`.
    `info` is the iterable and target of a loop, the test of an if, the types of an except, the contexts of a with.
    """

    kind: str
    parent: int
    construct: int
    info: Any


class Call(NamedTuple):
    """A call in a body: the call expression, the context it stands in, and how its value is used.

    use: "" (part of an expression), "stmt" (thrown away), "return", "with" (context manager), "iter" (iterated over), "bind".
    """

    call: Expr
    context: int
    awaited: bool
    use: str

    @property
    def func(self) -> Expr:
        """The called expression."""
        return self.call[1]

    @property
    def at(self) -> int:
        """The ordinal of the call."""
        return self.call[4]  # type: ignore[no-any-return]


def _views(view: Any, size: int) -> Recent:
    """Typed views over raw tuples, made once for the rows that are looked at again and again."""
    make = view._make
    return Recent(lambda raw: tuple(map(make, raw)), size)


_imports = _views(Import, 1024)
_params = _views(Param, 2048)
_fields = _views(Field, 2048)
_attributes = _views(Attribute, 2048)
_calls = _views(Call, 512)
_binds = _views(Bind, 512)
_contexts = _views(Context, 512)


class Module(NamedTuple):
    """What others may know of a file without looking into its code."""

    key: str
    positions: bytes
    is_package: bool
    has_doc: bool
    raw_imports: tuple[tuple[Any, ...], ...]
    exports: tuple[str, ...] | None
    """The literal `__all__`, None when absent or not literal."""
    names: tuple[tuple[str, str, str], ...]
    """(name, "def" | "class" | "var", qualname) of the names bound at module level; the last binding wins."""
    main_guard: bool
    generated: bool
    """Whether its first lines say that a program wrote it."""

    @property
    def path(self) -> str:
        """The file."""
        return path_of(self.key)

    @property
    def imports(self) -> tuple[Import, ...]:
        """Every imported name of the file, nested ones included."""
        return _imports(self.raw_imports)  # type: ignore[no-any-return]

    def place(self, at: int = 0) -> Place:
        """A place in this row; 0 is the first line of the file."""
        return Place("Module", self.key, at)


class Function(NamedTuple):
    """A function or method: what its callers may know."""

    key: str
    positions: bytes
    name: str
    cls: str
    """Qualname of the class it is a method of, ''."""
    parent: str
    """Qualname of the function around it, ''."""
    is_async: bool
    is_generator: bool
    decorators: tuple[Expr, ...]
    raw_params: tuple[tuple[Any, ...], ...]
    returns: Expr | None
    has_doc: bool
    nested: tuple[str, ...]

    @property
    def path(self) -> str:
        """The file."""
        return path_of(self.key)

    @property
    def qualname(self) -> str:
        """The dotted name inside the file."""
        return qualname_of(self.key)

    @property
    def params(self) -> tuple[Param, ...]:
        """The parameters in order."""
        return _params(self.raw_params)  # type: ignore[no-any-return]

    def place(self, at: int = 0) -> Place:
        """A place in this row; 0 is the def line."""
        return Place("Function", self.key, at)


class Class(NamedTuple):
    """A class: bases, fields, methods and what its methods put on self."""

    key: str
    positions: bytes
    name: str
    parent: str
    bases: tuple[Expr, ...]
    keywords: tuple[tuple[str | None, Expr], ...]
    decorators: tuple[Expr, ...]
    raw_fields: tuple[tuple[Any, ...], ...]
    methods: tuple[tuple[str, str], ...]
    """(name, qualname) of the functions defined in the body, in order."""
    raw_attributes: tuple[tuple[Any, ...], ...]
    has_doc: bool
    type_params: tuple[str, ...]

    @property
    def path(self) -> str:
        """The file."""
        return path_of(self.key)

    @property
    def qualname(self) -> str:
        """The dotted name inside the file."""
        return qualname_of(self.key)

    @property
    def fields(self) -> tuple[Field, ...]:
        """The names bound in the class body by assignment."""
        return _fields(self.raw_fields)  # type: ignore[no-any-return]

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """What methods assign to self."""
        return _attributes(self.raw_attributes)  # type: ignore[no-any-return]

    def place(self, at: int = 0) -> Place:
        """A place in this row; 0 is the class line."""
        return Place("Class", self.key, at)


class Body(NamedTuple):
    """The code of a function, or of a module (key "path:"), or of a class body (key of the class)."""

    key: str
    positions: bytes
    code: Code
    """What the properties below show, packed or not."""
    words: tuple[str, ...]
    """The identifiers in its expressions, each once: names, attributes, keywords of calls; and marks of what else
    occurs in it: "()" (a call), "()()" (a call of what a call gives), "**" (in a call), "raise", "except", "for", "while" (comprehensions are
    "for"), "yield", "global", "class" (one is defined in it). What
    asks for some of them need not look at a body that has none."""
    texts: tuple[str, ...]
    """The string constants in its expressions, each once; texts that stand alone (docstrings) are left out."""
    called: tuple[str, ...]
    """The last names of what it calls, each once; "" where a callee has none."""
    notes: Notes
    """What `renames` and `ties` show; and the places, where `positions` does not have them."""

    @property
    def renames(self) -> tuple[tuple[str, str], ...]:
        """(last part of the old name, new name) of the names that it binds to a name."""
        return self.notes.parts[0]  # type: ignore[no-any-return]

    @property
    def ties(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """(name, the words that occur in what stands for it): of what a module or class binds, and, with "" as the name, of what a function
        returns; only those in which a word occurs."""
        return self.notes.parts[1]  # type: ignore[no-any-return]

    @property
    def statements(self) -> tuple[Stmt, ...]:
        """The statements, as `ir` describes them."""
        return self.code.parts[0]  # type: ignore[no-any-return]

    @property
    def raw_calls(self) -> tuple[tuple[Any, ...], ...]:
        """`calls` as plain tuples."""
        return self.code.parts[1]  # type: ignore[no-any-return]

    @property
    def raw_binds(self) -> tuple[tuple[Any, ...], ...]:
        """`binds` as plain tuples."""
        return self.code.parts[2]  # type: ignore[no-any-return]

    @property
    def raw_contexts(self) -> tuple[tuple[Any, ...], ...]:
        """`contexts` as plain tuples."""
        return self.code.parts[3]  # type: ignore[no-any-return]

    @property
    def global_names(self) -> tuple[str, ...]:
        """The names that `global` statements declare."""
        return self.code.parts[4]  # type: ignore[no-any-return]

    @property
    def path(self) -> str:
        """The file."""
        return path_of(self.key)

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every call, in the order of the walk."""
        return _calls(self.raw_calls)  # type: ignore[no-any-return]

    @property
    def binds(self) -> tuple[Bind, ...]:
        """Every binding of a name or dotted attribute, in the order of the walk."""
        return _binds(self.raw_binds)  # type: ignore[no-any-return]

    @property
    def contexts(self) -> tuple[Context, ...]:
        """The control structures; index 0 is the body itself."""
        return _contexts(self.raw_contexts)  # type: ignore[no-any-return]

    def place(self, at: int) -> Place:
        """A place in this body."""
        return Place("Body", self.key, at)


class Said(NamedTuple):
    """What is said of a body without its code, under the names that a body has it by: what looks for some names or texts in a file reads no
    more, and is not asked again where an edit changes none of them."""

    key: str
    words: tuple[str, ...]
    texts: tuple[str, ...]
    called: tuple[str, ...]
    notes: Notes

    @property
    def renames(self) -> tuple[tuple[str, str], ...]:
        """As in `Body`."""
        return self.notes.parts[0]  # type: ignore[no-any-return]

    @property
    def ties(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """As in `Body`."""
        return self.notes.parts[1]  # type: ignore[no-any-return]


class Imports(NamedTuple):
    """What a module has beside the names that it binds, under the names that its row has it by: who reads no more is not asked again where
    a function is added."""

    key: str
    is_package: bool
    raw_imports: tuple[tuple[Any, ...], ...]
    main_guard: bool
    generated: bool

    @property
    def imports(self) -> tuple[Import, ...]:
        """Every imported name of the file, nested ones included."""
        return _imports(self.raw_imports)  # type: ignore[no-any-return]


class Source(NamedTuple):
    """The text of a file in figures; changes with every edit, so nothing but size rules should read it."""

    key: str
    positions: bytes
    lines: int
    code_lines: int


class Broken(NamedTuple):
    """A file that could not be decoded or parsed: its content is unknown, never absent."""

    key: str
    positions: bytes
    reason: str
    words: tuple[str, ...]
    """The names that occur in it, sorted: whatever they stand for elsewhere may be used here."""


class Document(NamedTuple):
    """A project file that is not Python (README, .env, pyproject.toml, CI, ...): its text, up to a size limit."""

    key: str
    positions: bytes
    kind: str
    text: str

    @property
    def path(self) -> str:
        """The file."""
        return path_of(self.key)


class Sealed(NamedTuple):
    """The literals of a file that are credentials, when there are any: where they stand. What they say is kept nowhere."""

    key: str
    positions: bytes
    literals: int
    """How many; the n-th stands at place n."""

    @property
    def path(self) -> str:
        """The file."""
        return path_of(self.key)


class EnvFile(NamedTuple):
    """An environment file (.env, .env.example): the names in it. Its values are kept nowhere, but for the scheme of a URL."""

    key: str
    positions: bytes
    names: tuple[tuple[str, bool, bool], ...]
    """(name, commented out, has a value) in order; the n-th name stands at place n, counting from 1."""
    schemes: tuple[str, ...]
    """The schemes of the URLs among the values: "postgresql+asyncpg"."""
    references: tuple[str, ...]
    """The variables that values are made of (`${POSTGRES_USER}`), sorted."""

    @property
    def path(self) -> str:
        """The file."""
        return path_of(self.key)

    def place(self, at: int = 0) -> Place:
        """A place in this row; 0 is the first line of the file."""
        return Place("EnvFile", self.key, at)


class Mentions(NamedTuple):
    """The variables that a project file seems to set or read (compose, CI, Dockerfile, Makefile, scripts, package.json): names only."""

    key: str
    positions: bytes
    names: tuple[str, ...]
    """Words in upper case, and what follows a dollar sign; sorted."""
    packages: tuple[str, ...]
    """The npm packages that a package.json asks for."""

    @property
    def path(self) -> str:
        """The file."""
        return path_of(self.key)


def _body(
    key: str, positions: bytes, code: bytes | Code, words: Any, texts: Any, called: Any, renames: Any, ties: Any
) -> Body:
    unpacked = code if isinstance(code, Code) else Code(code)
    return Body(key, positions, unpacked, words, texts, called, Notes((renames, ties)))


def _seen_once(
    key: str, positions: bytes, code: bytes | Code, words: Any, texts: Any, called: Any, renames: Any, ties: Any
) -> Body:
    if not spooling():
        return _body(key, positions, code, words, texts, called, renames, ties)
    unpacked = code if isinstance(code, Code) else Code(code)
    return Body(key, b"", unpacked, words, texts, called, Notes((renames, ties, positions), pack=True))


def places_of(row: Any) -> bytes:
    """The places of a row."""
    if row.positions or row.__class__ is not Body:
        return row.positions  # type: ignore[no-any-return]
    noted = row.notes.parts
    return noted[2] if len(noted) > 2 else b""


ROW_TYPES: dict[str, Any] = {
    t.__name__: t for t in (Module, Function, Class, Body, Source, Broken, Document, EnvFile, Mentions, Sealed)
}
VIEWS: dict[str, Callable[..., Any]] = {**ROW_TYPES, "Body": _body}
"""Type -> what makes a view of a stored row."""
SEEN_ONCE: dict[str, Callable[..., Any]] = {**VIEWS, "Body": _seen_once}
"""The same where no row is ever compared with one that takes its place: what is seldom read of it may lie elsewhere."""


def imports_of(module: Module) -> Imports:
    """What a module has beside the names that it binds."""
    return Imports(module.key, module.is_package, module.raw_imports, module.main_guard, module.generated)


def said_of(body: Body) -> Said:
    """What is said of a body."""
    return Said(body[0], *body[3:])


def plain_value(kind: str, value: tuple[Any, ...]) -> tuple[Any, ...]:
    """The value of a stored row with nothing packed in it: for tests, and for people who look."""
    return (*marshal.loads(value[0]), *value[1:]) if kind == "Body" else value
