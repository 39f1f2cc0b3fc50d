"""Random Python of the newest grammar: expressions full of f-strings, definitions with type parameters, `type` statements."""

from __future__ import annotations

from hypothesis import strategies as st

NAMES = st.sampled_from(["a", "item", "ñandú", "type", "match", "x1", "f", "rb"])
_ATOMS = st.one_of(
    NAMES,
    st.sampled_from(
        [
            "1",
            "1.5",
            "0x1f",
            "...",
            "None",
            "'s'",
            '"s"',
            "'é\\n'",
            '"""t\n"q" é"""',
            "b'b'",
            "r'\\d'",
            "u'u'",
            "[]",
            "{}",
        ]
    ),
)
_SPACES = st.sampled_from(["", " ", "  ", "\n ", " # é'\"}\n", " \\\n "])
_PREFIXES = st.sampled_from(["f", "F", "rf", "fR"])
_QUOTES = ["'", '"', "'''", '"""']
_LITERALS = st.sampled_from(
    [
        "",
        "a",
        "é ",
        "{{",
        "}}",
        "\\n",
        "\\\\",
        "x\\'y",
        "\\N{DIGIT ONE}",
        "#",
        ": ",
        "! =",
        "'",
        '"',
        "''",
        '""',
        "\n",
        "\\\n",
    ]
)


@st.composite
def fields(draw: st.DrawFn, inner: st.SearchStrategy[str], raw: bool, depth: int = 0) -> str:
    """A replacement field. Early releases of 3.13 decode escapes in the format specification even of a raw string: none there."""
    before, behind = draw(_SPACES), draw(_SPACES)
    expression = draw(
        st.one_of(inner, inner, st.builds("{}, {}".format, inner, inner), st.builds("*{}, {}".format, inner, inner))
    )
    if expression.startswith("{"):
        before += " "
    parts = ["{", before, expression, behind]
    if expression.isidentifier() and "#" not in before + behind and "\\" not in before + behind:
        # early releases of 3.13 have faults in the text of `{x=}` when there is more to it: escapes are decoded, a `=` ends it
        parts.append(draw(st.sampled_from(["", "", "=", "= "])))
    parts.append(draw(st.sampled_from(["", "", "!r", "!s ", "!a"])))
    if draw(st.integers(0, 3)) == 0:
        parts.append(":" + draw(st.sampled_from(["", ">", "=5", "%H:%M", "é", "" if raw else "\\n"])))
        if depth < 2 and draw(st.booleans()):
            parts.append(draw(fields(inner, raw, depth + 1)))
            parts.append(draw(st.sampled_from(["", ".3", "é"])))
    return "".join([*parts, "}"])


@st.composite
def fstrings(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """An f-string; what its quotes do not allow as literal text is left out of it."""
    prefix, quote = draw(_PREFIXES), draw(st.sampled_from(_QUOTES))
    parts = []
    for _ in range(draw(st.integers(0, 4))):
        if draw(st.booleans()):
            parts.append(draw(fields(inner, "r" in prefix.lower())))
            continue
        literal = draw(_LITERALS)
        if (len(quote) == 1 and (literal == "\n" or literal.startswith(quote))) or literal.startswith(quote[0] * 2):
            continue
        if len(quote) == 3 and literal.startswith(quote[0]):
            literal += "."
        parts.append(literal)
    return prefix + quote + "".join(parts) + quote


@st.composite
def concatenations(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    """Adjacent strings in parentheses, some of them plain."""
    strings = draw(
        st.lists(
            st.one_of(fstrings(inner), st.sampled_from(["'p'", 'u"p"', "''", '"""é\n"""', "r'\\d'"])),
            min_size=2,
            max_size=4,
        )
    )
    return "(" + draw(_SPACES) + draw(st.sampled_from([" ", "\n", " # c\n ", " \\\n"])).join(strings) + ")"


def _extend(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        fstrings(inner),
        fstrings(inner),
        concatenations(inner),
        st.builds("{}({}, k={})".format, NAMES, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("{}[{}:{}]".format, NAMES, inner, inner),
        st.builds("(lambda {}={}: {})".format, NAMES, inner, inner),
        st.builds("[{} for {} in {}]".format, inner, NAMES, inner),
        st.builds("{{{}: {}}}".format, inner, inner),
        st.builds("({} if {} != {} else {})".format, inner, NAMES, NAMES, inner),
        st.builds("({}, {})".format, inner, inner),
        st.builds("({} := {})".format, NAMES, inner),
        st.builds("{}.{}".format, NAMES, NAMES),
    )


EXPRESSIONS = st.recursive(_ATOMS, _extend, max_leaves=8)


@st.composite
def parameter_lists(draw: st.DrawFn, *, defaults: bool = True) -> str:
    """`[T: bound = default, *Ts, **P]`, on one line or several."""
    space = st.sampled_from(["", " ", "\n    ", " # c\n\n  "])
    out = []
    for stars in draw(st.lists(st.sampled_from(["", "", "*", "**"]), min_size=1, max_size=3)):
        text = stars + draw(NAMES)
        if not stars and draw(st.booleans()):
            text += ": " + draw(EXPRESSIONS)
        if defaults and draw(st.booleans()):
            text += draw(space) + "= " + ("*" if stars == "*" and draw(st.booleans()) else "") + draw(EXPRESSIONS)
        out.append(draw(space) + text + draw(space))
    return "[" + ",".join(out) + draw(st.sampled_from(["", ","])) + "]"


def _indented(text: str) -> str:
    return "    " + text.replace("\n", "\n    ")


@st.composite
def statements(draw: st.DrawFn, depth: int = 0) -> str:
    """A statement that ends in a line end. Blocks are one level deeper, in which line ends within strings stay line ends."""
    expression, name = draw(EXPRESSIONS), draw(NAMES)
    kinds = (
        ["assign", "alias", "pair"]
        if depth > 2
        else ["assign", "alias", "pair", "def", "async", "class", "try", "if", "decorated"]
    )
    kind = draw(st.sampled_from(kinds))
    if kind == "assign":
        return f"{name} = {expression}\n"
    if kind == "alias":
        return f"type {name}{draw(st.one_of(st.just(''), parameter_lists()))} = {expression}\n"
    if kind == "pair":
        return f"é = {expression}; type {name} = {draw(EXPRESSIONS)}; {draw(EXPRESSIONS)}\n"
    if kind == "try":
        return f"try:\n    pass\nexcept ({expression}, {name}) as e: {draw(EXPRESSIONS)}\n"
    if kind == "if":
        return f"if {expression}:\n{_indented(draw(statements(depth + 1)).rstrip())}\nelse: type {name} = {draw(EXPRESSIONS)}\n"
    parameters = draw(st.one_of(st.just(""), parameter_lists(), parameter_lists(defaults=False)))
    body = _indented(draw(statements(depth + 1)).rstrip())
    if kind == "class":
        return f"class {name}{parameters}({expression}, metaclass={name}):\n{body}\n"
    start = {"def": "", "async": "async ", "decorated": f"@{name}\nasync "}[kind]
    return f"{start}def {name}{parameters}(x: {expression} = 1, *y) -> {draw(EXPRESSIONS)}:\n{body}\n"


MODULES = st.lists(statements(), min_size=1, max_size=3).map("".join)
