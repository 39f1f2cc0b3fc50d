"""GitHub Actions annotations (workflow commands): https://docs.github.com/actions/reference/workflow-commands-for-github-actions"""

from __future__ import annotations

from collections.abc import Sequence

from layercheck.model import Finding
from layercheck.report import Context

_KINDS = {"error": "error", "warning": "warning", "info": "notice"}


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def render(findings: Sequence[Finding], context: Context) -> str:
    """One workflow command a finding."""
    out = []
    for f in findings:
        chain = "".join(f"\n{context.shown(s.path)}:{s.line} {s.text}" for s in f.chain)
        out.append(
            f"::{_KINDS[f.level]} file={_property(context.shown(f.path))},line={f.line},col={f.column},endLine={f.end_line},"
            f"endColumn={f.end_column},title={_property(f'{f.code} {f.name}')}::{_data(f.message + chain)}\n"
        )
    return "".join(out)
