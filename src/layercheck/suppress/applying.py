"""Drops what is suppressed, and finds the comments that suppress nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from layercheck.model import Finding, Rule
from layercheck.suppress.pragmas import PYLINT, Pragma, hidden
from layercheck.suppress.scanning import FILE, IGNORE, NOQA, Stored, Suppression, Token

UNUSED_CODE = "LC008"
_LETTERS = {"error": "E", "warning": "W", "info": "R"}


class Unused(NamedTuple):
    """One code or name in a suppression comment that suppresses nothing: the material of `unused-suppression`.

    Lines count from 1, columns from 0. The comment spans `comment` (first column, column behind it), the name `column` to `end`.
    """

    line: int
    column: int
    end: int
    name: str
    unknown: bool
    """No rule has this code or name."""
    suggestion: str
    """The rule that was probably meant, when the name is unknown and one is close; else ''."""
    comment: tuple[int, int]
    alone: bool
    """The comment lists nothing else, so that all of it can go."""


def pylint_id(rule: Rule) -> str:
    """The id of a rule's message in pylint: level letter, 9, and the code's three digits."""
    return f"{_LETTERS[rule.level]}9{rule.code[2:]}"


def apply(
    findings: Sequence[Finding], suppressions: Sequence[Stored], selected: Collection[str], known: Mapping[str, Rule]
) -> tuple[list[Finding], list[Unused]]:
    """Split the findings of one file by its suppressions.

    `findings` and `suppressions` are those of one file; `selected` are the codes that ran on it, `known` all rules by code.
    Returns the findings that stay, in order, and the listed names that suppressed nothing. A name is not called unused while a
    rule that it covers did not run, nor when another comment suppresses `unused-suppression` on its line.
    """
    if not suppressions:
        return list(findings), []
    judge = _Judge(suppressions, known)
    kept = [finding for finding in findings if not judge.suppressed(finding.code, finding.line, finding.end_line)]
    return kept, [
        unused for unused in judge.unused(selected) if not judge.suppressed(UNUSED_CODE, unused.line, unused.line)
    ]


def pylint_would_hide(
    findings: Iterable[Finding], suppressions: Sequence[Stored], known: Mapping[str, Rule]
) -> list[Finding]:
    """The findings that pylint's own comments, and nothing else, suppress.

    The pylint plugin hands them to pylint nevertheless, which drops them itself and so learns that its comments are in use.
    """
    pragmas = [s for s in suppressions if s[0] == PYLINT]
    if not pragmas:
        return []
    rest = _Judge([s for s in suppressions if s[0] != PYLINT], known)
    own = _Judge(pragmas, known)
    return [
        f
        for f in findings
        if own.suppressed(f.code, f.line, f.end_line) and not rest.suppressed(f.code, f.line, f.end_line)
    ]


class _Judge:
    """Answers for one file, and remembers which names of which comments were of use."""

    def __init__(self, suppressions: Sequence[Stored], known: Mapping[str, Rule]) -> None:
        self.known = known
        self.comments = [Suppression(*s) for s in suppressions if s[0] != PYLINT]
        self.pragmas = [Pragma(*s) for s in suppressions if s[0] == PYLINT]
        self.used: set[tuple[int, int]] = set()
        self._hides: dict[str, Callable[[int], bool]] = {}

    def suppressed(self, code: str, line: int, end_line: int) -> bool:
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
        return answer or (bool(self.pragmas) and self._hidden(code, line))

    def _means(self, comment: Suppression, name: str, code: str) -> bool:
        if _is_code(name):
            return code.startswith(name.upper())
        rule = self.known.get(code)
        return comment.kind in (IGNORE, FILE) and rule is not None and name.lower() == rule.name

    def _hidden(self, code: str, line: int) -> bool:
        hides = self._hides.get(code)
        if hides is None:
            rule = self.known.get(code)
            if rule is None:
                return False
            own = {rule.name, pylint_id(rule).lower(), _LETTERS[rule.level].lower(), "all", "layercheck"}
            hides = self._hides[code] = hidden(self.pragmas, lambda name: name.lower() in own)
        return hides(line)

    def unused(self, selected: Collection[str]) -> list[Unused]:
        found = []
        for at, comment in enumerate(self.comments):
            if comment.kind not in (NOQA, IGNORE, FILE):
                continue
            for position, token in enumerate(comment.tokens):
                if (at, position) not in self.used and (unused := self._judge(comment, token, selected)):
                    found.append(unused)
        return found

    def _judge(self, comment: Suppression, token: Token, selected: Collection[str]) -> Unused | None:
        name, column, end = token
        if _is_code(name):
            covered = [code for code in self.known if code.startswith(name.upper())]
        else:
            covered = [code for code, rule in self.known.items() if rule.name == name.lower()]
        # a comment that suppresses LC008 itself is used by what is being found out here
        if UNUSED_CODE in covered or any(code not in selected for code in covered):
            return None
        suggestion = "" if covered else self._closest(name)
        span = (comment.column, comment.end)
        return Unused(comment.line, column, end, name, not covered, suggestion, span, len(comment.tokens) == 1)

    def _closest(self, name: str) -> str:
        from difflib import get_close_matches

        if _is_code(name):
            return next(iter(get_close_matches(name.upper(), list(self.known), 1, 0.7)), "")
        return next(iter(get_close_matches(name.lower(), [rule.name for rule in self.known.values()], 1, 0.6)), "")


def _is_code(name: str) -> bool:
    return name[:2] in ("LC", "lc", "Lc", "lC") and (len(name) == 2 or name[2:].isdigit())
