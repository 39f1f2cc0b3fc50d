"""Newer syntax gives the same facts on every host."""

from __future__ import annotations

import ast
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.parsing import SourceDecodeError, TooDeep, decode, downlevel, host_parse, parse

NEWER = {
    "except-commas": "try:\n    pass\nexcept ValueError, KeyError:\n    x = 1\nexcept* OSError if False else TypeError:\n    pass\n",
    "except-two": "try:\n    f()\nexcept a.B, c.D(1), E:\n    raise\n",
    "except-star": "try:\n    f()\nexcept* A, B:\n    pass\n",
    "def-parameters": "def first[T: (int, str), *Ts, **P](x: T, y: int = 1) -> T:\n    return x\n",
    "class-parameters": "class Box[T](Base[T], metaclass=M):\n    item: T\n",
    "defaults": "class Box[T = int]:\n    pass\n",
    "multi-line-parameters": "def f[\n    T,\n    U: int,\n](x: T, y: U):\n    return x\n",
    "type-statement": "type Pair[T] = tuple[T, T]\nif x:\n    type Name = str\ntype = 3\ntype(x)\nprint(type)\n",
    "same-quotes": 'x = f"{a["b"]} and {c("d")}"\n',
    "nested": 'x = f"{f"{f"{name}"}"}"\n',
    "backslash": "x = f\"{'\\n'.join(rows)}\"\n",
    "multi-line-field": 'x = f"{\n    call(1)  # why\n}" + y\n',
    "format-spec": 'x = f"{value!r:>{width}} {a["b"]:{fmt["x"]}}"\n',
    "debug": 'x = f"{value=} {a["b"]=!s}"\n',
    "concatenated": 'x = ("a" f"{b["c"]}" "d\\t" f"{e}")\n',
    "non-ascii": 'x = f"Ünï {a["ö"]} — {call()}"; y = g()\n',
    "braces": 'x = f"{{{a["b"]}}} {{literal}}"\n',
    "lambda-in-field": 'x = f"{(lambda v: v["k"])(d["e"])}"\n',
    "raw": 'x = rf"\\d{a["b"]}\\{{}}"\n',
}


@pytest.mark.parametrize("name", [n for n in NEWER if n not in ("except-commas",)])
def test_parses_on_this_host(name: str) -> None:
    parse(NEWER[name])


def test_except_without_parentheses_is_a_tuple_at_its_place() -> None:
    tree = parse(NEWER["except-two"])
    handler = tree.body[0].handlers[0]  # type: ignore[attr-defined]
    assert isinstance(handler.type, ast.Tuple)
    assert [ast.unparse(e) for e in handler.type.elts] == ["a.B", "c.D(1)", "E"]
    assert (handler.type.lineno, handler.type.col_offset, handler.type.end_col_offset) == (3, 7, 21)


@pytest.mark.parametrize(
    "text",
    ["try:\n    f()\nexcept A, B as e:\n    pass\n", "def f(:\n", "x = f'{'\n", 'x = f"{a b}"\n', "type X = \n", "\0"],
)
def test_broken_in_every_python(text: str) -> None:
    with pytest.raises(SyntaxError):
        parse(text)


def test_type_parameters_keep_names_and_places() -> None:
    tree = parse(NEWER["def-parameters"])
    function = tree.body[0]
    assert isinstance(function, ast.FunctionDef)
    assert [p.name for p in function.type_params] == ["T", "Ts", "P"]  # type: ignore[attr-defined]
    assert [(a.arg, a.col_offset) for a in function.args.args] == [("x", 35), ("y", 41)]


def test_type_statement_and_type_as_a_name() -> None:
    tree = parse(NEWER["type-statement"])
    alias = tree.body[0]
    target = alias.name if hasattr(alias, "name") else alias.targets[0]  # type: ignore[attr-defined]
    assert (target.id, target.lineno, target.col_offset) == ("Pair", 1, 5)
    assert isinstance(tree.body[2], ast.Assign)


def _normal(tree: ast.AST) -> str:
    """A dump in which what hosts write differently (positions of literal text in f-strings, type parameters) is left out."""
    for node in ast.walk(tree):
        if hasattr(node, "type_params"):
            node.type_params = []
        if isinstance(node, ast.JoinedStr):
            for value in node.values:
                value.lineno = value.col_offset = value.end_lineno = value.end_col_offset = 0
                if isinstance(value, ast.FormattedValue) and value.format_spec is not None:
                    spec = value.format_spec
                    spec.lineno = spec.col_offset = spec.end_lineno = spec.end_col_offset = 0
    return ast.dump(tree, include_attributes=True)


def _forced(text: str) -> ast.AST:
    """The tree by way of every rewrite, whether the host needs it or not."""
    tokens, patches = downlevel.scan(text), downlevel._Patches()
    rewritten = downlevel._except_commas(text, tokens, patches)
    rewritten = downlevel._type_parameters(rewritten, tokens, patches)
    rewritten = downlevel._strings(rewritten, tokens, patches, (3, 11))
    tree = host_parse(rewritten, "x")
    assert downlevel._patch(tree, text, patches, (3, 11))
    return tree


@pytest.mark.skipif(sys.version_info < (3, 13), reason="compares with a host that knows the syntax itself")
@pytest.mark.parametrize("name", [n for n in NEWER if not n.startswith(("except", "type"))])
def test_rewrite_equals_the_host(name: str) -> None:
    assert _normal(_forced(NEWER[name])) == _normal(host_parse(NEWER[name], "x"))


_NAMES = st.sampled_from(["a", "item", "ñandú"])
_VALUES = st.recursive(
    _NAMES | st.just("1") | st.just('d["k"]') | st.just("call(x, y=1)"),
    lambda inner: st.one_of(
        st.builds('f"é {{{}}} {{{}!r:>{{{}}}}}"'.format, inner, inner, _NAMES),
        st.builds("f'''{{{}}}\n{{{}}}'''".format, inner, inner),
        st.builds("({} + {})".format, inner, inner),
    ),
    max_leaves=5,
)


@pytest.mark.skipif(sys.version_info < (3, 13), reason="compares with a host that places every part exactly")
@given(value=_VALUES, name=_NAMES)
def test_rewrite_equals_the_host_for_random_strings(value: str, name: str) -> None:
    text = f"def {name}():\n    {name} = {value}; y = g({value})\n"
    assert _normal(_forced(text)) == _normal(host_parse(text, "x"))


DEEP = {
    "parentheses": "x = " + "(" * 5000 + ")" * 5000,
    "lists": "x = " + "[" * 5000 + "]" * 5000,
    "blocks": "".join("    " * 0 + " " * i + "if x:\n" for i in range(5000)) + " " * 5000 + "pass\n",
    "sum": "x = " + "+".join(["1"] * 20000),
    "attributes": "x = a" + ".b" * 5000,
    "calls": "x = a" + "()" * 5000,
    "unary": "x = " + "not " * 5000 + "y",
    "elif": "if a:\n    pass\n" + "elif b:\n    pass\n" * 3000,
    "strings": "x = (" + "'a' " * 50000 + ")",
}


@pytest.mark.parametrize("name", DEEP)
def test_depth_never_crashes_the_interpreter(name: str) -> None:
    program = textwrap.dedent(
        """
        import sys
        sys.setrecursionlimit(20000)
        from layercheck.source import extract
        import marshal
        rows = extract("a.py", sys.stdin.buffer.read())
        marshal.dumps(tuple(rows))
        print("done", sorted(k for k, v in rows.rows.items() if v))
        """
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=DEEP[name].encode(), capture_output=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]
    assert b"done" in done.stdout


def test_large_flat_files() -> None:
    assert len(parse("x = [" + "1, " * 100_000 + "]\n").body) == 1
    assert len(parse("value = 'x'\n" * 450_000).body) == 450_000


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\r\ny = 2\rz = 3\n", "x = 1\ny = 2\nz = 3\n"),
        (b"\xef\xbb\xbfx = '\xc3\xa9'\n", "x = 'é'\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xe9'\n", "# -*- coding: latin-1 -*-\nx = 'é'\n"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
            "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '€'\n",
        ),
        (b"x = 'coding: latin-1'\n", "x = 'coding: latin-1'\n"),
        (b"", ""),
        (b"x = 1\x0cy\n", "x = 1\x0cy\n"),
    ],
)
def test_decode(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"a = 1\nb = '\xff'\n", 2, "not UTF-8"),
        (b"# coding: klingon\n", 1, "unknown encoding"),
        (b"x = 1\n\0\n", 2, "NUL"),
        (b"\xef\xbb\xbf# coding: latin-1\n", 1, "byte order mark"),
    ],
)
def test_undecodable(data: bytes, line: int, words: str) -> None:
    with pytest.raises(SourceDecodeError) as caught:
        decode(data)
    assert caught.value.lineno == line
    assert words in str(caught.value.msg)


def test_no_warning_reaches_the_user(recwarn: pytest.WarningsRecorder) -> None:
    parse("x = '\\d'\ndef f():\n    try:\n        pass\n    finally:\n        return 1\n")
    assert not recwarn.list


def test_too_deep_is_a_syntax_error() -> None:
    assert issubclass(TooDeep, SyntaxError)
