"""The quick half of the speed benchmark: what must not grow does not, and the figures are computed as they are described."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from layercheck.config import load_settings
from layercheck.engine import Engine
from layercheck.registry import rules

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

from speed import counts, growth, latency, plots, report, targets, timing
from speed.timing import Item, Measure


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, counts.Count]:
    return {c.name: c for c in counts.counts(counts.EXAMPLE, counts.EDITED, tmp_path_factory.mktemp("speed"))}


@pytest.mark.parametrize("name", counts.LIMITS)
def test_count_is_within_its_limit(found: dict[str, counts.Count], name: str) -> None:
    assert found[name].value <= found[name].limit


def test_a_value_over_its_limit_is_noticed() -> None:
    assert counts.Count("parsed", 2, 1).over
    assert not counts.Count("parsed", 1, 1).over


def test_foreign_modules_are_those_of_other_packages() -> None:
    assert counts.foreign({"os.path", "layercheck.engine", "click.core", "marshal"}) == {"click.core"}


def test_ratios_are_taken_within_a_round_and_leave_out_the_warm_up() -> None:
    top = {0: Measure(90, 90, 1, 0), 1: Measure(2, 2, 1, 0), 2: Measure(9, 9, 1, 0)}
    bottom = {0: Measure(1, 1, 1, 0), 1: Measure(1, 1, 1, 0), 2: Measure(3, 3, 1, 0)}
    assert timing.ratios(top, bottom, "wall") == [2, 3]


def test_what_was_run_once_is_compared_within_the_warm_up() -> None:
    top = {0: Measure(90, 1, 1, 0), 1: Measure(2, 2, 1, 0), 2: Measure(4, 4, 1, 0)}
    assert timing.ratios(top, {0: Measure(6, 6, 1, 0)}, "wall") == [15]
    assert timing.ratios({1: top[1], 2: top[2]}, {0: Measure(6, 6, 1, 0)}, "wall") == [0.5]


def test_targets_are_met_up_to_the_limit() -> None:
    target = targets.Target("", "M", "cold1", "floor", "cpu", 1.8, 1.45)
    outcome = targets.Outcome(target, 1.8, 1.8, 1.8, 1)
    assert (outcome.must, outcome.stretch) == ("met", "missed")


def test_added_cpu_is_in_percent() -> None:
    results = {"M:flake8-cold": {1: Measure(1, 10.3, 1, 0)}, "M:flake8": {1: Measure(1, 10.0, 1, 0)}}
    (outcome,) = targets.outcomes(results, None)
    assert outcome.value == pytest.approx(3)
    assert outcome.must == "met"


@pytest.mark.parametrize(("percent", "expected"), [(50, 3.0), (95, 5.0), (20, 1.0)])
def test_percentile(percent: float, expected: float) -> None:
    assert targets.percentile([1.0, 2.0, 3.0, 4.0, 5.0], percent) == expected


@pytest.mark.skipif(not hasattr(timing.os, "wait4"), reason="needs wait4")
def test_a_command_that_fails_has_no_result_and_a_killed_one_has() -> None:
    items = [
        Item("fails", "S", [sys.executable, "-c", "raise SystemExit(2)"]),
        Item("hangs", "S", [sys.executable, "-c", "import time; time.sleep(60)"], peer=True),
    ]
    results = timing.rotate(items, 1, slow=0.1, limit=0.3, say=lambda text: None)
    assert list(results) == ["S:hangs"]
    assert [m.code for m in results["S:hangs"].values()] == [-9]


def test_only_the_generated_block_of_the_document_is_replaced(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    document.write_text(f"before\n\n{report.BEGIN}\nold\n{report.END}\n\nafter\n")
    report.write_document(document, "new")
    assert document.read_text() == f"before\n\n{report.BEGIN}\n\nnew\n\n{report.END}\n\nafter\n"
    document.write_text("no markers")
    with pytest.raises(ValueError, match="markers"):
        report.write_document(document, "new")


def test_edits_for_the_latency_are_new_and_valid() -> None:
    text = "def f():\n    x = 1\n    return x\n\n\nclass A:\n    async def g(self):\n        pass\n"
    edited = latency.edits(text, 4)
    assert len(set(edited)) == 4
    for one in edited:
        ast.parse(one)
        assert one.count("_edited") == 1


def test_a_synthetic_project_has_its_size_and_only_its_faults(tmp_path: Path) -> None:
    growth.generate(tmp_path / "a", 1500, 10)
    files = sorted((tmp_path / "a").rglob("*.py"))
    lines = sum(file.read_text().count("\n") for file in files)
    assert 1500 <= lines <= 2500
    settings = load_settings(str(tmp_path / "a"), isolated=True, rules=tuple(r.rule for r in rules()))
    engine = Engine(settings, jobs=1, use_cache=False)
    sleeps = [finding for finding in engine.findings_all() if finding.code == "LC901"]
    assert 0.5 < len(sleeps) / (lines / 1000 * 10) < 1.5


def test_the_exponent_of_growth() -> None:
    assert growth.slope([(10, 5), (100, 50), (1000, 500)]) == pytest.approx(1)
    assert growth.slope([(10, 1), (100, 100)]) == pytest.approx(2)


def test_charts_are_well_formed() -> None:
    from xml.etree import ElementTree

    chart = plots.lines("a < b", "x", "y", [("one", [(1, 0.01), (1000, 20)]), ("two", [(50, 3)])])
    assert len(ElementTree.fromstring(chart).findall("{*}polyline")) == 2
    ElementTree.fromstring(plots.bars("a & b", "ms", [("layercheck", 3.0), ("ruff", 0.0)]))
