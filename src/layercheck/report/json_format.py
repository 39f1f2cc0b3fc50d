"""A JSON array with one object a finding; lines and columns count from 1, paths are relative to the working directory."""

from __future__ import annotations

import json
from collections.abc import Sequence

from layercheck.model import Finding
from layercheck.report import Context


def render(findings: Sequence[Finding], context: Context) -> str:
    """The array, indented."""
    out = []
    for f in findings:
        chain = [{"path": context.shown(s.path), "line": s.line, "column": s.column, "text": s.text} for s in f.chain]
        out.append(
            {
                "code": f.code,
                "name": f.name,
                "path": context.shown(f.path),
                "line": f.line,
                "column": f.column,
                "end_line": f.end_line,
                "end_column": f.end_column,
                "message": f.message,
                "level": f.level,
                "chain": chain,
            }
        )
    return json.dumps(out, indent=1, ensure_ascii=False) + "\n"
