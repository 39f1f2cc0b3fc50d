"""For people: each finding with its piece of source underlined, the evidence numbered below it, and where to read more."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence

from layercheck.facts.env_file import env_line, is_env_file
from layercheck.model import Finding
from layercheck.queries.sealing import Span, may_hold, seal_text, secret_spans, veiled
from layercheck.report import Context

Files = dict[str, tuple[list[str], list[tuple[Span, ...] | None]]]
"""path -> (its lines, where its secrets stand: they are never shown; once they were asked for)"""
_BEFORE = 12
"""Lines above a literal in which the name that it is given to must stand."""
_COLORS = {"error": "31", "warning": "33", "info": "36"}


def render(findings: Sequence[Finding], context: Context) -> str:
    """The findings and a line that counts them."""
    files: Files = {}
    out = []
    for f in findings:
        out.append(_finding(f, context, files))
    return "\n".join(out) + ("\n" if out else "")


def summary(findings: Sequence[Finding], files: int, context: Context) -> str:
    """`Found 3 errors and 2 warnings in 2 of 40 files.`"""
    if not findings:
        return _paint("1;32", f"All clear: {files} file{'s' if files != 1 else ''} checked.", context) + "\n"
    parts = []
    for level in ("error", "warning", "info"):
        count = sum(1 for f in findings if f.level == level)
        if count:
            parts.append(f"{count} {level}{'s' if count > 1 and level != 'info' else ''}")
    text = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    where = len({f.path for f in findings})
    return _paint("1", f"Found {text} in {where} of {files} file{'s' if files != 1 else ''}.", context) + "\n"


def _paint(code: str, text: str, context: Context) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if context.color else text


def _finding(f: Finding, context: Context, files: Files) -> str:
    color = _COLORS.get(f.level, "31")
    head = f"{_paint('1', f'{context.shown(f.path)}:{f.line}:{f.column}', context)} {_paint(f'1;{color}', f'{f.level} {f.code}', context)}"
    lines = [f"{head} {f.message}"]
    lines += _frame(f, context, files, color)
    for number, step in enumerate(f.chain, 1):
        lines.append(f"  {_paint('36', f'{number}.', context)} {context.shown(step.path)}:{step.line} {step.text}")
    lines.append(f"  {_paint('2', f'help: layercheck explain {f.code}  ({f.name})', context)}")
    return "\n".join(lines) + "\n"


def _frame(f: Finding, context: Context, files: Files, color: str) -> list[str]:
    """The source line with `^^^^` under the finding; nothing when the file cannot be read."""
    if f.path not in files:
        try:
            with open(os.path.join(context.root, f.path), "rb") as handle:
                text = handle.read().decode("utf-8", "replace")
            if "\r" in text:
                text = text.replace("\r\n", "\n").replace("\r", "\n")
            files[f.path] = (text.split("\n"), [])
        except OSError:
            files[f.path] = ([], [])
    source, secrets = files[f.path]
    if not 1 <= f.line <= len(source):
        return []
    text = source[f.line - 1]
    if not f.path.endswith(".py"):
        text = env_line(text) if is_env_file(f.path) else seal_text(text)
    elif ('"' in text or "'" in text) and may_hold("\n".join(source[max(f.line - _BEFORE, 0) : f.line + 1])):
        if not secrets:
            secrets.append(secret_spans("\n".join(source)))
        spans = secrets[0]
        text = seal_text(text) if spans is None else veiled(text, f.line, spans)
    if not text.strip():
        return []
    start = min(f.column - 1, len(text))
    end = f.end_column - 1 if f.end_line == f.line else len(text)
    end = max(min(end, len(text.rstrip())), start + 1)
    number = str(f.line)
    margin = " " * len(number)
    under = " " * _width(text[:start]) + "^" * max(_width(text[start:end]), 1)
    bar = _paint("34", "|", context)
    return [
        f" {margin} {bar}",
        f" {_paint('34', number, context)} {bar} {text.expandtabs(4)}",
        f" {margin} {bar} {_paint(color, under, context)}",
    ]


def _width(text: str) -> int:
    """Columns on a terminal: tabs stand for the spaces they become, wide characters for two, combining ones for none."""
    if text.isascii() and "\t" not in text:
        return len(text)
    out = 0
    for char in text:
        if char == "\t":
            out += 4 - out % 4
        elif unicodedata.combining(char):
            continue
        else:
            out += 2 if unicodedata.east_asian_width(char) in "WF" else 1
    return out
