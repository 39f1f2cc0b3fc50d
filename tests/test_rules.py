"""Every rule says what its page and its fixtures say, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

import support
from layercheck.registry import LoadedRule, by_code, rules
from support import Block, blocks, check_folder, engine_of, fixture_cases

CASES = fixture_cases()


def ids(loaded: LoadedRule) -> str:
    return loaded.rule.name


def tree(examples: list[Block]) -> dict[str, str]:
    return {block.path: block.text for block in examples}


def needed(loaded: LoadedRule, texts: Iterable[str | bytes]) -> set[str]:
    """The rule alone; the rule about suppressions with those that the texts suppress: of others it says nothing."""
    named = {
        code for text in texts for code in re.findall(r"LC\d{3}", support.as_bytes(text).decode("utf-8", "replace"))
    }
    known = {other.rule.code for other in rules()}
    return {loaded.rule.code} | (named & known if not loaded.checks else set())


@pytest.mark.parametrize("loaded", rules(), ids=ids)
def test_bad_example_is_reported(loaded: LoadedRule) -> None:
    bad = tree([block for block in blocks(loaded.doc) if block.kind == "bad"])
    findings = engine_of(bad, codes=needed(loaded, bad.values()), profile=loaded.rule.profile).findings_all()
    assert [f for f in findings if f.code == loaded.rule.code], f"{loaded.rule.name} is silent on its own bad example"


@pytest.mark.parametrize("loaded", rules(), ids=ids)
def test_good_example_is_silent(loaded: LoadedRule) -> None:
    examples = blocks(loaded.doc)
    laid_over = tree([b for b in examples if b.kind == "bad"]) | tree([b for b in examples if b.kind == "good"])
    codes = needed(loaded, laid_over.values())
    findings = engine_of(laid_over, codes=codes, profile=loaded.rule.profile).findings_all()
    assert findings == []


@pytest.mark.parametrize(("name", "folder"), CASES, ids=[f"{name}/{folder.name}" for name, folder in CASES])
def test_fixture(name: str, folder: support.Path) -> None:
    loaded = by_code(name)
    assert loaded is not None, f"tests/fixtures/{name}: no rule has this name"
    findings = check_folder(folder, codes=needed(loaded, support.read_tree(folder).values()))
    if folder.name.startswith("bad"):
        assert findings, "a bad case without any finding"
    else:
        assert not findings, "a case whose name does not start with bad must be silent"


@pytest.mark.parametrize(
    ("start", "rest"),
    [
        ("AKIA", "Q3EGWLP7TN2VXKDM"),
        ("ghp_", "x7Kq2ZpLw9Rt4Vb8Nc1Md6Fg3Hj5Ys0Ua2Qe"),
        (
            "-----BEGIN RSA PRIVATE ",
            "KEY-----\\nMIIEowIBAAKCAQEAx7Kq2ZpLw9Rt4Vb8Nc1Md6Fg3Hj5Ys0Ua2Qe8Tu4Wi6Op0As2Df5Gh\\n",
        ),
    ],
    ids=["aws", "github", "pem"],
)
def test_formats_of_providers(start: str, rest: str) -> None:
    """Put together here, so that no scanner of repositories takes the fixture for a leak."""
    tree = {"shop/clients.py": f'STORE = "{start}{rest}"  # expect: LC205\nprint(STORE)\n'}
    (finding,) = support.check_tree(tree, codes=["LC205"])
    assert rest[:6] not in finding.message
