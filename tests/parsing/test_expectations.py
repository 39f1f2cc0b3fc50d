"""Every case gives, on every host and for every target of the rewrite, the tree that CPython 3.14 gives."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from dumping import dump
from forcing import forced

from layercheck.parsing import parse

CASES: list[dict[str, Any]] = [
    case for file in sorted(Path(__file__).parent.glob("cases/*.json")) for case in json.loads(file.read_text("utf-8"))
]
HOST = sys.version_info[:2]


def legal(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=ascii(case["source"])) for case in cases if case["tree"] is not None]


@pytest.mark.parametrize("target", [(3, 11), (3, 12), (3, 13)])
@pytest.mark.parametrize("case", legal(CASES))
def test_rewritten(case: dict[str, Any], target: tuple[int, int]) -> None:
    if target > HOST:
        pytest.skip("the host does not know what this target leaves as it is")
    tree = forced(case["source"], target)
    if tree is None:  # nothing is newer than the target: what the host gives is the business of test_parse
        return
    everything = target == (3, 11) or HOST >= (3, 13)
    compare = without_host_differences if not everything or case.get("hosts_differ") else lambda tree: tree
    assert compare(dump(tree)) == compare(case["tree"])


@pytest.mark.parametrize("case", legal([case for case in CASES if not case.get("hosts_differ")]))
def test_parse(case: dict[str, Any]) -> None:
    compare = without_host_differences if HOST < (3, 13) else lambda tree: tree
    assert compare(dump(parse(case["source"]))) == compare(case["tree"])


def test_every_expression_in_a_fstring_is_exact_on_every_host() -> None:
    """The differences that README.md admits end at the fields: what is in them is where it is."""
    case = next(case for case in CASES if "SELECT {column}" in case["source"])
    assert exact_values(dump(parse(case["source"]))) == exact_values(case["tree"])


@pytest.mark.parametrize(
    "case", [pytest.param(case, id=ascii(case["source"])) for case in CASES if case["tree"] is None]
)
def test_broken(case: dict[str, Any]) -> None:
    if "legal_in" in case:  # 3.14 refuses it, but a version that we know took it
        parse(case["source"])
        return
    with pytest.raises(SyntaxError) as caught:
        parse(case["source"], "some/file.py")
    assert caught.value.filename == "some/file.py"
    assert 1 <= (caught.value.lineno or 0) <= case["source"].count("\n") + 1


def without_host_differences(node: Any) -> Any:
    """A dump without what 3.11 and 3.12 write differently in the f-strings that they parse themselves.

    3.11 gives the literal text, the fields and the format specifications of an f-string the place of the whole string, forgets the
    `u` of a string beside it, and takes the braces of `{a, b}` for the parentheses of the tuple; 3.12 puts an empty constant at the
    end of some format specifications.
    """
    if isinstance(node, list):
        if len(node) == 3 and isinstance(node[2], dict):
            name, place, fields = node
            fields = {field: without_host_differences(value) for field, value in fields.items()}
            if name == "JoinedStr":
                fields["values"] = [
                    unplaced(v) for v in fields["values"] if not (v[0] == "Constant" and v[2]["value"] == "")
                ]
            return [name, place, fields]
        return [without_host_differences(item) for item in node]
    return node


def unplaced(part: Any) -> Any:
    """A part of an f-string without its own place and that of its format specification."""
    name, _, fields = part
    if name == "Constant":
        fields = fields | {"kind": None}
    elif fields["value"][0] == "Tuple":
        fields = fields | {"value": ["Tuple", None, fields["value"][2]]}
    if name in ("FormattedValue", "Interpolation") and fields["format_spec"] is not None:
        spec = fields["format_spec"]
        fields = fields | {"format_spec": [spec[0], None, spec[2]]}
    return [name, None, fields]


def exact_values(node: Any) -> list[Any]:
    """The dumps of all expressions in replacement fields."""
    found: list[Any] = []
    if isinstance(node, list):
        if len(node) == 3 and node[0] == "FormattedValue":
            found.append(node[2]["value"])
        for item in node:
            found += exact_values(item)
    elif isinstance(node, dict):
        for item in node.values():
            found += exact_values(item)
    return found
