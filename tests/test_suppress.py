"""Suppression comments: every form, what they reach, what is called unused, and the hosts' own behaviour as the measure."""

from __future__ import annotations

import argparse
import ast
import io
import marshal
import tokenize

import astroid
import pytest
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import given, settings
from hypothesis import strategies as st
from pylint import __version__ as pylint_version
from pylint.checkers import BaseChecker
from pylint.lint import PyLinter
from pylint.utils import FileState

from layercheck.model import Finding, Level
from layercheck.suppress import apply, pylint_would_hide, scan
from layercheck.suppress.lexing import lex

KNOWN = {
    "unused-suppression": "LC008",
    "outward-import": "LC101",
    "db-access-in-route": "LC103",
    "print-call": "LC308",
}
NEWEST = tuple(map(int, pylint_version.split(".")[:2])) >= (4, 1)
LEVELS = {"LC008": Level.WARNING, "LC101": Level.ERROR, "LC103": Level.WARNING, "LC308": Level.INFO}
ALL = frozenset(KNOWN.values())


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except SyntaxError:
        return None


def _finding(line: int, code: str = "LC103", end_line: int = 0) -> Finding:
    name = next(name for name, other in KNOWN.items() if other == code)
    return Finding("app/a.py", line, 1, end_line or line, 2, code, name, "m", LEVELS[code])


def silenced(text: str, code: str = "LC103") -> list[int]:
    """The lines on which a finding of this code is suppressed."""
    lines = range(1, len(text.splitlines()) + 1)
    kept, _ = apply([_finding(line, code) for line in lines], scan(text, _parsed(text)), ALL, KNOWN, LEVELS)
    return sorted(set(lines) - {finding.line for finding in kept})


def unused(
    text: str, findings: list[Finding] | None = None, selected: frozenset[str] = ALL
) -> list[tuple[int, str, str]]:
    """(line, name, suggestion) of the suppressions that suppress nothing."""
    found = apply(findings or [], scan(text, _parsed(text)), selected, KNOWN, LEVELS)[1]
    return [(entry.line, entry.name, entry.suggestion) for entry in found]


@pytest.mark.parametrize(
    "comment",
    [
        "# layercheck: ignore",
        "# layercheck: ignore because it is a legacy route",
        "# layercheck: ignore[LC103]",
        "# layercheck: ignore[LC103] the view is read only",
        "# layercheck: ignore[lc103]",
        "# layercheck: ignore[LC101, LC103]",
        "# layercheck: ignore[LC101 LC103]",
        "# layercheck: ignore[db-access-in-route]",
        "# layercheck: ignore[outward-import, db-access-in-route] reason",
        "# layercheck: ignore[LC1]",
        "# layercheck: ignore [ LC103 ]",
        "#layercheck:ignore[LC103]",
        "# type: ignore  # layercheck: ignore[LC103]",
        "# noqa",
        "# NOQA",
        "# NoQA: LC103",
        "# noqa: LC103",
        "# noqa:LC103",
        "# noqa: E501,LC103",
        "# noqa: E501, LC103",
        "# noqa: E501 LC103",
        "# noqa: LC1",
        "# noqa: LC103 reason",
        "# noqa reason",
        "# noqa : LC205",  # to flake8 this is a blanket one
        "# noqa: because",
        "# type: ignore # noqa: LC103",
        "# noqa: E501  # noqa: LC103",
        "# pylint: disable=db-access-in-route",
        "# pylint: disable=W9103",
        "# pylint: disable=w9103",
        "# pylint: disable=W",
        "# pylint: disable=layercheck",
        "# pylint: disable=line-too-long,db-access-in-route",
        "# pylint: disable=db-access-in-route; reason",
        "# pylint: disable=db-access-in-route # reason",
        "# noqa: E501 pylint: disable=db-access-in-route",
        "# noqa: E501  # pylint: disable=db-access-in-route",
    ],
)
def test_trailing_comment_suppresses_its_line_only(comment: str) -> None:
    assert silenced(f"a = 1\nb = 2  {comment}\nc = 3\n") == [2]


@pytest.mark.parametrize(
    "comment",
    [
        "# layercheck: ignore[LC101]",
        "# layercheck: ignore[]",
        "# layercheck: ignore[LC103",
        "# layercheck: ignored",
        "# layercheck: ignore-files",
        "# see layercheck's ignore[LC103]",
        "# layercheck ignore[LC103]",
        "# noqa: E501",
        "# noqa: XLC103",
        "# noqa: LC1035",
        "#noqa",
        "# no qa",
        "# pylint: disable=outward-import",
        "# pylint: disable=E9101",
        "# pylint: disable=E",
        "# pylint: enable=db-access-in-route",
        "# pylint: disable db-access-in-route",
        "# pylint: disable=x ; pylint: db-access-in-route",
        "# spylint: disable=db-access-in-route",
        "# pylint disable=db-access-in-route",
    ],
)
def test_other_comments_suppress_nothing(comment: str) -> None:
    assert silenced(f"a = 1\nb = 2  {comment}\nc = 3\n") == []


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# layercheck: ignore-file[LC103] generated", [1, 2, 3]),
        ("# layercheck: ignore-file[db-access-in-route]", [1, 2, 3]),
        ("# layercheck: ignore-file", [1, 2, 3]),
        ("# layercheck: ignore-file[LC101]", []),
        ("# flake8: noqa", [1, 2, 3]),
        ("# flake8:noqa", [1, 2, 3]),
        ("    # FLAKE8: NOQA", [1, 2, 3]),
        # flake8 skips the whole file whatever follows
        ("# flake8: noqa: E501", [1, 2, 3]),
        ("# pylint: skip-file", [1, 2, 3]),
        ("# pylint: disable=all", [1, 2, 3]),
        ("# pylint: disable-all", [1, 2, 3]),
        ("b = 2  # pylint: disable=all", [1, 2, 3]),
        ("b = 2  # layercheck: ignore-file[LC103]", []),
        ("b = 2  # layercheck: ignore-file", []),
        ("b = 2  # flake8: noqa", []),
    ],
)
def test_file_level(comment: str, expected: list[int]) -> None:
    assert silenced(f"a = 1\n{comment}\nc = 3\n") == expected


def test_comment_above_speaks_for_the_next_line_of_code() -> None:
    assert silenced("a = 1\n# layercheck: ignore[LC103]\nb = 2\nc = 3\n") == [3]
    assert silenced("a = 1\n# layercheck: ignore[LC103]\n# more\n\nb = 2\nc = 3\n") == [5]
    assert silenced("# layercheck: ignore[LC103]\n") == []


def test_comment_above_decorators_reaches_the_definition() -> None:
    text = (
        "# layercheck: ignore[LC103]\n"
        '@router.get(\n    "/x",  # )\n    tags=[")"],\n)\n'
        "@other\n\n# why\n"
        "async def view(\n    a: int,\n):\n    return 1\n"
    )
    assert silenced(text) == [2, 3, 4, 5, 6, 7, 8, 9]


def test_comment_inside_brackets_speaks_for_the_line_below() -> None:
    assert silenced("x = [\n    # layercheck: ignore[LC103]\n    a(),\n    b(),\n]\n") == [3]


def test_joined_lines_are_one_for_noqa_and_ignore() -> None:
    assert silenced('x = f("""\na\n""")  # noqa: LC103\ny = 1\n') == [1, 2, 3]
    assert silenced('x = f("""\na\n""")  # layercheck: ignore[LC103]\ny = 1\n') == [1, 2, 3]
    assert silenced("x = 1 + \\\n    2  # noqa: LC103\ny = 1\n") == [1, 2]
    assert silenced("x = f(\n    a,  # noqa: LC103\n    b,\n)\n") == [2]


def test_comment_behind_closing_brackets_reaches_what_ends_there() -> None:
    text = "x = execute(\n    query,\n)  # layercheck: ignore[LC103]\n"
    suppressions = scan(text, ast.parse(text))
    assert apply([_finding(1, end_line=3)], suppressions, ALL, KNOWN)[0] == []
    assert len(apply([_finding(1, end_line=2)], suppressions, ALL, KNOWN)[0]) == 1
    text = "def f():\n    a()\n    b()  # layercheck: ignore[LC103]\n"
    assert len(apply([_finding(1, end_line=3)], scan(text, ast.parse(text)), ALL, KNOWN)[0]) == 1


@pytest.mark.parametrize(
    "literal",
    [
        '"# layercheck: ignore[LC103]"',
        "'# layercheck: ignore'",
        '"""\n# layercheck: ignore-file\n"""',
        '"\\"# layercheck: ignore"',
        'r"\\\\" + " # layercheck: ignore"',
        'f"{a}# layercheck: ignore"',
        'f"{x["k"]} # layercheck: ignore"',
        'f"{{ # layercheck: ignore"',
        'f"{x:{y["w"]}} # layercheck: ignore"',
        'f"""\n{d["k"]}\n# layercheck: ignore-file\n"""',
        'rf"\\{x["k"]} # layercheck: ignore"',
        '"# pylint: disable=db-access-in-route"',
        '"""\n# pylint: skip-file\n"""',
        '"a\\\n# layercheck: ignore-file"',
    ],
)
def test_text_inside_a_string_is_no_comment(literal: str) -> None:
    assert silenced(f"a = 1\nb = {literal}\nc = 3\n") == []


def test_comment_behind_a_nested_f_string_is_one() -> None:
    assert silenced('a = f"{x["k"]}"  # layercheck: ignore\nb = 1\n') == [1]
    assert silenced("a = f'{x['#']:>{w}}' + if_'#'  # layercheck: ignore\nb = 1\n") == [1]


def test_noqa_in_a_string_counts_as_in_flake8_but_is_never_called_unused() -> None:
    text = 'a = "# noqa: LC103"\nb = 1\n'
    assert silenced(text) == [1]
    assert unused(text) == []


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    text = end.join(["a = 1", "b = 2  # noqa: LC103", "# layercheck: ignore[LC103]", "c = 3", ""])
    kept, _ = apply([_finding(line) for line in range(1, 5)], scan(text), ALL, KNOWN)
    assert [finding.line for finding in kept] == [1, 3]


def test_broken_text_is_read_leniently() -> None:
    assert silenced('def f(:\n    x = "  # noqa: LC103\n    y = 1  # layercheck: ignore[LC103]\n') == [2, 3]
    assert silenced('x = """ # layercheck: ignore\n') == []
    assert silenced("def f(:\n    a = 1  # pylint: disable=db-access-in-route\n    b = 1\n") == [2]
    assert silenced("def f(:\n    # pylint: disable=db-access-in-route\n    b = 1\n") == [2, 3]


def test_what_scan_yields_can_be_marshalled_and_is_deterministic() -> None:
    text = (
        "# layercheck: ignore-file[LC101]\nimport a  # noqa: LC103\n"
        "def f(x):\n    # pylint: disable=print-call\n    print(x)  # layercheck: ignore[print-call] cli\n"
    )
    found = scan(text, ast.parse(text))
    assert len(found) == 4
    assert marshal.loads(marshal.dumps(found)) == found == scan(text, ast.parse(text))
    assert scan("a = 1  # noqa: E501\n") == ()
    assert scan("a = 1\n") == ()


# ------------------------------------------------------------------------------------------------------------------ unused ones


def test_unused_names() -> None:
    assert unused("a = 1  # noqa: LC103\n") == [(1, "LC103", "")]
    assert unused("a = 1  # noqa: E501, LC103, F401\n") == [(1, "LC103", "")]
    assert unused("a = 1  # layercheck: ignore[print-call, LC103]\n", [_finding(1)]) == [(1, "print-call", "")]
    assert unused("# layercheck: ignore-file[LC101]\na = 1\n") == [(1, "LC101", "")]
    assert unused("a = 1  # layercheck: ignore-file[LC103]\n", [_finding(1)]) == [(1, "LC103", "")]
    assert unused("a = 1  # noqa: LC103\n", [_finding(1)]) == []
    assert unused("a = 1  # noqa: LC1\n", [_finding(1)]) == []
    assert unused("a = 1  # noqa: LC1\n", [_finding(1, "LC308")]) == [(1, "LC1", "")]


def test_two_comments_for_one_finding_are_both_used() -> None:
    assert unused("# layercheck: ignore[LC103]\na = 1  # noqa: LC103\n", [_finding(2)]) == []


def test_unused_spares_blanket_comments_other_tools_and_rules_that_did_not_run() -> None:
    assert unused("a = 1  # noqa\nb = 1  # layercheck: ignore\n# layercheck: ignore-file\n# flake8: noqa\n") == []
    assert unused("a = 1  # noqa: E501, LCD1\nb = 1  # pylint: disable=db-access-in-route\n") == []
    assert unused("a = 1  # noqa: LC103\n", selected=frozenset({"LC101", "LC008"})) == []
    assert unused("a = 1  # noqa: LC1\n", selected=frozenset({"LC101", "LC008"})) == []


def test_unknown_names_get_a_suggestion() -> None:
    assert unused("a = 1  # layercheck: ignore[db-acess-in-route]\n") == [
        (1, "db-acess-in-route", "db-access-in-route")
    ]
    assert unused("a = 1  # layercheck: ignore[LC1O3]\n") == [(1, "LC1O3", "")]
    assert unused("a = 1  # noqa: LC999\n") == [(1, "LC999", "")]
    assert unused("a = 1  # noqa: LC303\n") == [(1, "LC303", "LC308")]
    assert unused("a = 1  # layercheck: ignore[E501]\n") == [(1, "E501", "")]


def test_unused_can_be_suppressed_itself() -> None:
    assert unused("a = 1  # noqa: LC008, LC103\n") == []
    assert unused("a = 1  # layercheck: ignore[unused-suppression, LC103]\n") == []
    assert unused("# layercheck: ignore-file[LC008]\na = 1  # noqa: LC103\n") == []
    assert unused("a = 1  # pylint: disable=unused-suppression # noqa: LC103\n") == []
    assert unused("a = 1  # noqa: LC008\n") == []


def test_unused_tells_columns_for_the_fix() -> None:
    text = "abc = 1  # noqa: E501, LC103\n"
    (entry,) = apply([], scan(text), ALL, KNOWN)[1]
    line = text.splitlines()[0]
    assert line[entry.column - 1 : entry.end_column - 1] == "LC103"
    assert line[entry.comment[0] - 1 : entry.comment[1] - 1] == "# noqa: E501, LC103"
    text = "abc = 1  # layercheck: ignore[print-call, LC103] reason\n"
    first, second = apply([], scan(text), ALL, KNOWN)[1]
    assert text[first.column - 1 : first.end_column - 1] == "print-call"
    assert text[second.column - 1 : second.end_column - 1] == "LC103"
    assert not first.alone


# --------------------------------------------------------------------------------------------------- the hosts as the measure


def test_pylint_would_hide_tells_only_what_pylint_alone_suppresses() -> None:
    text = (
        "a = 1  # pylint: disable=db-access-in-route\nb = 1  # noqa: LC103\n"
        "c = 1  # noqa: LC103  # pylint: disable=db-access-in-route\n"
    )
    found = pylint_would_hide([_finding(line) for line in (1, 2, 3)], scan(text, ast.parse(text)), KNOWN, LEVELS)
    assert [finding.line for finding in found] == [1]
    assert silenced(text) == [1, 2, 3]


class _Probe(BaseChecker):
    name = "layercheck"
    msgs = {"W9103": ("x", "db-access-in-route", "x"), "E9101": ("x", "outward-import", "x")}


def by_pylint(text: str) -> list[int]:
    """The lines on which pylint itself suppresses db-access-in-route."""
    linter = PyLinter()
    linter.register_checker(_Probe(linter))
    linter.set_current_module("m", "m.py")
    linter.file_state = FileState("m", linter.msgs_store, astroid.parse(text))
    linter._ignore_file = False
    linter.process_tokens(list(tokenize.generate_tokens(io.StringIO(text).readline)))
    lines = range(1, len(text.splitlines()) + 1)
    return [line for line in lines if linter._ignore_file or not linter.is_message_enabled("W9103", line)]


def by_flake8(text: str) -> list[int]:
    """The lines on which flake8 itself suppresses LC103."""
    options = argparse.Namespace(
        hang_closing=False, indent_size=4, max_line_length=79, max_doc_length=None, verbose=0, disable_noqa=False
    )
    lines = io.StringIO(text).readlines()
    processor = FileProcessor("a.py", options, lines)
    if processor.should_ignore_file():
        return list(range(1, len(lines) + 1))
    violations = [
        Violation("LC103", "a.py", line, 1, "t", processor.noqa_line_for(line) or "")
        for line in range(1, len(lines) + 1)
    ]
    return [violation.line_number for violation in violations if violation.is_inline_ignored(False)]


_SIMPLE = st.sampled_from(
    [
        ["a = 1"],
        ["call(a, b)"],
        ["x = call(", "    a,", "    b=[", "        1,", "    ],", ")"],
        ['t = """one', "two", '"""'],
        ["y = 1 + \\", "    2"],
        ["return_ = [", "    n", "    for n in x", "    if n", "]"],
        ["z = {", "    'a': 1,", "    'b': call(", "        2", "    ),", "}"],
        ["import a, b"],
        ["from m import (", "    a,", "    b,", ")"],
        ["w = lambda q: (", "    q", ")"],
    ]
)


def _indent(lines: list[str]) -> list[str]:
    return ["    " + line if line else line for line in lines]


@st.composite
def _block(draw: st.DrawFn, depth: int) -> list[str]:
    out: list[str] = []
    for _ in range(draw(st.integers(1, 3))):
        kinds = (
            ["simple", "simple", "def", "class", "if", "for", "try", "with", "match", "while"] if depth else ["simple"]
        )
        kind = draw(st.sampled_from(kinds))
        inner = _block(depth - 1)
        if kind == "simple":
            out += draw(_SIMPLE)
        elif kind == "def":
            out += draw(st.sampled_from([[], ["@d"], ["@d(", "    1,", ")", "@e"]]))
            out += draw(
                st.sampled_from(
                    [
                        ["def f():"],
                        ["def f(a, *, b=1) -> int:"],
                        ["async def f(", "    a: int,", "    b: str = call(", "        1", "    ),", ") -> int:"],
                        ["def f(", "):"],
                    ]
                )
            )
            out += draw(st.sampled_from([[], ['    """Doc."""'], ['    """Doc.', "", '    """', ""]]))
            out += _indent(draw(inner))
        elif kind == "class":
            out += draw(
                st.sampled_from([["class A:"], ["@d", "class A(B, metaclass=C):"], ["class A(", "    B,", "):"]])
            )
            out += _indent(draw(inner))
        elif kind == "if":
            out += draw(st.sampled_from([["if a:"], ["if (", "    a", "    and b", "):"]])) + _indent(draw(inner))
            if draw(st.booleans()):
                out += ["elif b:", *_indent(draw(inner))]
            if draw(st.booleans()):
                out += ["else:", *_indent(draw(inner))]
        elif kind in ("for", "while"):
            out += ["for i in x:" if kind == "for" else "while x:", *_indent(draw(inner))]
            if draw(st.booleans()):
                out += ["else:", *_indent(draw(inner))]
        elif kind == "try":
            out += [
                "try:",
                *_indent(draw(inner)),
                draw(st.sampled_from(["except E:", "except E as e:"])),
                *_indent(draw(inner)),
            ]
            if draw(st.booleans()):
                out += ["else:", *_indent(draw(inner))]
            if draw(st.booleans()):
                out += ["finally:", *_indent(draw(inner))]
        elif kind == "with":
            out += ["with a as b, c:", *_indent(draw(inner))]
        else:
            out += [
                "match a:",
                "    case 1:",
                *_indent(_indent(draw(inner))),
                "    case _:",
                *_indent(_indent(draw(inner))),
            ]
    return out


@st.composite
def _commented(draw: st.DrawFn, comments: list[str]) -> str:
    lines = draw(_block(2))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        comment = draw(st.sampled_from(comments))
        if draw(st.booleans()):
            if not lines[at].endswith("\\") and "#" not in lines[at]:
                lines[at] += "  " + comment
        else:
            margin = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
            lines.insert(at, draw(st.sampled_from([margin, ""])) + comment)
    return "\n".join(lines) + "\n"


_PYLINT = [
    "# pylint: disable=db-access-in-route",
    "# pylint: disable=W9103, other-name",
    "# pylint: enable=db-access-in-route",
    "# pylint: disable-next=db-access-in-route",
    "# pylint: disable=outward-import",
    "# pylint: disable=W ; why # not",
]
_FLAKE8 = [
    "# noqa",
    "# noqa: LC103",
    "# NOQA:E501,LC1",
    "# noqa: E501",
    "# noqa : LC103",
    "# noqa: LC101 LC103 x",
    "# noqa LC2",
]


@settings(max_examples=150, deadline=None)
@given(_commented(_PYLINT))
def test_pylint_comments_reach_what_pylint_says(text: str) -> None:
    if _parsed(text) is not None:
        ours, pylint = silenced(text), by_pylint(text)
        if NEWEST:
            assert ours == pylint
        elif not any(word in text for word in ("try:", "else:", "elif ", "a: int", "case ")):
            # before 4.1 comments among parameters and above a branch reached further; elsewhere the old suppress no more
            assert set(pylint) <= set(ours)


@settings(max_examples=150, deadline=None)
@given(_commented(_FLAKE8))
def test_noqa_reaches_at_least_what_flake8_says(text: str) -> None:
    if _parsed(text) is not None:
        ours, flake8 = set(silenced(text)), set(by_flake8(text))
        assert flake8 <= ours
        # we hear every noqa comment of joined lines, flake8 the first noqa only, be it in a string or not
        if not lex(text).joined:
            assert ours == flake8
