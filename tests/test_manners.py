"""Manners of all rules at once: what a rule must have to be found, read, suppressed and believed."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from typing import Any

import pytest

from layercheck.parsing import parse
from layercheck.registry import LoadedRule, by_code, rules
from support import FIXTURES, TESTS, Block, blocks

CATALOG: dict[str, Any] = tomllib.loads((TESTS / "catalog.toml").read_text(encoding="utf-8"))
RULES = rules()


def ids(loaded: LoadedRule) -> str:
    return loaded.rule.name


every_rule = pytest.mark.parametrize("loaded", RULES, ids=ids)


def entry(loaded: LoadedRule) -> dict[str, Any]:
    return next(rule for rule in CATALOG["rule"] if rule["code"] == loaded.rule.code)


def paragraphs(doc: str) -> list[str]:
    """The prose of a page, without its blocks."""
    prose = re.sub(r"(?ms)^```.*?^```$", "", doc)
    return [" ".join(part.split()) for part in prose.strip().split("\n\n") if part.strip()]


def test_codes_and_names_are_unique() -> None:
    codes = [loaded.rule.code for loaded in RULES]
    names = [loaded.rule.name for loaded in RULES]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)
    assert codes == sorted(codes)


@every_rule
def test_catalogue_and_rule_agree(loaded: LoadedRule) -> None:
    rule = loaded.rule
    says = {"code": rule.code, "name": rule.name, "level": rule.level, "profile": rule.profile, "card": list(rule.card)}
    assert says == entry(loaded)


@every_rule
def test_card_statements_exist(loaded: LoadedRule) -> None:
    assert set(loaded.rule.card) <= set(CATALOG["statements"])


@every_rule
def test_names_read_well(loaded: LoadedRule) -> None:
    rule = loaded.rule
    assert re.fullmatch(r"LC\d{3}", rule.code)
    assert re.fullmatch(r"[a-z]+[a-z0-9]*(-[a-z0-9]+)+", rule.name), "two or more words in kebab case"
    assert loaded.module.rpartition(".")[2] == rule.name.replace("-", "_"), "the file is named like the rule"
    assert by_code(rule.code.lower()) is loaded
    assert by_code(rule.name.upper()) is loaded
    assert re.fullmatch(r"\d+\.\d+", rule.since)


@every_rule
def test_the_page_is_complete(loaded: LoadedRule) -> None:
    title, *rest = paragraphs(loaded.doc)
    assert title.endswith("."), "the title is a sentence"
    assert len(title) <= 80
    assert "\n" not in loaded.doc.split("\n\n")[0], "the title stands in the first line"
    why = [part for part in rest if not part.startswith("How to fix:")]
    assert why, "a paragraph says why it hurts"
    assert len(why[0]) > 60, "the paragraph that says why is more than a remark"
    assert [part for part in rest if part.startswith("How to fix:")], "a paragraph starts with 'How to fix:'"
    kinds = {block.kind for block in blocks(loaded.doc)}
    assert kinds == {"bad", "good"}


@every_rule
def test_the_examples_parse(loaded: LoadedRule) -> None:
    fences = loaded.doc.count("\n```") / 2
    assert len(blocks(loaded.doc)) == fences, "every block says language, bad or good, and its path"
    for block in blocks(loaded.doc):
        assert block.path.count("/") or block.language != "python", f"{block.path}: the example lies in a package"
        if block.language == "python" and not (loaded.rule.name == "unparsable-file" and block.kind == "bad"):
            assert isinstance(parse(block.text, block.path), ast.Module)
            assert_short(block)


def assert_short(block: Block) -> None:
    assert max((len(line) for line in block.text.splitlines()), default=0) <= 120, f"{block.path}: fits a page"


@every_rule
def test_fixtures_exist(loaded: LoadedRule) -> None:
    cases = [case.name for case in sorted((FIXTURES / loaded.rule.name).glob("*")) if case.is_dir()]
    assert any(case.startswith("bad") for case in cases), f"tests/fixtures/{loaded.rule.name}/bad...: a case is missing"
    assert any(case.startswith("good") for case in cases), (
        f"tests/fixtures/{loaded.rule.name}/good...: a case is missing"
    )


def test_every_fixture_has_its_rule() -> None:
    strangers = {folder.name for folder in FIXTURES.iterdir() if folder.is_dir()} - {r.rule.name for r in RULES}
    assert not strangers


@every_rule
def test_the_message(loaded: LoadedRule) -> None:
    message = loaded.rule.message
    assert message == message.strip()
    assert not message.endswith("."), "a message is no sentence: formats put things behind it"
    assert "\n" not in message
    fields = {name for _, name, _, _ in string.Formatter().parse(message) if name is not None}
    assert all(re.fullmatch(r"[a-z_]+", name) for name in fields), "fields are plain names"
    assert "value" not in fields, "no message shows the value that it is about"


@every_rule
def test_options_are_usable(loaded: LoadedRule) -> None:
    names = [option.name for option in loaded.rule.options]
    assert len(set(names)) == len(names)
    for option in loaded.rule.options:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", option.name), "kebab case, as in TOML"
        assert option.help
        assert not option.help.endswith(".")
