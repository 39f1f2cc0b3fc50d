"""Every rule says what its page and its fixtures say, and nothing else."""

from __future__ import annotations

import pytest

import support
from layercheck.registry import LoadedRule, rules
from support import Block, blocks, check_folder, code_of, engine_of, fixture_cases

CASES = fixture_cases()


def ids(loaded: LoadedRule) -> str:
    return loaded.rule.name


def tree(examples: list[Block]) -> dict[str, str]:
    return {block.path: block.text for block in examples}


@pytest.mark.parametrize("loaded", rules(), ids=ids)
def test_bad_example_is_reported(loaded: LoadedRule) -> None:
    bad = [block for block in blocks(loaded.doc) if block.kind == "bad"]
    findings = engine_of(tree(bad), codes=[loaded.rule.code], profile=loaded.rule.profile).findings_all()
    assert [f for f in findings if f.code == loaded.rule.code], f"{loaded.rule.name} is silent on its own bad example"


@pytest.mark.parametrize("loaded", rules(), ids=ids)
def test_good_example_is_silent(loaded: LoadedRule) -> None:
    examples = blocks(loaded.doc)
    laid_over = tree([b for b in examples if b.kind == "bad"]) | tree([b for b in examples if b.kind == "good"])
    findings = engine_of(laid_over, codes=[loaded.rule.code], profile=loaded.rule.profile).findings_all()
    assert findings == []


@pytest.mark.parametrize(("name", "folder"), CASES, ids=[f"{name}/{folder.name}" for name, folder in CASES])
def test_fixture(name: str, folder: support.Path) -> None:
    findings = check_folder(folder, codes=[code_of(name)])
    if folder.name.startswith("bad"):
        assert findings, "a bad case without any finding"
    else:
        assert not findings, "a case whose name does not start with bad must be silent"
