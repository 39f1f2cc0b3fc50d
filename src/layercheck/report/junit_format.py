"""JUnit XML, as CI servers read it: a test suite a file, a failed case a finding."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from layercheck.model import Finding
from layercheck.report import Context


def _clean(text: str) -> str:
    """Characters that XML 1.0 does not allow at all become a replacement character."""
    return "".join(
        c if c in "\t\n\r" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff" else "\ufffd"
        for c in text
    )


def render(findings: Sequence[Finding], context: Context) -> str:
    """The document."""
    out = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<testsuites name="layercheck" tests="{len(findings)}" failures="{len(findings)}">',
    ]
    for path, group in groupby(sorted(findings), key=lambda f: f.path):
        listed = list(group)
        shown = quoteattr(_clean(context.shown(path)))
        out.append(f'  <testsuite name={shown} tests="{len(listed)}" failures="{len(listed)}" errors="0">')
        for f in listed:
            name = quoteattr(f"{f.code} {f.name} line {f.line}")
            out.append(f'    <testcase name={name} classname={shown} file={shown} line="{f.line}">')
            chain = "".join(f"\n{context.shown(s.path)}:{s.line} {s.text}" for s in f.chain)
            message = quoteattr(_clean(f.message))
            text = escape(_clean(f"{context.shown(f.path)}:{f.line}:{f.column} {f.message}{chain}"))
            out.append(f"      <failure type={quoteattr(f.level)} message={message}>{text}</failure>")
            out.append("    </testcase>")
        out.append("  </testsuite>")
    if not findings:
        out.append(
            '  <testsuite name="layercheck" tests="1" failures="0" errors="0"><testcase name="clean" classname="layercheck"/></testsuite>'
        )
    out.append("</testsuites>")
    return "\n".join(out) + "\n"
