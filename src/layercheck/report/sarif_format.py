"""SARIF 2.1.0 (OASIS): https://docs.oasis-open.org/sarif/sarif/v2.1.0/"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from layercheck.model import Finding
from layercheck.report import Context

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}


def _location(path: str, region: dict[str, int], context: Context) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": quote(context.shown(path))}, "region": region}}


def render(findings: Sequence[Finding], context: Context) -> str:
    """The log with one run."""
    used = [r for r in context.rules if any(f.code == r.code for f in findings)]
    index = {r.code: i for i, r in enumerate(used)}
    results = []
    for f in findings:
        region = {
            "startLine": f.line,
            "startColumn": f.column,
            "endLine": f.end_line,
            "endColumn": max(f.end_column, 1),
        }
        result: dict[str, Any] = {
            "ruleId": f.code,
            "ruleIndex": index[f.code],
            "level": _LEVELS[f.level],
            "message": {"text": f.message},
            "locations": [_location(f.path, region, context)],
            "partialFingerprints": {
                "layercheck/v1": hashlib.sha256(f"{f.path}\0{f.code}\0{f.message}".encode()).hexdigest()
            },
        }
        if f.chain:
            steps = []
            for number, s in enumerate(f.chain):
                place = _location(s.path, {"startLine": s.line, "startColumn": s.column}, context)
                steps.append({**place, "id": number, "message": {"text": s.text}})
            result["relatedLocations"] = steps
            flow = [{"location": {k: v for k, v in step.items() if k != "id"}} for step in steps]
            result["codeFlows"] = [{"threadFlows": [{"locations": flow}]}]
        results.append(result)
    rules = [
        {
            "id": r.code,
            "name": "".join(part.capitalize() for part in r.name.split("-")),
            "shortDescription": {"text": r.name.replace("-", " ")},
            "defaultConfiguration": {"level": _LEVELS[r.level]},
            "properties": {"profile": r.profile, "card": list(r.card)},
        }
        for r in used
    ]
    log = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "layercheck", "version": context.version, "rules": rules}},
                "columnKind": "unicodeCodePoints",
                "results": results,
            }
        ],
    }
    return json.dumps(log, indent=1) + "\n"
