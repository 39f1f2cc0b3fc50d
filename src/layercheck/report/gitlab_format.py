"""GitLab code quality report: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from layercheck.model import Finding
from layercheck.report import Context

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def render(findings: Sequence[Finding], context: Context) -> str:
    """The array. Fingerprints do not depend on line numbers, so that moved code is not a new finding."""
    seen: Counter[str] = Counter()
    out = []
    for f in findings:
        base = f"{f.path}\0{f.code}\0{f.message}"
        seen[base] += 1
        mark = hashlib.sha256(f"{base}\0{seen[base]}".encode("utf-8", "surrogatepass")).hexdigest()
        out.append(
            {
                "description": f"{f.code} {f.message}",
                "check_name": f.name,
                "fingerprint": mark,
                "severity": _SEVERITIES[f.level],
                "location": {"path": context.shown(f.path), "lines": {"begin": f.line, "end": f.end_line}},
            }
        )
    return json.dumps(out, indent=1) + "\n"
