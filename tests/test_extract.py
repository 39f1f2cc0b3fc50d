"""The one walk: what each statement and expression becomes, and where it says that it stands."""

from __future__ import annotations

import marshal
from typing import Any

import pytest

from layercheck.facts.rows import Body, Class, Function, Import, Module
from layercheck.model import Place
from layercheck.project import Project
from layercheck.source import extract
from support import project_of

PATH = "a.py"


def body(text: str, key: str = "") -> Body:
    row = project_of({PATH: text}).get(Body, f"{PATH}:{key}")
    assert row is not None
    return row


def plain(value: Any) -> Any:
    """Without ordinals: the last item of what has one becomes "@"."""
    if not isinstance(value, tuple) or not value:
        return value
    if isinstance(value[0], str) and value[0] in _WITH_PLACE:
        return (*map(plain, value[:-1]), "@")
    return tuple(map(plain, value))


_WITH_PLACE = frozenset({
    "ref", "call", "attr", "item", "cmp", "comp", "expr", "assign", "ann", "aug", "return", "raise", "assert", "if", "for", "while", "try", "with",
    "match", "def", "class", "import", "del", "global", "nonlocal", "pass", "break", "continue",
})  # fmt: skip


def expression(text: str) -> Any:
    (statement,) = body(f"{text}\n").statements
    assert statement[0] == "expr"
    return plain(statement[1])


def c(value: object) -> tuple[str, object]:
    return ("const", value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x", "x"),
        ("a.b.c", ("ref", "a.b.c", "@")),
        ("1", c(1)),
        ("'a' 'b'", c("ab")),
        ("b'x'", c(b"x")),
        ("...", c(...)),
        ("None", c(None)),
        ("1j", c(1j)),
        ("f(x)", ("call", "f", ("x",), (), "@")),
        ("a.f(1, *b, k=2, **d)", ("call", "a.f", (c(1), ("star", "b")), (("k", c(2)), (None, "d")), "@")),
        ("f()()", ("call", ("call", "f", (), (), "@"), (), (), "@")),
        ("f().g", ("attr", ("call", "f", (), (), "@"), "g", "@")),
        ("f().g(1)", ("call", ("attr", ("call", "f", (), (), "@"), "g", "@"), (c(1),), (), "@")),
        ("a[1]", ("item", "a", c(1), "@")),
        ("a[1:x]", ("item", "a", ("slice", c(1), "x", None), "@")),
        ("a[::2]", ("item", "a", ("slice", None, None, c(2)), "@")),
        ("(1, x)", ("tuple", (c(1), "x"))),
        ("[1, *x]", ("list", (c(1), ("star", "x")))),
        ("{1}", ("set", (c(1),))),
        ("{'a': 1, **x}", ("dict", ((c("a"), c(1)), (None, "x")))),
        ("f'a{x}b{y!r:>{w}}'", ("fstr", (c("a"), "x", c("b"), "y"))),
        ("a + b + c", ("op", "+", ("a", "b", "c"))),
        ("a + (b + c)", ("op", "+", ("a", ("op", "+", ("b", "c"))))),
        ("a - b * c", ("op", "-", ("a", ("op", "*", ("b", "c"))))),
        ("a @ b", ("op", "@", ("a", "b"))),
        ("a and b and c", ("bool", "and", ("a", "b", "c"))),
        ("a or not b", ("bool", "or", ("a", ("un", "not", "b")))),
        ("-x", ("un", "-", "x")),
        ("~x", ("un", "~", "x")),
        ("a < b is not c", ("cmp", "a", (("<", "b"), ("is not", "c")), "@")),
        ("a not in b", ("cmp", "a", (("not in", "b"),), "@")),
        ("a if t else b", ("ifexp", "t", "a", "b")),
        ("lambda a, /, b, *, c=1: a", ("lambda", ("a", "b", "c"), "a")),
        ("[x for x in y if x]", ("comp", "list", "x", (("x", "y", ("x",), False),), "@")),
        ("{x: 1 for x in y}", ("comp", "dict", ("tuple", ("x", c(1))), (("x", "y", (), False),), "@")),
        ("{x for x in y}", ("comp", "set", "x", (("x", "y", (), False),), "@")),
        ("(x for x in y for z in x)", ("comp", "gen", "x", (("x", "y", (), False), ("z", "x", (), False)), "@")),
        ("(n := f())", ("walrus", "n", ("call", "f", (), (), "@"))),
    ],
)
def test_expressions(text: str, expected: object) -> None:
    assert expression(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = y = 1", ("assign", ("x", "y"), c(1), "@")),
        ("x, *y = z", ("assign", (("tuple", ("x", ("star", "y"))),), "z", "@")),
        ("self.x = 1", ("assign", (("ref", "self.x", "@"),), c(1), "@")),
        ("x[0] = 1", ("assign", (("item", "x", c(0), "@"),), c(1), "@")),
        ("x: int", ("ann", "x", "int", None, "@")),
        ("x: 'int | None' = 1", ("ann", "x", ("op", "|", ("int", c(None))), c(1), "@")),
        ("x: list['User']", ("ann", "x", ("item", "list", "User", "@"), None, "@")),
        ("x: Literal['a']", ("ann", "x", ("item", "Literal", c("a"), "@"), None, "@")),
        ("x: Annotated['User', 'doc']", ("ann", "x", ("item", "Annotated", ("tuple", ("User", c("doc"))), "@"), None, "@")),
        ("x += 1", ("aug", "x", "+", c(1), "@")),
        ("assert x, 'm'", ("assert", "x", c("m"), "@")),
        ("raise E from e", ("raise", "E", "e", "@")),
        ("raise", ("raise", None, None, "@")),
        ("del x, y.z", ("del", ("x", ("ref", "y.z", "@")), "@")),
        ("pass", ("pass", "@")),
        ("import a", ("import", "@")),
        ("if a:\n    pass\nelif b:\n    x\nelse:\n    y", ("if", (("a", (("pass", "@"),)), ("b", (("expr", "x", "@"),))), (("expr", "y", "@"),), "@")),
        ("for x in y:\n    break\nelse:\n    continue_", ("for", "x", "y", (("break", "@"),), (("expr", "continue_", "@"),), False, "@")),
        ("while x:\n    continue", ("while", "x", (("continue", "@"),), (), "@")),
        (
            "try:\n    a\nexcept (E, F) as e:\n    b\nexcept:\n    c\nelse:\n    d\nfinally:\n    f",
            (
                "try",
                (("expr", "a", "@"),),
                ((("tuple", ("E", "F")), "e", (("expr", "b", "@"),), 4), (None, None, (("expr", "c", "@"),), 6)),
                (("expr", "d", "@"),),
                (("expr", "f", "@"),),
                "@",
            ),
        ),
        ("with a as b, c:\n    d", ("with", (("a", "b"), ("c", None)), (("expr", "d", "@"),), False, "@")),
        (
            "match x:\n    case [A(), 'k', *rest] if rest:\n        a\n    case {'k': v, **others} | others:\n        b\n    case M.V:\n        pass",
            (
                "match",
                "x",
                (
                    (("rest",), (c("k"),), "rest", (("expr", "a", "@"),)),
                    (("others", "v"), (), None, (("expr", "b", "@"),)),
                    ((), (("ref", "M.V", "@"),), None, (("pass", "@"),)),
                ),
                "@",
            ),
        ),
        ("def f(): ...", ("def", "f", "@")),
        ("class C: ...", ("class", "C", "@")),
    ],
)  # fmt: skip
def test_statements(text: str, expected: object) -> None:
    (statement,) = body(f"{text}\n").statements
    if expected[0] == "try":  # type: ignore[index]
        statement = (
            *statement[:2],
            tuple((*h[:3], expected[2][i][3]) for i, h in enumerate(statement[2])),
            *statement[3:],
        )  # type: ignore[index]
    assert plain(statement) == expected


def test_async_forms() -> None:
    row = body(
        "async def f():\n    async for x in y:\n        await x\n    async with a as b:\n        return [await i async for i in b]\n",
        "f",
    )
    loop, block = row.statements
    assert plain(loop) == ("for", "x", "y", (("expr", ("await", "x"), "@"),), (), True, "@")
    assert plain(block)[3] is True
    assert plain(block)[2] == (("return", ("comp", "list", ("await", "i"), (("i", "b", (), True),), "@"), "@"),)
    assert [(b.name, b.kind) for b in row.binds] == [("x", "for"), ("b", "awith"), ("i", "comp")]


def test_scopes_and_names() -> None:
    text = (
        "def f():\n    global g\n    g = 1\n    def inner(): yield 1\n    yield from x\n\n\n"
        "class C(Base[int], metaclass=M):\n    kind: str = 'c'\n    def m(self):\n        self.a = self.b.c = 1\n    class D:\n        pass\n"
        "    @property\n    def m(self): return 2\n"
    )
    project = project_of({PATH: text})
    f, inner = project.get(Function, "a.py:f"), project.get(Function, "a.py:f.inner")
    assert f is not None
    assert inner is not None
    assert (f.is_generator, inner.is_generator, inner.parent, f.nested) == (True, True, "f", ("f.inner",))
    assert body(text, "f").global_names == ("g",)
    cls = project.get(Class, "a.py:C")
    assert cls is not None
    assert cls.methods == (("m", "C.m"), ("m", "C.m#2"))
    assert [field.name for field in cls.fields] == ["kind"]
    assert [a.name for a in cls.attributes] == ["a"], "self.b.c is an attribute of b"
    assert plain(cls.bases) == (("item", "Base", "int", "@"),)
    assert cls.keywords == (("metaclass", "M"),)
    second = project.get(Function, "a.py:C.m#2")
    assert second is not None
    assert (second.name, second.cls, second.parent, second.decorators) == ("m", "C", "", ("property",))
    assert project.get(Class, "a.py:C.D") is not None


def test_the_module() -> None:
    text = (
        '"""Doc."""\nimport a.b\nimport a.c as d\nfrom ..x import y as z\nfrom x import *\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import t\n'
        "else:\n    import u\ntry:\n    import v\nexcept ImportError:\n    v = None\n__all__ = ['f']\n__all__ += ['q']\ndef f():\n    import w\n"
        "if __name__ == '__main__':\n    f()\n"
    )
    module = project_of({PATH: text}).get(Module, "a.py:")
    assert module is not None
    assert module.has_doc
    assert module.main_guard
    assert module.exports == ("f", "q")
    found = {(i.module, i.level, i.name, i.bound): i for i in module.imports}
    assert list(found)[:4] == [("a.b", 0, None, "a."), ("a.c", 0, None, "d"), ("x", 2, "y", "z"), ("x", 0, "*", "*")]

    def named(bound: str) -> Import:
        return next(i for i in module.imports if i.bound == bound)

    assert [named(n).type_checking for n in "tuvw"] == [True, False, False, False]
    assert [named(n).guarded for n in "tuvw"] == [False, False, True, False]
    assert named("w").scope == "f"
    assert ("f", "def", "f") in module.names


@pytest.mark.parametrize("value", ["[*others]", "others + ['a']", "('a', 1)"])
def test_exports_that_are_not_literal(value: str) -> None:
    module = project_of({PATH: f"__all__ = {value}\n"}).get(Module, "a.py:")
    assert module is not None
    assert module.exports is None


def test_contexts_of_calls() -> None:
    text = (
        "def f(xs):\n    for x in a(xs):\n        b()\n    else:\n        c()\n    while d():\n        e()\n    try:\n        g()\n    except E:\n"
        "        h()\n    finally:\n        i()\n    if j():\n        k()\n    else:\n        l()\n    [m(x) for x in n() if o()]\n    p(lambda: q())\n"
        "    with r():\n        s()\n    return t() if u() else await_(v())\n"
    )
    row = body(text, "f")
    contexts = row.contexts
    kinds: dict[str, list[str]] = {}
    for call in row.calls:
        chain, context = [], call.context
        while context > 0:
            chain.append(contexts[context].kind)
            context = contexts[context].parent
        kinds[str(call.func)] = chain
    assert kinds == {
        "a": [], "b": ["for"], "c": ["forelse"], "d": ["while"], "e": ["while"], "g": ["try"], "h": ["except"], "i": ["finally"], "j": [],
        "k": ["if"], "l": ["else"], "n": [], "o": ["comp"], "m": ["comp"], "q": ["lambda"], "p": [], "r": [], "s": ["with"], "u": [], "t": ["if"],
        "v": ["else"], "await_": ["else"],
    }  # fmt: skip
    uses = {str(call.func): call.use for call in row.calls}
    assert [uses[name] for name in "abnrj"] == ["iter", "stmt", "iter", "with", ""]


def spans(text: str, key: str = "") -> list[str]:
    """The source text of every call of a body, cut out by its positions."""
    project: Project = project_of({PATH: text})
    row = project.get(Body, f"{PATH}:{key}")
    assert row is not None
    lines = text.split("\n")
    out = []
    for call in row.calls:
        span = project.span(Place("Body", row.key, call.at))
        if span.line == span.end_line:
            out.append(lines[span.line - 1][span.column : span.end_column])
        else:
            inner = [
                lines[span.line - 1][span.column :],
                *lines[span.line : span.end_line - 1],
                lines[span.end_line - 1][: span.end_column],
            ]
            out.append("\n".join(inner))
    return out


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x = f(1)\n", ["f(1)"]),
        ("имя = 'čaj'; x = f('ж', g())\n", ["g()", "f('ж', g())"]),
        ("s = '😀'; f(s)\n", ["f(s)"]),
        ("if x:\n\tf(\t1)\n", ["f(\t1)"]),
        ("f(\n    1,\n    'ü',\n)\n", ["f(\n    1,\n    'ü',\n)"]),
        ("a().b().c()\n", ["a()", "a().b()", "a().b().c()"]),
        ("x = '''é\n''' + f()\n", ["f()"]),
        ("\x0cf()\n", ["f()"]),
        ("x = 1; f(); g()\n", ["f()", "g()"]),
        ("x = f'é{g(1)}'\n", ["g(1)"]),
    ],
)
def test_positions(text: str, expected: list[str]) -> None:
    assert spans(text) == expected


def test_positions_of_heads() -> None:
    text = "@deco\nasync def  naïve(a, b=1):\n    pass\n\n\nclass  Ünit(Base):\n    field = 1\n"
    project = project_of({PATH: text})
    assert project.span(Place("Function", "a.py:naïve", 0))[1:3] == (2, 0)
    assert project.span(Place("Class", "a.py:Ünit", 0))[1:3] == (6, 0)
    function = project.get(Function, "a.py:naïve")
    assert function is not None
    second = project.span(Place("Function", function.key, function.params[1].at))
    assert (second.line, text.split("\n")[1][second.column : second.end_column]) == (2, "b")
    cls = project.get(Class, "a.py:Ünit")
    assert cls is not None
    assert project.span(Place("Class", cls.key, cls.fields[0].at))[1:3] == (7, 4)


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5_000 + ")" * 5_000,
        "x = " + "[" * 150 + "]" * 150,
        "x = " + " + ".join(["a"] * 3_000),
        "x = " + "a" + ".b" * 3_000,
        "x = " + "f" + "()" * 3_000,
        "x = " + "not " * 3_000 + "a",
        "x = " + "-" * 3_000 + "1",
        "x = " + "a if b else " * 2_000 + "c",
        "x = " + "lambda: " * 2_000 + "1",
        "x: " + " | ".join(["A"] * 3_000),
        "x: " + "'" + " | ".join(["A"] * 3_000) + "'",
        "x: " + "list[" * 150 + "int" + "]" * 150,
        "if a0:\n    pass\n" + "".join(f"elif a{i}:\n    f()\n" for i in range(2_000)),
        "".join("    " * i + "if x:\n" for i in range(90)) + "    " * 90 + "f()\n",
        "".join("    " * i + f"def f{i}():\n" for i in range(90)) + "    " * 90 + "pass\n",
        "x = " + "{'a': " * 150 + "1" + "}" * 150,
        "f(" * 150 + ")" * 150,
        "x = " + " and ".join(["a"] * 3_000),
        "x = " + " ".join(["'a'"] * 3_000),
        "x = f'" + "{a}" * 3_000 + "'",
        "match x:\n    case " + "[" * 150 + "]" * 150 + ":\n        pass\n",
        "x = 1\n" * 20_000,
    ],
    ids=lambda text: text[:14],
)  # fmt: skip
def test_depth_and_size_are_bounded(text: str) -> None:
    """Whatever the parser makes of it, nothing is raised, and what comes out can be stored and read again."""
    extracted = extract(PATH, (text + "\n").encode())
    assert extracted.rows.get("Module") or extracted.rows.get("Broken")
    assert marshal.loads(marshal.dumps(tuple(extracted))) == tuple(extracted)


def test_what_a_body_says_at_a_glance() -> None:
    text = (
        "from os import getenv\n"
        "read = getenv\n"
        "app.state.read = environ.get\n"
        "same = same\n"
        "Alias: 'Annotated[Session, Depends(get_db)]' = Annotated[Session, Depends(get_db)]\n"
        "def make(size=3):\n"
        "    if size:\n"
        "        return Depends(get_db)\n"
        "    def inner():\n"
        "        return nothing_of_the_outer\n"
        "    run(lambda: get_db)()\n"
        "    self.db.execute(text('Depends'))\n"
        "    return None\n"
    )
    module, make = body(text), body(text, "make")
    assert module.renames == (("getenv", "read"), ("get", "read"))
    assert module.called == ("Depends",)
    ties = {(name, said) for name, said in module.ties}
    assert ("Alias", ("Annotated", "Depends", "Session", "get_db")) in ties
    assert ("read", ("getenv",)) in ties
    assert make.ties == (("", ("Depends", "get_db")),)
    assert set(make.called) == {"Depends", "run", "", "execute", "text"}
    assert body(text, "make.inner").ties == (("", ("nothing_of_the_outer",)),)


@pytest.mark.parametrize(
    ("text", "mark", "has"),
    [
        ("router.get('/x')(handler)", "()()", True),
        ("make()()", "()()", True),
        ("await make()()", "()()", True),
        ("router.get('/x')", "()()", False),
        ("a.b().c()", "()()", False),
        ("if x:\n    class A: ...", "class", True),
        ("def f():\n    class A: ...", "class", False),
    ],
)
def test_marks_among_the_words_of_a_body(text: str, mark: str, has: bool) -> None:
    assert (mark in body(text).words) is has
