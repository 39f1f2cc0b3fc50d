"""Drops what is suppressed, and finds the comments that suppress nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from layercheck.model import Finding, Level
from layercheck.suppress.pragmas import PYLINT, Pragma, hidden
from layercheck.suppress.scanning import FILE, IGNORE, NOQA, Stored, Suppression, Token
from layercheck.tuples import NamedTuple

UNUSED_CODE = "LC008"
LETTERS = {Level.ERROR: "E", Level.WARNING: "W", Level.INFO: "R"}
"""pylint's categories for our levels."""
PYLINT_CHECKER = "layercheck"
"""The name of our checkers in pylint, which its comments may use for all of our rules."""


class Unused(NamedTuple):
    """One code or name in a suppression comment that suppresses nothing: the material of `unused-suppression`.

    Lines and columns count from 1, as in Finding; end columns are exclusive. The comment spans `comment`.
    """

    line: int
    column: int
    end_column: int
    message: str
    name: str
    suggestion: str
    """The rule that was probably meant, when no rule has this name and one is close; else ''."""
    comment: tuple[int, int]
    alone: bool
    """The comment lists nothing else, so that all of it can go."""


def pylint_id(code: str, level: str) -> str:
    """The id of a rule's message in pylint: level letter, 9, and the code's three digits."""
    return f"{LETTERS[level]}9{code[2:]}"


_TAKEN = frozenset({"global-statement"})
"""Names of rules that are symbols of pylint's own messages: pylint refuses a plugin that has one twice."""


def pylint_symbol(name: str) -> str:
    """The symbol of a rule in pylint: its name, or "layercheck-" and its name where pylint has a message of that name."""
    return f"layercheck-{name}" if name in _TAKEN else name


def spare_pylint_id(code: str, level: str) -> str:
    """The id for when the other is taken: pylint's own extension docparams has W9003 to W9021, like our LC0xx."""
    return f"{LETTERS[level]}9{int(code[2:]) + 50:03d}"


def apply(
    findings: Sequence[Finding],
    suppressions: Sequence[Stored],
    selected: Collection[str],
    known: Mapping[str, str],
    levels: Mapping[str, str] | None = None,
) -> tuple[list[Finding], list[Unused]]:
    """Split the findings of one file by its suppressions.

    `findings` and `suppressions` are those of one file; `selected` are the codes that ran on it; `known` is the code of every
    rule by its name, `levels` the level that each code's rule declares (pylint's ids and categories follow from it; without it
    the level of the finding is taken). Returns the findings that stay, in order, and the listed names that suppressed nothing.
    A name is not called unused while a rule that it covers did not run, nor when another comment on its line suppresses
    `unused-suppression`.
    """
    if not suppressions:
        return list(findings), []
    judge = _Judge(suppressions, known, levels or {})
    kept = [f for f in findings if not judge.suppressed(f.code, f.line, f.end_line, f.level)]
    unused = judge.unused(selected)
    return kept, [u for u in unused if not judge.suppressed(UNUSED_CODE, u.line, u.line, Level.WARNING)]


def pylint_would_hide(
    findings: Iterable[Finding],
    suppressions: Sequence[Stored],
    known: Mapping[str, str],
    levels: Mapping[str, str] | None = None,
) -> list[Finding]:
    """The findings that pylint's own comments, and nothing else, suppress; arguments as for `apply`.

    The pylint plugin hands them to pylint nevertheless, which drops them itself and so learns that its comments are in use.
    """
    if not any(s[0] == PYLINT for s in suppressions):
        return []
    own = _Judge([s for s in suppressions if s[0] == PYLINT], known, levels or {})
    rest = _Judge([s for s in suppressions if s[0] != PYLINT], known, levels or {})

    def asked(judge: _Judge, finding: Finding) -> bool:
        return judge.suppressed(finding.code, finding.line, finding.end_line, finding.level)

    return [finding for finding in findings if asked(own, finding) and not asked(rest, finding)]


class _Judge:
    """Answers for one file, and remembers which names of which comments were of use."""

    def __init__(self, suppressions: Sequence[Stored], known: Mapping[str, str], levels: Mapping[str, str]) -> None:
        self.known = known
        self.codes = frozenset(known.values())
        self.levels = levels
        self.comments = [Suppression(*s) for s in suppressions if s[0] != PYLINT]
        self.pragmas = [Pragma(*s) for s in suppressions if s[0] == PYLINT]
        self.used: set[tuple[int, int]] = set()
        self._hides: dict[tuple[str, str], Callable[[int], bool]] = {}

    def suppressed(self, code: str, line: int, end_line: int, level: str) -> bool:
        answer = False
        for at, comment in enumerate(self.comments):
            reached = (
                comment.kind == FILE
                or comment.first <= line <= comment.last
                or (comment.closes and end_line == comment.line)
            )
            if not reached:
                continue
            if not comment.tokens:
                answer = True
            for position, token in enumerate(comment.tokens):
                if self._means(comment, token[0], code):
                    self.used.add((at, position))
                    answer = True
        return answer or (bool(self.pragmas) and self._hidden(code, line, self.levels.get(code, level)))

    def _means(self, comment: Suppression, name: str, code: str) -> bool:
        if _is_code(name):
            return code.startswith(name.upper())
        return comment.kind in (IGNORE, FILE) and self.known.get(name.lower()) == code

    def _hidden(self, code: str, line: int, level: str) -> bool:
        hides = self._hides.get((code, level))
        if hides is None:
            names = [name for name, other in self.known.items() if other == code]
            ids = {pylint_id(code, level).lower()} | ({spare_pylint_id(code, level).lower()} if code < "LC1" else set())
            own = {*names, *map(pylint_symbol, names), *ids, LETTERS[level].lower(), "all", PYLINT_CHECKER}
            hides = self._hides[code, level] = hidden(self.pragmas, lambda name: name.lower() in own)
        return hides(line)

    def unused(self, selected: Collection[str]) -> list[Unused]:
        found = []
        for at, comment in enumerate(self.comments):
            if comment.kind not in (NOQA, IGNORE, FILE):
                continue
            for position, token in enumerate(comment.tokens):
                if (at, position) not in self.used and (unused := self._unused(comment, token, selected)):
                    found.append(unused)
        return found

    def _unused(self, comment: Suppression, token: Token, selected: Collection[str]) -> Unused | None:
        name, column, end = token
        if _is_code(name):
            covered = [code for code in self.codes if code.startswith(name.upper())]
        else:
            covered = [self.known[name.lower()]] if name.lower() in self.known else []
        # a comment that suppresses LC008 itself is used by what is being found out here
        if UNUSED_CODE in covered or any(code not in selected for code in covered):
            return None
        suggestion = "" if covered else self._closest(name)
        if covered:
            message = f"This comment suppresses {name}, but nothing is found here: remove it"
        else:
            message = f"This comment suppresses {name}, which is no rule: " + (
                f"did you mean {suggestion}?" if suggestion else "remove it"
            )
        span = (comment.column + 1, comment.end + 1)
        return Unused(comment.line, column + 1, end + 1, message, name, suggestion, span, len(comment.tokens) == 1)

    def _closest(self, name: str) -> str:
        from difflib import get_close_matches

        if _is_code(name):
            return next(iter(get_close_matches(name.upper(), sorted(self.codes), 1, 0.7)), "")
        return next(iter(get_close_matches(name.lower(), sorted(self.known), 1, 0.6)), "")


def _is_code(name: str) -> bool:
    return name[:2].upper() == "LC" and (len(name) == 2 or name[2:].isdigit())
