"""Settings of the whole test suite: how much Hypothesis tries, which folders hold data, not tests, and what runs first."""

from __future__ import annotations

import os
import sys

import pytest
from hypothesis import HealthCheck, settings

collect_ignore = ["fixtures", "pyodide/node_modules"]

_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
settings.register_profile("ci", max_examples=15, derandomize=True, deadline=None, suppress_health_check=_QUIET)
settings.register_profile(
    "deep", max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "500")), deadline=None, suppress_health_check=_QUIET
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

# Hundreds of tests start a Python of their own. Where the surroundings forbid bytecode (containers often do), each of them would
# compile all of layercheck again, which takes three times as long as what it is started for.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

sys.setrecursionlimit(20_000)  # as the engine does; tests that ask a project directly have no engine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow tests first: with several workers none is left alone with them at the end."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
