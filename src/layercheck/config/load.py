"""Finds the configuration of a project, follows `extend`, lays the command line over it."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from layercheck.config.locate import find_project, find_root
from layercheck.config.settings import LayerSettings, Selection, Settings, merge_options, merge_table
from layercheck.model import LayercheckError, Rule


def load_settings(
    start: str | os.PathLike[str] | None = None,
    *,
    config_file: str | os.PathLike[str] | None = None,
    isolated: bool = False,
    overrides: Mapping[str, Any] | None = None,
    rules: Sequence[Rule] = (),
) -> Settings:
    """The settings of the project that a file or folder belongs to (without `start`: the working directory).

    `config_file` is used instead of the one that would be found; its folder is the root where it holds `start`. `isolated` reads
    no configuration, but the root is the same as with it. `overrides` are fields of Settings, from a command line: None says
    nothing; select, ignore and extend_select become a layer above the file's, extend_exclude adds, the others replace.

    Raises LayercheckError for anything in a configuration that is not understood, naming file and line.
    """
    start = os.path.abspath(os.fspath(start) if start is not None else os.getcwd())
    if config_file is not None:
        found: str | None = os.path.abspath(os.fspath(config_file))
        if not os.path.isfile(str(found)):
            raise LayercheckError(f"{os.fspath(config_file)}: no such configuration file")
        folder = os.path.dirname(str(found))
        root = folder if os.path.join(start, "").startswith(os.path.join(folder, "")) else find_project(start)
    else:
        root, found = find_root(start)
    settings = Settings(root=root)
    if found is not None and not isolated:
        settings = settings._replace(config_path=found)
        for values in _chain(found, rules, root, ()):
            settings = _lay(settings, values)
    if overrides:
        settings = _lay(settings, _command_line(overrides, rules))
    return settings


def _chain(path: str, rules: Sequence[Rule], root: str, seen: tuple[str, ...]) -> list[dict[str, Any]]:
    """The values of a file and of those that it extends, the outermost first."""
    from layercheck.config.toml import Document
    from layercheck.config.validate import Reader

    document = Document(path)
    values = Reader(document, rules, root).read()
    base = values.pop("extend", None)
    if base is None:
        return [values]
    target = os.path.normpath(os.path.join(document.folder, os.path.expanduser(base)))
    way = (*seen, os.path.realpath(path))
    if os.path.realpath(target) in way:
        circle = " -> ".join([*way, os.path.realpath(target)])
        raise document.error(("extend",), f"extend goes in a circle: {circle}")
    if not os.path.isfile(target):
        raise document.error(("extend",), f"extend: no such file: {target}")
    return [*_chain(target, rules, root, way), values]


def _lay(settings: Settings, values: dict[str, Any]) -> Settings:
    """What a file (or the command line) says, over what there is."""
    values = dict(values)
    select, ignore, extend = (values.pop(k, None) for k in ("select", "ignore", "extend_select"))
    if select is not None or ignore or extend:
        old = Selection(settings.select, settings.ignore, settings.extend_select)
        inherited = settings.inherited if old == Selection() else (*settings.inherited, old)
        if select is not None:
            inherited = ()  # it starts anew: nothing below it counts
        settings = settings._replace(
            select=select, ignore=ignore or (), extend_select=extend or (), inherited=inherited
        )
    if "extend_exclude" in values:
        values["extend_exclude"] = settings.extend_exclude + values["extend_exclude"]
    if "options" in values:
        values["options"] = merge_options(settings.options, values["options"])
    if "overrides" in values:
        values["overrides"] = settings.overrides + values["overrides"]
    if isinstance(values.get("layers"), dict):
        values["layers"] = _lay_layers(settings.layers, values["layers"])
    return settings._replace(**values)


def _lay_layers(old: LayerSettings, values: dict[str, Any]) -> LayerSettings:
    values = dict(values)
    for key in ("modules", "forbid"):
        if key in values:
            values[key] = merge_table(getattr(old, key), values[key])
    return old._replace(**values)


def _command_line(overrides: Mapping[str, Any], rules: Sequence[Rule]) -> dict[str, Any]:
    values = {k: tuple(v) if isinstance(v, list) else v for k, v in overrides.items() if v is not None}
    for key in ("select", "ignore", "extend_select"):
        for selector in values.get(key, ()):
            from layercheck.config.validate import wrong_selector

            wrong = wrong_selector(selector, rules)
            if wrong:
                raise LayercheckError(f"--{key.replace('_', '-')}: {wrong}")
    return values
