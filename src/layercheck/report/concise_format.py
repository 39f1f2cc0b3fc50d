"""One line a finding: `path:line:column: CODE message`, for editors and grep."""

from __future__ import annotations

from collections.abc import Sequence

from layercheck.model import Finding
from layercheck.report import Context


def render(findings: Sequence[Finding], context: Context) -> str:
    """The lines."""
    return "".join(f"{context.shown(f.path)}:{f.line}:{f.column}: {f.code} [{f.name}] {f.message}\n" for f in findings)
