"""Extraction of files that are being edited: where an edit lies within one function, only the body of that function is parsed and walked.

DESIGN: parsing and walking a file of 5,000 lines takes 60 ms, its largest function one. `Edits` keeps, for the files that were edited
last, the text and rows of their last state that parsed, and for each function the lines of its body: from the line behind the
`:` of its head to the last blank line or comment before other code. An edit that touches no line outside these is parsed as the
body of an `if 1:`; a body that parses so, as one block that begins at the old indentation, is the same block in the file, for the
parser's state at both ends is as it was. What the walk leaves of that body replaces what it left before; all other rows stay, those
behind it moved by the number of lines, and in the bodies around it each place is moved or stretched on its own.
Whatever is in doubt is extracted as a whole: secrets, comments that silence more than their own lines, syntax newer than the host's, nesting near the
limits. So the outcome is always that of `source.extract` (law: tests/laws/test_edits.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from layercheck.facts.expressions import Lines, Sealer
from layercheck.facts.extract import Definition, File, Scope, StoredRow, has_doc
from layercheck.facts.places import first_line, moved, pack, quads
from layercheck.facts.said import HEAD, is_generated
from layercheck.nodes import same
from layercheck.parsing import SourceDecodeError, decode, host_parse
from layercheck.source import Extracted, code_lines, extract
from layercheck.suppress.pragmas import PYLINT
from layercheck.suppress.scanning import IGNORE, NOQA, QUOTED, mentions, scan
from layercheck.tuples import NamedTuple

_KEPT = 8
"""Files whose last state is kept."""
_AT_ONCE = 64
"""Lines that are compared at once."""
_DEEPEST = 90
"""Columns of indentation from which on the parser's limit of 100 levels could be near."""
_LOCAL = frozenset({NOQA, QUOTED, IGNORE})
"""The sorts of comments that silence their own lines only."""
_UNSAFE = ("barry_as_FLUFL", "\f")
"""Texts whose meaning depends on more than the lines around them."""


class _Body(NamedTuple):
    """A function's body in the text; lines count from 1."""

    definition: Definition
    start: int
    """Its first line."""
    stop: int
    """The first line of other code behind it."""
    end: tuple[int, int]
    """Line and column where its last statement ends."""
    indent: str


class _State(NamedTuple):
    """The last state of a file that parsed."""

    text: str
    lines: list[str]
    extracted: Extracted
    bodies: list[_Body]


class _Change(NamedTuple):
    """What an edit does to lines: `lines` more of them, from line `stop` on; what ended at `end` ends at `new_end`."""

    stop: int
    lines: int
    end: tuple[int, int]
    new_end: tuple[int, int]

    def places(self, places: bytes) -> bytes:
        """The places of code around the edited body."""
        flat = quads(places)
        self.flat(flat)
        return pack(flat)

    def flat(self, flat: list[int]) -> None:
        """The same for flat quadruples, in place."""
        line, column = self.end
        ends = flat[2::4]
        stretched = [i for i, end in enumerate(ends) if end == line and flat[i * 4 + 3] == column]
        if self.lines:
            flat[::4] = [n + self.lines if n >= self.stop else n for n in flat[::4]]
            flat[2::4] = [n + self.lines if n >= self.stop else n for n in ends]
        for i in stretched:
            flat[i * 4 + 2 : i * 4 + 4] = self.new_end

    def behind(self, places: bytes) -> bool:
        """Whether a row that does not hold the function lies behind it."""
        return first_line(places) >= self.stop

    def body(self, body: _Body) -> _Body:
        """A function before, around or behind the edited one."""
        if body.start >= self.stop:
            line, column = body.end
            return body._replace(
                start=body.start + self.lines, stop=body.stop + self.lines, end=(line + self.lines, column)
            )
        if body.stop < self.stop:
            return body
        line, column = body.end
        end = self.new_end if body.end == self.end else (line + self.lines if line >= self.stop else line, column)
        return body._replace(stop=body.stop + self.lines, end=end)


class Edits:
    """Extracts files again and again as they are edited."""

    def __init__(self, sealer: Callable[[], Sealer] | None = None) -> None:
        self.sealer = sealer
        self.partial = 0
        """How often one function was enough: for tests and benchmarks."""
        self._states: dict[str, _State] = {}

    def extract(self, path: str, data: bytes) -> Extracted:
        """What `source.extract` gives for this content."""
        if not path.endswith(".py"):
            return extract(path, data, self._sealer())
        try:
            text = decode(data)
        except SourceDecodeError:
            return extract(path, data, self._sealer())
        known = self._states.get(path)
        state = None if known is None else self._again(path, known, text)
        if state is None:
            definitions: list[Definition] = []
            extracted = extract(path, data, self._sealer(), definitions)
            if "Broken" in extracted.rows:
                return extracted  # the state before stays: the next edit may mend it
            lines = text.split("\n")
            state = _State(text, lines, extracted, _bodies(text, lines, extracted, definitions))
        else:
            self.partial += 1
        self._states.pop(path, None)
        self._states[path] = state
        if len(self._states) > _KEPT:
            del self._states[next(iter(self._states))]
        return state.extracted

    def forget(self, path: str) -> None:
        """The file is gone."""
        self._states.pop(path, None)

    def _sealer(self) -> Sealer | None:
        return None if self.sealer is None else self.sealer()

    def _again(self, path: str, known: _State, text: str) -> _State | None:
        """The state after an edit within one function; None where that is not certain."""
        if text == known.text:
            return known
        lines = text.split("\n")
        more = len(lines) - len(known.lines)
        first, after = _changed(known.lines, lines)
        around = [b for b in known.bodies if b.start <= first and after <= b.stop]
        for body in sorted(around, key=lambda b: -b.start)[:2]:
            region = lines[body.start - 1 : body.stop - 1 + more]
            block = _block(body, region)
            if block is None:
                continue
            comments = _comments(known, body, region)
            if comments is None:
                return None
            walked = _Walked(path, body, block, region, self._sealer())
            if walked.sealed:
                return None
            change = _Change(body.stop, more, body.end, walked.end)
            rows = walked.merged(known.extracted.rows, change)
            ((key, (_, code), places),) = rows["Source"]
            code += code_lines(region) - code_lines(known.lines[body.start - 1 : body.stop - 1])
            rows["Source"] = [(key, (len(lines), code), places)]
            if first <= HEAD:
                ((key, value, places),) = rows["Module"]
                rows["Module"] = [(key, (*value[:-1], is_generated(text)), places)]
            return _State(text, lines, Extracted(rows, comments), walked.bodies(known.bodies, lines, change))
        return None


class _Walked:
    """The body of a function, walked by itself."""

    def __init__(self, path: str, body: _Body, block: Any, region: list[str], sealer: Sealer | None) -> None:
        self.body = body
        self.definition = definition = body.definition
        self.qualname = definition.qualname
        parts = definition.qualname.split(".")[:-1]
        self.around = {"", *[".".join(parts[: n + 1]) for n in range(len(parts))]}
        """The qualnames of the scopes around it."""
        self.lines = Lines("\n".join(["", *region]), body.start - 2)
        self.nested: list[Definition] = []
        self.file = File(path, self.lines, sealer, self.nested)
        self.file.type_checking, self.file.guarded = definition.type_checking, definition.guarded
        self.scope = Scope(self.file, self.qualname, 0, definition.self_name)
        self.scope.store(self.scope.block(block.body))
        self.file.finish()
        self.sealed = sealer is not None and bool(sealer.found)
        self.has_doc = has_doc(block.body)
        column = self.lines.column(block.end_lineno, block.end_col_offset)
        self.end = (block.end_lineno + self.lines.first, column)

    def merged(self, rows: dict[str, list[StoredRow]], change: _Change) -> dict[str, list[StoredRow]]:
        """The rows of the file with those of this body in the place of the old ones."""
        merged = dict(rows)
        merged["Module"] = [self._module(*rows["Module"][0], change)]
        for kind in ("Function", "Class", "Body"):
            merged[kind] = self._spliced(kind, rows[kind], change)
        return merged

    def _spliced(self, kind: str, rows: list[StoredRow], change: _Change) -> list[StoredRow]:
        """Rows are listed in the order in which the walk leaves their scopes: what is in a function, it, what is behind or around it."""
        made = list(self.file.rows[kind])
        start = len(self.file.path) + 1
        inside = f"{self.qualname}."
        spliced: list[StoredRow] = []
        placed = False
        for row in rows:
            name = row[0][start:]
            if name == self.qualname or name.startswith(inside):
                if kind == "Function" and name == self.qualname:
                    made.append(self._function(row))
                continue
            around = name in self.around
            if not placed and (around or change.behind(row[2])):
                spliced += made
                placed = True
            if around:
                spliced.append(self._outer(kind, name, row, change))
            else:
                spliced.append((row[0], row[1], moved(row[2], change.lines)) if placed and change.lines else row)
        return spliced if placed else spliced + made

    def _function(self, row: StoredRow) -> StoredRow:
        key, value, places = row
        nested = tuple(self.scope.nested)
        return key, (*value[:4], self.scope.generator, *value[5:8], self.has_doc, nested), places

    def _outer(self, kind: str, name: str, row: StoredRow, change: _Change) -> StoredRow:
        key, value, places = row
        if kind == "Class" and self.definition.is_method and name == self.qualname.rpartition(".")[0]:
            order = {method: n for n, (_, method) in enumerate(value[6])}
            others = [attribute for attribute in value[7] if attribute[1] != self.qualname]
            attributes = tuple(
                sorted([*others, *self.scope.own_attributes()], key=lambda attribute: order[attribute[1]])
            )
            if not same(attributes, value[7]):
                value = (*value[:7], attributes, *value[8:])
        return key, value, change.places(places)

    def _module(self, key: str, value: tuple[Any, ...], places: bytes, change: _Change) -> StoredRow:
        flat = quads(places)
        (first, last), (first_mark, last_mark) = self.definition.imports, self.definition.import_marks
        before, behind = flat[: 4 + 4 * first_mark], flat[4 + 4 * last_mark :]
        change.flat(before)
        change.flat(behind)
        made, marks = self.file.imports, self.file.import_marks
        if made or last > first:
            more = len(marks) - (last_mark - first_mark)
            imports = (
                *value[2][:first],
                *[(*entry[:-1], entry[-1] + first_mark) for entry in made],
                *[(*entry[:-1], entry[-1] + more) for entry in value[2][last:]],
            )
            value = (*value[:2], imports, *value[3:])
        return key, value, pack([*before, *self.lines.places(marks), *behind])

    def bodies(self, bodies: list[_Body], lines: list[str], change: _Change) -> list[_Body]:
        """The bodies of the functions of the file after the edit."""
        (first, last), (first_mark, last_mark) = self.definition.imports, self.definition.import_marks
        more = (len(self.file.imports) - (last - first), len(self.file.import_marks) - (last_mark - first_mark))
        inside = f"{self.qualname}."
        after: list[_Body] = []
        for body in bodies:
            name = body.definition.qualname
            if name == self.qualname:
                for definition in self.nested:
                    found = _body(definition, lines, self.lines)
                    if found is not None:
                        after.append(found._replace(definition=_further(found.definition, first, first_mark, True)))
                after.append(change.body(body)._replace(definition=_further(body.definition, *more)))
            elif not name.startswith(inside):
                shifted = change.body(body)
                if any(more) and shifted is not body:
                    shifted = shifted._replace(
                        definition=_further(body.definition, *more, whole=body.start >= change.stop)
                    )
                after.append(shifted)
        return after


def _further(definition: Definition, imports: int, marks: int, whole: bool = False) -> Definition:
    """A definition whose imports end, or (`whole`) begin and end, so many further."""
    (first, last), (first_mark, last_mark) = definition.imports, definition.import_marks
    return definition._replace(
        imports=(first + imports * whole, last + imports),
        import_marks=(first_mark + marks * whole, last_mark + marks),
    )


def _changed(old: list[str], new: list[str]) -> tuple[int, int]:
    """The lines of the old text that an edit concerns: the first, and the one behind the last."""
    first = _common(old, new, min(len(old), len(new)))
    kept = _common(old[first:][::-1], new[first:][::-1], min(len(old), len(new)) - first)
    return first + 1, len(old) - kept + 1


def _common(old: list[str], new: list[str], shorter: int) -> int:
    """How many lines at the beginning are the same; many are compared at once."""
    same = 0
    while same < shorter and old[same : same + _AT_ONCE] == new[same : same + _AT_ONCE]:
        same += _AT_ONCE
    while same < shorter and old[same] == new[same]:
        same += 1
    return min(same, shorter)


def _bodies(text: str, lines: list[str], extracted: Extracted, definitions: list[Definition]) -> list[_Body]:
    """The functions of a file whose bodies can be extracted by themselves; none in a file where that is in doubt."""
    rows, comments = extracted
    if "Sealed" in rows or any(comment[0] == PYLINT for comment in comments) or any(word in text for word in _UNSAFE):
        return []
    if not all(places for _, _, places in rows["Body"][:-1]):  # nested too deeply: the walk gave up
        return []
    whole = Lines(text)
    found = [_body(definition, lines, whole) for definition in definitions]
    return [body for body in found if body is not None]


def _body(definition: Definition, lines: list[str], text: Lines) -> _Body | None:
    """The body of a function in the lines of the file; `text` is that in which its node has its place."""
    node = definition.node
    statement = node.body[0]
    decorators = getattr(statement, "decorator_list", None)
    start = (decorators[0].lineno if decorators else statement.lineno) + text.first
    opening = lines[start - 1]
    code = opening.lstrip()
    indent = opening[: len(opening) - len(code)]
    if definition.depth or not indent or not (code[:1] == "@" if decorators else statement.col_offset == len(indent)):
        return None  # on the line of its head, or nearly too deep
    while _is_blank(lines[start - 2]):
        start -= 1
    if lines[start - 2].endswith("\\"):
        return None
    end = (node.end_lineno + text.first, text.column(node.end_lineno, node.end_col_offset))
    stop = end[0] + 1
    while stop <= len(lines) and _is_blank(lines[stop - 1]):
        stop += 1
    return _Body(definition._replace(node=None), start, stop, end, indent)


def _is_blank(line: str) -> bool:
    """Whether a line has no code: it is empty, or a comment."""
    code = line.lstrip()
    return not code or code[0] == "#"


def _block(body: _Body, region: list[str]) -> Any:
    """The lines of a function's body as an `if` with that body; None unless they are one block that begins at the old indentation."""
    opening = next((line for line in region if not _is_blank(line)), "")
    if opening[: len(opening) - len(opening.lstrip())] != body.indent:
        return None
    if any(word in line for line in region for word in _UNSAFE):
        return None
    if any(len(line) > _DEEPEST and line[:_DEEPEST].isspace() for line in region):
        return None
    try:
        tree = host_parse("if 1:\n" + "\n".join(region) + "\n", "<edit>")
    except SyntaxError:
        return None
    (first, *others) = tree.body
    return None if others or first.orelse else first  # type: ignore[attr-defined]


def _comments(known: _State, body: _Body, region: list[str]) -> tuple[Any, ...] | None:
    """The comments that silence after an edit of a body, which now has these lines. None where one in it reaches beyond it."""
    old = known.extracted.suppressions
    more = len(region) - (body.stop - body.start)
    text = "\n".join(region)
    inside = scan(text) if mentions(text) else ()
    if not old and not inside:
        return ()
    if any(c[0] not in _LOCAL for c in (*inside, *(c for c in old if body.start <= c[1] < body.stop))):
        return None
    before = [c for c in old if c[1] < body.start]
    code = max((number for number, line in enumerate(region, 1) if not _is_blank(line)), default=0)
    if any(c[5] >= body.start for c in before) or any(c[1] > code for c in inside):
        return None  # the one reaches into the body, the other perhaps out of it
    behind = [_moved_comment(c, more) for c in old if c[1] >= body.stop]
    return (*before, *(_moved_comment(c, body.start - 1) for c in inside), *behind)


def _moved_comment(comment: tuple[Any, ...], lines: int) -> tuple[Any, ...]:
    """A comment that silences, so many lines further down."""
    kind, line, column, end, first, last, *rest = comment
    return (kind, line + lines, column, end, first + lines, last + lines, *rest)
