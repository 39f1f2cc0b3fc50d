"""`[tool.layercheck]` in pyproject.toml, or layercheck.toml: where the project begins and what is checked in it."""

from layercheck.config.load import load_settings
from layercheck.config.locate import find_root
from layercheck.config.patterns import matches_any
from layercheck.config.select import Selector, selected
from layercheck.config.settings import (
    DEFAULT_EXCLUDE,
    EFFECT_NAMES,
    LAYER_NAMES,
    LayerSettings,
    OptionValue,
    Override,
    RuleOptions,
    Selection,
    Settings,
    fingerprint,
)

__all__ = [
    "DEFAULT_EXCLUDE",
    "EFFECT_NAMES",
    "LAYER_NAMES",
    "LayerSettings",
    "OptionValue",
    "Override",
    "RuleOptions",
    "Selection",
    "Selector",
    "Settings",
    "find_root",
    "fingerprint",
    "load_settings",
    "matches_any",
    "selected",
]
