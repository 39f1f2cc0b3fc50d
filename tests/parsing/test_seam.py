"""What the seam promises beside trees: silence, lightness, the host's own words for what is broken."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
import warnings

import pytest
from forcing import forced

from layercheck.parsing import nodes, parse

NOISY = "x = '\\d'\ny = 1if x else 2\nz = b'\\p'\ndef f():\n    try:\n        pass\n    finally:\n        return 1\n"


@pytest.mark.parametrize("action", ["default", "error", "always"])
def test_warnings_about_the_analysed_code_reach_nobody(action: str) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter(action)  # type: ignore[arg-type]
        parse(NOISY)
        forced(NOISY + "type X = int\nf'\\d{x['y']}'\n")
    assert not caught


def test_warnings_of_others_still_do() -> None:
    parse(NOISY)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        parse(NOISY)
        compile("'\\d'", "other.py", "eval")
        warnings.warn("mine", stacklevel=1)
    assert len(caught) == 2


def test_no_filter_is_lost_or_piled_up() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        before = list(warnings.filters)
        for _ in range(3):
            parse(NOISY)
            warnings.filterwarnings("ignore", message="something")
        assert [one for one in warnings.filters if one in before] == before
        assert len(warnings.filters) <= len(before) + 2


def test_threads_do_not_disturb_each_other() -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(200):
                parse(NOISY)
                forced("type X = '\\d'\n")
        except BaseException as error:
            failures.append(error)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not failures


def test_the_fast_path_imports_nothing() -> None:
    program = (
        "import sys; before = set(sys.modules); import layercheck.parsing; layercheck.parsing.parse('x = 1')\n"
        "layercheck.parsing.decode(b'# coding: latin-1')\n"
        "new = {m for m in sys.modules if m not in before and not m.startswith(('layercheck', 'encodings.'))}\n"
        "print(sorted(new - {'__future__', 'typing', 'collections', 'collections.abc'}))\n"
        "print('layercheck.parsing.downlevel' in sys.modules, 'ast' in new, 're' in new, 'warnings' in new)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{program}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines()[1] == "False False False False", done.stdout


def test_the_error_is_about_what_is_broken_not_about_what_is_new() -> None:
    with pytest.raises(SyntaxError) as caught:
        parse("type X = int\ntry: pass\nexcept A, B: pass\nx = f'{y['z']}'\n\nx = = 1\n", "app/main.py")
    assert (caught.value.filename, caught.value.lineno, caught.value.offset) == ("app/main.py", 6, 5)
    assert caught.value.text is not None
    assert caught.value.text.strip() == "x = = 1"


def test_an_error_in_a_replacement_field_is_where_the_field_is() -> None:
    with pytest.raises(SyntaxError) as caught:
        forced("type X = int\n\nx = f'''\n{é + } {a['b']}'''\n")
    assert caught.value.lineno == 4


def test_nodes_have_the_shape_of_the_newest_ast() -> None:
    """Also what a walk over the tree sees of the stand-ins."""
    tree = parse("x = t'a{b!r:{c}}'\n")
    template = tree.body[0].value  # type: ignore[attr-defined]
    assert isinstance(template, nodes.TemplateStr)
    assert type(template).__name__ == "TemplateStr"
    constant, interpolation = template.values
    assert (constant.value, interpolation.str, interpolation.conversion) == ("a", "b", 114)
    assert {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} == {"x", "b", "c"}


def test_type_parameters_are_attributes_where_the_host_has_no_field() -> None:
    tree = parse("def f[T: A = B, *Ts, **P](): pass\nclass C[U]: pass\ntype X[V] = W\n")
    found = [node.type_params for node in tree.body]  # type: ignore[attr-defined]
    assert [[parameter.name for parameter in parameters] for parameters in found] == [["T", "Ts", "P"], ["U"], ["V"]]
    first = found[0][0]
    assert isinstance(first, nodes.TypeVar)
    assert (first.bound.id, first.default_value.id) == ("A", "B")
    assert isinstance(found[0][1], nodes.TypeVarTuple)
    assert isinstance(found[0][2], nodes.ParamSpec)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the host has the node class")
def test_a_type_statement_is_an_assignment_where_the_host_has_no_class() -> None:
    statement = parse("type X = W\n").body[0]
    assert ast.dump(statement) == "Assign(targets=[Name(id='X', ctx=Store())], value=Name(id='W', ctx=Load()))"
    assert ast.unparse(statement) == "X = W"
