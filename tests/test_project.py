"""The linked project: what is asked again after a change, and what is not."""

from __future__ import annotations

import pytest

from layercheck.answers import GROUNDS, NOTHING
from layercheck.facts.rows import Body, Class, Function, Module
from layercheck.model import Place, Span
from layercheck.project import Project, query
from layercheck.queries.symbols import mro
from layercheck.queries.types import return_type
from layercheck.source import extract
from support import project_of, settings_for

asked: list[str] = []


@query
def names(project: Project, path: str) -> tuple[str, ...]:
    asked.append(f"names {path}")
    module = project.get(Module, f"{path}:")
    return tuple(name for name, _, _ in module.names) if module is not None else ()


@query
def count(project: Project, path: str) -> int:
    asked.append(f"count {path}")
    return len(names(project, path))


@query
def report(project: Project, path: str) -> str:
    asked.append(f"report {path}")
    return f"{path} has {count(project, path)}"


@query
def missing(project: Project, key: str) -> bool:
    asked.append(f"missing {key}")
    return project.get(Function, key) is None


@query
def everything(project: Project) -> int:
    asked.append("everything")
    return len(list(project.all(Class)))


@query
def is_python(project: Project, path: str) -> bool:
    asked.append(f"is_python {path}")
    return project.has_file(path) and path.endswith(".py")


def edit(project: Project, path: str, text: str | None) -> bool:
    asked.clear()
    return project.replace(path, None if text is None else extract(path, text.encode()).rows)


def test_answers_are_remembered() -> None:
    project = project_of({"a.py": "x = 1\n"})
    assert report(project, "a.py") == "a.py has 1"
    asked.clear()
    assert report(project, "a.py") == "a.py has 1"
    assert asked == []


def test_a_change_elsewhere_asks_nothing_again() -> None:
    project = project_of({"a.py": "x = 1\n", "b.py": "y = 1\n"})
    report(project, "a.py")
    assert edit(project, "b.py", "y = 1\nz = 2\n")
    assert report(project, "a.py") == "a.py has 1"
    assert asked == []


def test_an_equal_answer_stops_the_wave() -> None:
    project = project_of({"a.py": "x = 1\n"})
    report(project, "a.py")
    edit(project, "a.py", "y = 1\n")
    assert report(project, "a.py") == "a.py has 1"
    assert asked == ["names a.py", "count a.py"]
    edit(project, "a.py", "y = 1\nz = 1\n")
    assert report(project, "a.py") == "a.py has 2"
    assert asked == ["names a.py", "count a.py", "report a.py"]


def test_equal_rows_change_nothing() -> None:
    project = project_of({"a.py": "def f():\n    return 1\n"})
    names(project, "a.py")
    missing(project, "a.py:f")
    edit(project, "a.py", "\n\n\ndef f():\n    return 1\n")
    assert names(project, "a.py") == ("f",)
    assert not missing(project, "a.py:f")
    assert asked == []
    assert project.span(Place("Function", "a.py:f", 0)).line == 4


def test_numbers_and_truth_values_are_different_code() -> None:
    project = project_of({"a.py": "def f():\n    return 1\n"})
    assert return_type(project, "a.py:f") == ("inst", "builtins.int", ())
    assert edit(project, "a.py", "def f():\n    return True\n")
    assert return_type(project, "a.py:f") == ("inst", "builtins.bool", ())
    assert edit(project, "a.py", "def f():\n    return 1.0\n")
    assert return_type(project, "a.py:f") == ("inst", "builtins.float", ())


def test_absent_rows_are_read_too() -> None:
    project = project_of({"a.py": "x = 1\n"})
    assert missing(project, "a.py:f")
    edit(project, "a.py", "x = 1\n\n\ndef g(): ...\n")
    assert missing(project, "a.py:f")
    assert asked == []
    edit(project, "a.py", "def f(): ...\n")
    assert not missing(project, "a.py:f")
    assert missing(project, "b.py:f")
    edit(project, "b.py", "def f(): ...\n")
    assert not missing(project, "b.py:f")
    edit(project, "b.py", None)
    assert missing(project, "b.py:f")


def test_the_set_of_files_is_read_too() -> None:
    project = project_of({"a.py": ""})
    assert not is_python(project, "b.py")
    edit(project, "a.py", "x = 1\n")
    assert not is_python(project, "b.py")
    assert asked == [], "no file came or went"
    edit(project, "b.py", "")
    assert is_python(project, "b.py")
    edit(project, "b.py", None)
    assert not is_python(project, "b.py")


def test_all_rows_of_a_type() -> None:
    project = project_of({"a.py": "class A: ...\n", "b.py": "x = 1\n"})
    assert everything(project) == 1
    edit(project, "b.py", "x = 2\n")
    assert everything(project) == 1
    assert asked == []
    edit(project, "b.py", "class B: ...\n")
    assert everything(project) == 2
    edit(project, "a.py", None)
    assert everything(project) == 1


def test_a_knot_is_answered_once_for_all() -> None:
    size = 12
    text = "\n\n".join(
        f"def f{i}(x):\n" + "".join(f"    if x == {j}:\n        return f{j}(x)\n" for j in range(size))
        for i in range(size)
    )
    project = project_of({"a.py": text})
    assert return_type(project, "a.py:f0") is None
    assert project.asked < 40 * size, "a few rounds, not every path through the knot"
    edit(project, "a.py", text.replace("return f3(x)", "return 'x'", 1))
    assert return_type(project, "a.py:f11") == ("inst", "builtins.str", ())


def test_who_asks_first_in_a_knot_does_not_matter() -> None:
    text = "def f(x):\n    if x:\n        return g(x)\n    return 'a'\n\n\ndef g(x):\n    if x:\n        return f(x)\n    return 1\n"
    one, two = project_of({"a.py": text}), project_of({"a.py": text})
    first = [return_type(one, "a.py:f"), return_type(one, "a.py:g")]
    second = [return_type(two, "a.py:g"), return_type(two, "a.py:f")]
    assert first == second[::-1]


def test_inheritance_cycles() -> None:
    project = project_of(
        {"a.py": "from b import B\n\n\nclass A(B): ...\n", "b.py": "from a import A\n\n\nclass B(A): ...\n"}
    )
    assert mro(project, "a.py:A")[0] == "a.py:A"
    edit(project, "b.py", "class B: ...\n")
    assert mro(project, "a.py:A") == ("a.py:A", "b.py:B")
    assert mro(project, "b.py:B") == ("b.py:B",)


def test_replace_is_idempotent_and_order_free() -> None:
    files = {"a.py": "x = 1\n", "b.py": "import a\n", "README.md": "# Title\n", "c.py": "def broken(:\n"}
    project, other = project_of(files), project_of(dict(reversed(files.items())))
    assert project.files() == other.files() == sorted(files)
    for path, text in files.items():
        assert not edit(project, path, text)
    assert not project.replace("never.py", None)


def test_rows_of_a_file_go_with_it() -> None:
    project = project_of({"a.py": "class A:\n    def m(self): ...\n"})
    edit(project, "a.py", "class A: ...\n")
    assert project.get(Function, "a.py:A.m") is None
    assert [row.key for row in project.of_file(Body, "a.py")] == ["a.py:A", "a.py:"]
    edit(project, "a.py", None)
    assert project.files() == []
    assert project.of_file(Class, "a.py") == ()
    assert not project.has_folder("app")


def test_folders() -> None:
    project = project_of({"app/api/users.py": "", "docs/README.md": ""})
    assert project.has_folder("")
    assert project.has_folder("app")
    assert project.has_folder("app/api")
    assert not project.has_folder("docs"), "no Python in it"
    assert not project.has_folder("app/ap")


def test_a_place_that_is_gone_is_the_first_line() -> None:
    project = Project(settings_for())
    assert project.span(Place("Function", "a.py:f", 3)) == Span("a.py", 1, 0, 1, 0)
    assert project.span(Span("b.py", 2, 1, 2, 5)) == Span("b.py", 2, 1, 2, 5)


def test_positions_are_no_reads() -> None:
    project = project_of({"a.py": "def f(): ...\n"})
    names(project, "a.py")
    assert project.reads_of(f"{names.__module__}.names", "a.py") == frozenset({("Module", "a.py:")})


def test_a_project_for_one_look_takes_no_edit_after_it() -> None:
    project = Project(settings_for(), NOTHING)
    project.replace("a.py", extract("a.py", b"x = 1\n").rows)
    project.replace("a.py", extract("a.py", b"y = 1\n").rows)
    assert names(project, "a.py") == ("y",)
    assert project.reads_of(f"{names.__module__}.names", "a.py") == frozenset()
    with pytest.raises(RuntimeError, match="one look"):
        project.replace("a.py", None)


@query
def _nothing_of(project: Project, path: str) -> None:
    """An answer that is None is an answer."""


@query
def _of_two(project: Project, path: str, name: str = "x") -> str:
    return f"{path}{name}"


@query
def _of_all(project: Project) -> tuple[str, ...]:
    return (_of_two(project, "a.py"), _of_two(project, "a.py", "y"))


def test_answers_for_one_look_are_given_once_until_they_are_forgotten() -> None:
    project = Project(settings_for(), NOTHING)
    for _ in range(2):
        assert _nothing_of(project, "a.py") is None
        assert _of_all(project) == ("a.pyx", "a.pyy")
        assert _of_two(project, "a.py", "y") == "a.pyy"
        assert project.ask(f"{_of_two.__module__}._of_two", _of_two.__wrapped__, None, ("a.py",)) == "a.pyx"
    assert project.asked == 4
    project.forget()
    assert _of_all(project) == ("a.pyx", "a.pyy")
    assert project.asked == 4  # about the whole project, so it is kept
    assert _nothing_of(project, "a.py") is None
    assert project.asked == 5


@query
def _names_of(project: Project, path: str) -> frozenset[str]:
    return frozenset({path, "x"})


@query(dear=True)
def _dear_names_of(project: Project, path: str) -> frozenset[str]:
    return frozenset({path, "y"})


@query
def _all_names(project: Project) -> frozenset[str]:
    return frozenset({"a", "b"})


@pytest.mark.parametrize("noting", [NOTHING, GROUNDS])
def test_heavy_answers_that_nobody_asks_for_are_swept(noting: int) -> None:
    project = Project(settings_for(), noting)
    project.sweep_after = 10
    lasting = (_dear_names_of(project, "a.py"), _all_names(project), _of_two(project, "a.py"), _reached(project, "a"))
    assert _names_of(project, "a.py") == frozenset({"a.py", "x"})
    for number in range(100):
        _names_of(project, f"{number}.py")
        assert _names_of(project, "b.py") == frozenset({"b.py", "x"})
    asked = project.asked
    assert _names_of(project, "b.py") == frozenset({"b.py", "x"})  # was wanted all the time
    assert (
        _dear_names_of(project, "a.py"),
        _all_names(project),
        _of_two(project, "a.py"),
        _reached(project, "a"),
    ) == lasting
    assert project.asked == asked
    assert _names_of(project, "a.py") == frozenset({"a.py", "x"})
    assert project.asked == asked + 1
    held = project._given if project._given is not None else project._memo
    assert len(held[f"{_names_of.__module__}._names_of"]) < 30


def test_circles_in_a_project_for_one_look() -> None:
    project = Project(settings_for(), NOTHING)
    assert _reached(project, "a") == frozenset("abc")
    assert _reached(project, "c") == frozenset("abc")
    asked = project.asked
    assert _reached(project, "b") == frozenset("abc")
    assert project.asked == asked


@query(bottom=frozenset())
def _reached(project: Project, name: str) -> frozenset[str]:
    following = {"a": "b", "b": "c", "c": "a"}[name]
    return _reached(project, following) | {name}


@query
def _words(project: Project, key: str) -> tuple[str, ...]:
    asked.append(f"words {key}")
    body = project.get(Body, key)
    return body.words if body is not None else ()


@query
def _words_twice(project: Project, key: str) -> int:
    return len(_words(project, key))


@query
def _words_in(project: Project, path: str) -> int:
    return sum(_words_twice(project, f"{path}:f{n}") for n in range(60))


def _functions(changed: int) -> str:
    return "\n".join(f"def f{n}():\n    return {'a, b' if n == changed else 'a'}" for n in range(60))


@pytest.mark.parametrize("asked_between", [False, True])
def test_a_file_that_is_followed_answers_as_before(asked_between: bool) -> None:
    """With its parts dealt anew, answers that stand on the old ones are still looked at."""
    project = project_of({"m.py": _functions(-1), "other.py": _functions(-1)})
    assert (_words_in(project, "m.py"), _words_in(project, "other.py")) == (60, 60)
    project.follow("m.py")
    if asked_between:
        assert _words_in(project, "m.py") == 60
    for changed in (7, 59, 7):
        edit(project, "m.py", _functions(changed))
        assert _words_in(project, "m.py") == 61
    assert set(asked) == {"words m.py:f7", "words m.py:f59"}
    edit(project, "other.py", _functions(3))
    assert (_words_in(project, "other.py"), _words_in(project, "m.py")) == (61, 61)


def test_parts_of_a_file_that_is_followed_are_nobody_elses() -> None:
    project = project_of({f"m{n}.py": _functions(-1) for n in range(40)})
    project.follow("m3.py")
    edit(project, "m3.py", _functions(-1) + "\ndef more():\n    return 1\n")
    cells = {path: project._keys["Body"][path].value for path in project.files()}
    grounds = [cell.ground for cell in cells["m3.py"]]
    assert len(set(grounds)) == len(grounds) == 62
    assert not set(grounds) & {cell.ground for path, there in cells.items() if path != "m3.py" for cell in there}
