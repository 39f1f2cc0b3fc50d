"""Law 5 within a file: what is extracted anew of the function that an edit lies in is what the whole file would give."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import texts
from layercheck.edits import Edits
from layercheck.facts.places import quads
from layercheck.queries.sealing import Sealer
from layercheck.source import Extracted, extract

PATH = "app/api/users.py"

FILE = '''\
"""Häuser."""
from __future__ import annotations
import os, sys  # noqa: LC101

LIMIT = f"{os.sep}ä {sys.argv!r}"
if True:
    try:
        import fast
    except ImportError:
        def fast(ä, b="ü"): # one line
            return 1


def top(
    a,  # a comment
    b="""x
    # no comment
    """,
):
    # before

    """Doc ü."""
    # layercheck: ignore[LC102]
    x = a.b.c(1)
    global LIMIT
    import late, later.on as on
    s = """a
  b # noqa
 c"""
    return s, x  # trailing
    # after


class Ünder(Base, key="ä"):
    field: int = 1; other: list["str"] = f(2)

    @property
    def value(self):
        self.one = 1; self.two = [i for i in x if (y := i)]
        if TYPE_CHECKING:
            from a import b
        def inner(k):
            class Deep:
                z = 1
                def m(this):
                    this.z = 2
                    return lambda q: q + z
            return Deep
        def inner(k):
        \treturn k
        return inner(\\
            self)

    async def run(self, *args, **kw): return await self.go(f"{self.value:>{kw['w']}} é {{}}", 'ß', *args)

    @decorated("é")
    async def other(self):
        async with self.lock as l, b:
            self.two, self.three = await l
        match l:
            case {"k": v} if v: pass
        try:
            yield
        except (A, B) as e:
            raise C from e
        else: pass
        finally:
            del l
    last = 1
def tail(): \\
    pass
def end():
    for i in x:
        while i: break
        else: continue
    # the end'''

QUIET = re.sub(r"# (noqa|layercheck).*", "# no", FILE)
FILES = (FILE, QUIET, QUIET, QUIET, QUIET.replace("\n", "\r\n"))
LINES = (
    "",
    "    x = 1",
    "        self.new = thing(1)",
    "        return 1",
    "    return 2",
    "    # a comment",
    "  # noqa",
    "    y = f(a)  # noqa",
    "    z = g()  # layercheck: ignore[LC308]",
    "    w = 1  # pylint: disable=all",
    "class X: pass",
    "def g(): pass",
    "    def g(): return 1",
    "        def inner(k): return k",
    "    @wrap",
    '    """',
    "    '''doc ä'''",
    "    t = f'{a!r:>{b}} ü {c}' 'x'",
    "    t = f'''{",
    "    a}'''",
    "    import os.path",
    "        from .x import y as z",
    "    password = 'Winter2024!x'",
    "    if x:",
    "    else:",
    "        pass",
    "\tpass",
    "    global A, B",
    "    q = lambda ä: ä.b",
    "    u = (1,",
    "    2)",
    "    v = 1 \\",
    "    async with a as b: yield",
    "    type Z = int",
    "        v: 'int' = h(1)",
    "    \fpass",
)


def canonical(extracted: Extracted) -> Any:
    rows = {
        kind: [(key, repr(value), quads(places)) for key, value, places in listed]
        for kind, listed in extracted.rows.items()
    }
    return rows, extracted.suppressions


def whole(text: str) -> Any:
    return canonical(extract(PATH, text.encode("utf-8", "surrogatepass"), Sealer()))


@st.composite
def edited(draw: st.DrawFn, text: str) -> str:
    """The text after one edit: lines put in, taken out, indented, changed within."""
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline)
    at = draw(st.integers(0, len(lines)))
    kind = draw(st.sampled_from(("insert", "insert", "insert", "copy", "remove", "indent", "dedent", "change", "cut")))
    if kind == "insert":
        lines[at:at] = draw(st.lists(st.sampled_from(LINES), min_size=1, max_size=2))
    elif kind == "copy":
        lines[at:at] = [draw(st.sampled_from(lines))]
    elif kind == "remove":
        del lines[at : at + draw(st.integers(1, 3))]
    elif lines and at < len(lines):
        line = lines[at]
        if kind == "indent":
            lines[at] = draw(st.sampled_from(("    ", " ", "\t"))) + line
        elif kind == "dedent":
            lines[at] = line[draw(st.integers(1, 4)) :]
        elif kind == "change":
            column = draw(st.integers(0, len(line)))
            lines[at] = (
                line[:column]
                + draw(st.sampled_from(("x", "ä", " ", "(", '"', "#", "\\", ".y", "=1", "\x0c")))
                + line[column:]
            )
        else:
            column = draw(st.integers(0, len(line)))
            lines[at] = line[:column]
    return newline.join(lines)


@given(data=st.data(), text=st.one_of(st.sampled_from(FILES), texts()))
def test_edits_give_what_the_whole_file_gives(data: st.DataObject, text: str) -> None:
    edits = Edits(Sealer)
    for _ in range(6):
        assert canonical(edits.extract(PATH, text.encode("utf-8", "surrogatepass"))) == whole(text)
        text = data.draw(edited(text))


@pytest.mark.parametrize("at", range(FILE.count("\n") + 2))
def test_every_line_can_be_edited(at: int) -> None:
    """Each line of the file taken out, put in again twice, and made longer: the same rows, from whichever state."""
    lines = FILE.split("\n")
    without, twice = [*lines[:at], *lines[at + 1 :]], [*lines[:at], *lines[at : at + 1], *lines[at:]]
    more = [*lines[:at], "        new = call(1)", *lines[at:]]
    less = [*lines[:at], "    new = call(1)", *lines[at:]]
    edits = Edits(Sealer)
    for listed in (lines, without, lines, twice, more, lines, less, lines):
        text = "\n".join(listed)
        assert canonical(edits.extract(PATH, text.encode())) == whole(text)


def test_the_file_of_these_tests_parses() -> None:
    assert "Broken" not in extract(PATH, FILE.encode()).rows


def test_only_the_function_is_parsed() -> None:
    text = "import os\n\n\ndef one(a):\n    x = a.b(1)\n    return x\n\n\ndef two(b):\n    return os.sep\n"
    edits = Edits(Sealer)
    edits.extract(PATH, text.encode())
    steps = (
        text.replace("b(1)", "c(1, d())"),
        text.replace("return x", "y = [x]\n    return y"),
        text.replace("return os", "return os.path"),
        text.replace("    x =", "    # why\n    x ="),
        text.replace("x\n\n\ndef", "x\n\n    def three():\n        import b\n\n\ndef"),
    )
    for number, step in enumerate(steps, 1):
        assert canonical(edits.extract(PATH, step.encode())) == whole(step)
        assert canonical(edits.extract(PATH, text.encode())) == whole(text)
        assert edits.partial == 2 * number


def test_a_broken_state_is_bridged() -> None:
    """While a statement is typed the file is broken; when it is whole again, the function is enough."""
    text = "def one(a):\n    x = a\n    return x\n\n\ndef two(b):\n    return b\n"
    edits = Edits(Sealer)
    for step in (text, text.replace("x = a\n", "x = a(\n"), text.replace("x = a\n", "x = a()\n")):
        assert canonical(edits.extract(PATH, step.encode())) == whole(step)
    assert edits.partial == 1


def test_a_secret_that_is_typed_is_sealed() -> None:
    text = "def one(a):\n    password = a\n    return password\n"
    edits = Edits(Sealer)
    for step in (text, text.replace("= a", "= 'Winter2024!x'"), text):
        found = edits.extract(PATH, step.encode())
        assert canonical(found) == whole(step)
        assert "Winter2024!x" not in repr(found)
