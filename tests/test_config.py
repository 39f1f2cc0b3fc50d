"""Where a project begins, what its configuration means, and what is said of a configuration that means nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.config import (
    LAYER_NAMES,
    LayerSettings,
    Selection,
    Settings,
    find_root,
    fingerprint,
    load_settings,
    matches_any,
    selected,
)
from layercheck.config.patterns import is_name, rebase
from layercheck.model import LayercheckError, Level, Option, Profile, Rule
from support_git import write


def rule(code: str, name: str, profile: str = Profile.DEFAULT, options: tuple[Option, ...] = ()) -> Rule:
    return Rule(code, name, "{x}", Level.ERROR, profile, ("X-1",), "0.1", options)


OPTIONS = (
    Option("max-branches", 4, "how many"),
    Option("strict-mode", False, "whether"),
    Option("style", "plain", "which"),
    Option("names", ("a", "b"), "what"),
)
RULES = (
    rule("LC101", "business-logic-in-route", options=OPTIONS),
    rule("LC102", "layer-skip"),
    rule("LC103", "db-access-in-route"),
    rule("LC110", "cross-domain-import", Profile.STRICT),
    rule("LC601", "query-in-loop"),
    rule("LC604", "query-in-comprehension", Profile.STRICT),
)
DEFAULT = {"LC101", "LC102", "LC103", "LC601"}
EVERY = {r.code for r in RULES}


def load(root: Path, text: str, **keywords: Any) -> Settings:
    write(root, {"layercheck.toml": text})
    return load_settings(root, rules=RULES, **keywords)


def complaint(root: Path, text: str) -> str:
    """The message about a broken layercheck.toml, without the folder."""
    with pytest.raises(LayercheckError) as error:
        load(root, text)
    return str(error.value).removeprefix(f"{root}{os.sep}")


# --------------------------------------------------------------------------------------------------------------- the root


@pytest.mark.parametrize(
    ("files", "start", "root", "config"),
    [
        ({"layercheck.toml": ""}, "app/api", "", "layercheck.toml"),
        ({"pyproject.toml": "[tool.layercheck]\n"}, "app/api", "", "pyproject.toml"),
        ({"pyproject.toml": "[tool.layercheck.layers]\nopen = true\n"}, "app", "", "pyproject.toml"),
        ({"pyproject.toml": "tool.layercheck.profile = 'strict'\n"}, "app", "", "pyproject.toml"),
        ({"pyproject.toml": "[ tool . 'layercheck' ]\n"}, "app", "", "pyproject.toml"),
        ({"layercheck.toml": "", "pyproject.toml": "[tool.layercheck]\n"}, "app", "", "layercheck.toml"),
        ({"layercheck.toml": "", "app/pyproject.toml": "[tool.layercheck]\n"}, "app/api", "app", "app/pyproject.toml"),
        ({"layercheck.toml": "", "app/pyproject.toml": "[tool.ruff]\n"}, "app/api", "", "layercheck.toml"),
        ({"layercheck.toml": "", "app/pyproject.toml": "# see tool.layercheck\n"}, "app/api", "", "layercheck.toml"),
        (
            {"layercheck.toml": "", "app/pyproject.toml": "dependencies = ['layercheck']\n"},
            "app/api",
            "",
            "layercheck.toml",
        ),
        ({"layercheck.toml": "", "app/pyproject.toml": "[broken\n"}, "app/api", "", "layercheck.toml"),
        ({"layercheck.toml": "", "app/pyproject.toml": "[tool.layercheck\n"}, "app/api", "app", "app/pyproject.toml"),
        ({".git/HEAD": "", "app/pyproject.toml": ""}, "app/api", "", None),
        ({".git": "gitdir: elsewhere\n", "app/setup.py": ""}, "app/api", "", None),
        ({"app/setup.cfg": ""}, "app/api", "app", None),
        ({"app/setup.py": "", "requirements.txt": ""}, "app/api", "app", None),
        ({"requirements.txt": ""}, "app/api/routes.py", "", None),
        ({}, "app/api", "app/api", None),
        ({}, "app/api/routes.py", "app/api", None),
        ({"layercheck.toml/x": ""}, "app/api", "app/api", None),
    ],
)
def test_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], start: str, root: str, config: str | None
) -> None:
    write(tmp_path, {"app/api/routes.py": ""} | files)
    _nothing_above(monkeypatch, tmp_path)
    assert find_root(tmp_path / start) == (
        str(tmp_path / root) if root else str(tmp_path),
        None if config is None else str(tmp_path / config),
    )


def _nothing_above(monkeypatch: pytest.MonkeyPatch, top: Path) -> None:
    """The temporary folder may lie in somebody's project."""
    for name in ("isfile", "exists"):
        real = getattr(os.path, name)
        monkeypatch.setattr(os.path, name, lambda p, r=real: r(p) and Path(p).parent.is_relative_to(top))


def test_every_file_of_a_project_leads_to_the_same_root(tmp_path: Path) -> None:
    files = ["a.py", "app/b.py", "app/api/c.py", "tests/d.py", "tests/pyproject.toml", "app/setup.cfg"]
    write(tmp_path, dict.fromkeys(files, "") | {"pyproject.toml": "[tool.layercheck]\n"})
    assert {find_root(tmp_path / name) for name in files} == {(str(tmp_path), str(tmp_path / "pyproject.toml"))}


def test_the_working_directory_without_a_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"layercheck.toml": "", "app/a.py": ""})
    monkeypatch.chdir(tmp_path / "app")
    assert load_settings().root == str(tmp_path)
    assert load_settings("a.py").root == str(tmp_path)
    assert load_settings("no-such-file.py").root == str(tmp_path)


def test_a_file_that_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        tmp_path,
        {
            "shop/app/a.py": "",
            "shop/setup.cfg": "",
            "shop/ci.toml": 'profile = "strict"\n',
            "ci/base.toml": "ignore = ['LC101']",
        },
    )
    write(tmp_path, {"shop/layercheck.toml": "ignore = ['LC102']\n"})
    inside = load_settings(tmp_path / "shop" / "app", config_file=tmp_path / "shop" / "ci.toml")
    assert (inside.root, inside.profile, inside.ignore) == (str(tmp_path / "shop"), "strict", ())
    monkeypatch.chdir(tmp_path / "shop" / "app")
    outside = load_settings(config_file="../../ci/base.toml")
    assert (outside.root, outside.ignore) == (str(tmp_path / "shop"), ("LC101",))
    assert outside.config_path == str(tmp_path / "ci" / "base.toml")
    with pytest.raises(LayercheckError, match=r"nowhere\.toml: no such configuration file"):
        load_settings(config_file="nowhere.toml")


def test_isolated_reads_nothing_but_has_the_same_root(tmp_path: Path) -> None:
    write(tmp_path, {"layercheck.toml": "nonsense = [", "app/a.py": ""})
    assert load_settings(tmp_path / "app", isolated=True) == Settings(root=str(tmp_path))


# --------------------------------------------------------------------------------------------------------------- the keys


def test_every_key(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        profile = "strict"
        select = ["LC1", "query-in-loop"]
        ignore = ["LC102"]
        extend-select = ["ALL"]
        exclude = ["old"]
        extend-exclude = ["app/gen", "*_pb2.py"]
        respect-gitignore = false
        force-exclude = true
        cache-dir = "../cache"
        readme-names = ["README.md", "index.md"]

        [layers]
        order = ["services", "repositories"]
        open = ["services"]
        modules = { services = ["app/logic/**", "app.core.*"] }
        services.forbid = ["http-framework", "commit"]
        routes.forbid = ["sql"]

        [rules.business-logic-in-route]
        max-branches = 6
        strict-mode = true
        style = "loud"
        names = []

        [[overrides]]
        paths = ["app/admin/**"]
        ignore = ["LC103"]
        rules.business-logic-in-route.max-branches = 9
        """,
    )
    assert settings == Settings(
        root=str(tmp_path),
        config_path=str(tmp_path / "layercheck.toml"),
        profile="strict",
        select=("LC1", "query-in-loop"),
        ignore=("LC102",),
        extend_select=("ALL",),
        exclude=("old",),
        extend_exclude=("app/gen", "*_pb2.py"),
        respect_gitignore=False,
        force_exclude=True,
        cache_dir=str(tmp_path.parent / "cache"),
        readme_names=("README.md", "index.md"),
        layers=LayerSettings(
            modules=(("services", ("app/logic/**", "app.core.*")),),
            order=("services", "repositories"),
            open=("services",),
            forbid=(("services", ("http-framework", "commit")), ("routes", ("sql",))),
        ),
        overrides=settings.overrides,
        options=(
            ("business-logic-in-route", (("max-branches", 6), ("strict-mode", True), ("style", "loud"), ("names", ()))),
        ),
    )
    assert hash(settings) == hash(settings._replace())
    assert settings.option(RULES[0], "max-branches") == 6
    assert settings.option(RULES[0], "max-branches", "app/main.py") == 6
    assert settings.option(RULES[0], "max-branches", "app/admin/x.py") == 9
    assert settings.option(RULES[0], "style", "app/admin/x.py") == "loud"
    assert Settings(root="/").option(RULES[0], "names") == ("a", "b")
    with pytest.raises(KeyError):
        settings.option(RULES[0], "nope")
    assert settings.is_readme("INDEX.md")
    assert not settings.is_readme("README.rst")


def test_the_same_in_pyproject(tmp_path: Path) -> None:
    text = (
        "[tool.layercheck]\nprofile = 'strict'\n[tool.layercheck.rules.LC101]\nmax-branches = 6\n[tool.other]\nx = 1\n"
    )
    write(tmp_path, {"pyproject.toml": text})
    settings = load_settings(tmp_path, rules=RULES)
    assert (settings.profile, settings.option(RULES[0], "max-branches")) == ("strict", 6)


def test_open_layers_all_or_none(tmp_path: Path) -> None:
    assert load(tmp_path, "layers.open = true").layers.open == LAYER_NAMES
    assert load(tmp_path, "layers.open = false").layers.open == ()


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(b"\xef\xbb\xbf[tool.layercheck]\r\nprofile = 'strict'\r\n")
    assert load_settings(tmp_path).profile == "strict"


def test_an_empty_file_is_a_configuration(tmp_path: Path) -> None:
    assert load(tmp_path, "")._replace(config_path=None) == Settings(root=str(tmp_path))


# --------------------------------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("\nselct = []", "layercheck.toml:2: unknown key 'selct'; did you mean 'select'?"),
        ("extend_select = []", "layercheck.toml:1: unknown key 'extend_select'; did you mean 'extend-select'?"),
        ("xyzzy = 1", "layercheck.toml:1: unknown key 'xyzzy'"),
        ("[per-file-ignores]", "layercheck.toml:1: unknown key 'per-file-ignores'; use [[tool.layercheck.overrides]] with paths and ignore"),
        ("profile = 'strickt'", """layercheck.toml:1: profile must be "default" or "strict", not 'strickt'"""),
        ("profile = 3", "layercheck.toml:1: profile must be a string, not an integer"),
        ("#\n\nselect = 'LC1'", 'layercheck.toml:3: select must be a list of strings, not a string: write ["LC1"]'),
        ("select = true", "layercheck.toml:1: select must be a list of strings, not a boolean"),
        ("select = ['LC1', 2.5]", "layercheck.toml:1: select must hold strings only; number 2 is a float"),
        ("ignore = [\n  'LC1',\n  'LC777',\n]", "layercheck.toml:3: ignore: no rule fits 'LC777'"),
        ("ignore = ['LC602']", "layercheck.toml:1: ignore: no rule fits 'LC602'; did you mean 'LC601'?"),
        ("extend-select = ['query_in_lop']", "layercheck.toml:1: extend-select: no rule fits 'query_in_lop'; did you mean 'query-in-loop'?"),
        ("select = ['E501']", "layercheck.toml:1: select: no rule fits 'E501'"),
        ("select = ['']", "layercheck.toml:1: select: no rule fits ''"),
        ("exclude = ['']", "layercheck.toml:1: exclude: '': a pattern must not be empty"),
        ("exclude = 1979-05-27", "layercheck.toml:1: exclude must be a list of strings, not a date or time"),
        ("respect-gitignore = 'no'", "layercheck.toml:1: respect-gitignore must be true or false, not a string"),
        ("cache-dir = ['x']", "layercheck.toml:1: cache-dir must be a string, not a list"),
        ("cache-dir = ''", "layercheck.toml:1: cache-dir must not be empty"),
        ("readme-names = ['docs/README.md']", "layercheck.toml:1: readme-names: 'docs/README.md' is no file name"),
        ("layers = 3", "layercheck.toml:1: layers must be a table, not an integer"),
        ("[layers]\nmoduls = {}", "layercheck.toml:2: unknown key 'moduls' in layers; did you mean 'modules'?"),
        ("[layers.modules]\n#\nservice = []", "layercheck.toml:3: unknown key 'service' in layers.modules; did you mean 'services'?"),
        ("[layers]\norder = ['routes', 'domain']", "layercheck.toml:2: layers.order: unknown layer 'domain'; there are routes, services, repositories, models, schemas"),
        ("[layers]\norder = ['routes', 'routes']", "layercheck.toml:2: layers.order names a layer twice"),
        ("[layers]\nopen = 'routes'", 'layercheck.toml:2: layers.open must be a list of strings, not a string: write ["routes"]'),
        ("[layers.modules]\ndomain = []", "layercheck.toml:2: unknown key 'domain' in layers.modules; there are routes, services, repositories, models, schemas"),
        ("[layers]\nservices.allow = []", "layercheck.toml:2: unknown key 'allow' in layers.services; there is forbid"),
        ("[layers]\nservices.forbit = []", "layercheck.toml:2: unknown key 'forbit' in layers.services; did you mean 'forbid'?"),
        ("[layers]\n\nservices.forbid = ['commits']", "layercheck.toml:3: layers.services.forbid: unknown effect 'commits'; did you mean 'commit'?"),
        ("[rules.query-in-lop]", "layercheck.toml:1: unknown rule 'query-in-lop'; did you mean 'query-in-loop'?"),
        ("[rules]\nquery-in-loop = 3", "layercheck.toml:2: rules.query-in-loop must be a table, not an integer"),
        ("[rules.query-in-loop]\nx = 1", "layercheck.toml:2: query-in-loop has no option 'x'; it has none at all"),
        ("[rules.business-logic-in-route]\nmax-branch = 1", "layercheck.toml:2: business-logic-in-route has no option 'max-branch'; did you mean 'max-branches'?"),
        ("[rules.business-logic-in-route]\nmax-branches = '1'", "layercheck.toml:2: rules.business-logic-in-route.max-branches must be an integer, not a string"),
        ("[rules.business-logic-in-route]\nmax-branches = true", "layercheck.toml:2: rules.business-logic-in-route.max-branches must be an integer, not a boolean"),
        ("[rules.business-logic-in-route]\nstrict-mode = 1", "layercheck.toml:2: rules.business-logic-in-route.strict-mode must be a boolean, not an integer"),
        ("[rules.business-logic-in-route]\nnames = [1]", "layercheck.toml:2: rules.business-logic-in-route.names must hold strings only; number 1 is an integer"),
        ("overrides = 3", "layercheck.toml:1: overrides must be an array of tables, each under [[overrides]]"),
        ("[overrides]\npaths = []", "layercheck.toml:1: overrides must be an array of tables, each under [[overrides]]"),
        ("[[overrides]]\nignore = ['LC1']", "layercheck.toml:1: an override needs paths, a list of patterns"),
        ("[[overrides]]\npaths = ['x']", "layercheck.toml:1: an override needs select, ignore, extend-select or rules beside its paths"),
        ("[[overrides]]\npaths = ['x']\nignore = ['LC1']\n[[overrides]]\npaths = ['x']\nignor = ['LC1']", "layercheck.toml:6: unknown key 'ignor' in this override; did you mean 'ignore'?"),
        ("[[overrides]]\npaths = ['x']\nignore = ['LC9']", "layercheck.toml:3: overrides.ignore: no rule fits 'LC9'"),
        ("[[overrides]]\npaths = ['x']\n[overrides.rules.layer-skip]\ny = 1", "layercheck.toml:4: layer-skip has no option 'y'; it has none at all"),
        ("extend = 3", "layercheck.toml:1: extend must be a string, not an integer"),
    ],
)  # fmt: skip
def test_what_is_not_understood(tmp_path: Path, text: str, message: str) -> None:
    found = complaint(tmp_path, text)
    assert found.startswith(message)
    assert "did you mean" not in found[len(message) :]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"profile = 'strict'\nselect = [", "pyproject.toml:2:"),
        (b"[tool.layercheck]\nselect = = 3\n", "pyproject.toml:2:10: not valid TOML: "),
        (b"[tool.layercheck]\nx = 1\nx = 2\n", "pyproject.toml:3:6: not valid TOML: "),
        (b"[tool.layercheck]\nx = '\xff'\n", "pyproject.toml:2:6: not UTF-8: "),
        (b"[tool.layercheck]\nx = " + b"[" * 100_000, "pyproject.toml: not valid TOML: nested too deeply"),
        (b"[tool.layercheck]\nx = " + b"9" * 5000, "pyproject.toml: not valid TOML: "),
        (b"[tool]\nlayercheck = 3\n", "pyproject.toml:2: tool.layercheck must be a table, not an integer"),
        (b"[tool.layercheck]\n[tool.layercheck.rules]\nnope.x = 1\n", "pyproject.toml:3: unknown rule 'nope'"),
        (b"[[tool.layercheck.overrides]]\n", "pyproject.toml:1: an override needs paths"),
        (b"[tool.layercheck]\noverrides = [1]\n", "pyproject.toml:2: overrides must be an array of tables, each under [[tool.layercheck.overrides]]"),
        (b'[tool.other]\nselct = """\nselct = 1\n"""\n[tool.layercheck]\n"selct" = 1\n', "pyproject.toml:6: unknown key 'selct'"),
    ],
)  # fmt: skip
def test_broken_files(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "pyproject.toml").write_bytes(content)
    with pytest.raises(LayercheckError) as error:
        load_settings(tmp_path, config_file=tmp_path / "pyproject.toml", rules=RULES)
    assert str(error.value).startswith(str(tmp_path / message))


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"layercheck.toml": ""})

    def refuse(path: str, *_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(LayercheckError, match=r"layercheck\.toml: cannot be read: Permission denied"):
        load_settings(tmp_path)


# ------------------------------------------------------------------------------------------------------------------ extend


def test_a_chain_of_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "base.toml": "profile = 'strict'\nextend-exclude = ['one']\ncache-dir = 'cache'\n"
            "[layers]\nopen = ['routes']\nmodules.services = ['a/**']\nmodules.models = ['m/**']\n"
            "[rules.business-logic-in-route]\nmax-branches = 1\nstyle = 'base'\n"
            "[[overrides]]\npaths = ['x']\nignore = ['LC101']\n",
            "team/middle.toml": "extend = '../base.toml'\nextend-exclude = ['two']\nrespect-gitignore = false\n"
            "[[overrides]]\npaths = ['x']\nextend-select = ['LC101']\n",
            "team/shop/layercheck.toml": "extend = '../middle.toml'\nprofile = 'default'\nextend-exclude = ['three']\n"
            "layers.modules.services = ['b/**']\n[rules.business-logic-in-route]\nmax-branches = 3\n",
        },
    )
    settings = load_settings(tmp_path / "team" / "shop", rules=RULES)
    assert settings.root == str(tmp_path / "team" / "shop")
    assert settings.profile == "default"
    assert settings.extend_exclude == ("one", "two", "three")
    assert settings.cache_dir == str(tmp_path / "cache")
    assert settings.respect_gitignore is False
    assert settings.layers.open == ("routes",)
    assert dict(settings.layers.modules) == {"services": ("b/**",), "models": ()}, "m/** lies beside the project"
    assert settings.option(RULES[0], "max-branches") == 3
    assert settings.option(RULES[0], "style") == "base"
    assert [o.ignore or o.extend_select for o in settings.overrides] == [("LC101",), ("LC101",)]
    assert "LC101" in selected(settings, RULES, "x")


def test_a_base_in_pyproject(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "pyproject.toml": "[tool.layercheck]\nprofile = 'strict'\n",
            "shop/layercheck.toml": "extend = '../pyproject.toml'",
        },
    )
    assert load_settings(tmp_path / "shop").profile == "strict"


def test_circles_and_missing_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.toml": "\nextend = 'b.toml'", "b.toml": "extend = './a.toml'", "c.toml": "\n\nextend = 'nowhere.toml'"},
    )
    message = complaint(tmp_path, "extend = 'a.toml'")
    assert message.startswith("b.toml:1: extend goes in a circle: ")
    assert message.count(" -> ") == 3
    assert complaint(tmp_path, "extend = 'layercheck.toml'").startswith("layercheck.toml:1: extend goes in a circle: ")
    assert complaint(tmp_path, "extend = 'c.toml'") == f"c.toml:3: extend: no such file: {tmp_path / 'nowhere.toml'}"
    write(tmp_path, {"folder/x": ""})
    assert complaint(tmp_path, "extend = 'folder'").startswith("layercheck.toml:1: extend: no such file: ")


def test_a_mistake_in_a_base_names_the_base(tmp_path: Path) -> None:
    write(tmp_path, {"base.toml": "#\nselct = []"})
    assert complaint(tmp_path, "extend = 'base.toml'").startswith("base.toml:2: unknown key 'selct'")


@pytest.mark.parametrize(
    ("pattern", "base", "meaning"),
    [
        ("tests", "/w", ("tests",)),
        ("*.gen.py", "/w", ("*.gen.py",)),
        ("tests/", "/w", ("tests/",)),
        ("shop/api/old", "/w", ("/old",)),
        ("shop/*/old/**", "/w", ("old/**",)),
        ("/old", "/w", ()),
        ("other/api/old", "/w", ()),
        ("shop", "/w", ("shop",)),
        ("/shop", "/w", ("**",)),
        ("shop/**", "/w", ("**",)),
        ("shop/api", "/w", ("**",)),
        ("shop/api/", "/w", ("**",)),
        ("**/old/*.py", "/w", ("**/old/*.py",)),
        ("**/api/old", "/w", ("**/api/old", "/old")),
        ("shop/ap?/x/y", "/w", ("x/y",)),
        ("shop/[!b]pi/x/y", "/w", ("x/y",)),
        ("x/y", "/w/shop/api/conf", ("conf/x/y",)),
        ("/x", "/w/shop/api/conf", ("conf/x",)),
        ("../x/y", "/w/shop/api/conf", ("x/y",)),
        ("x/y", "/w/shared", ("x/y",)),
        ("../shop/api/x/y", "/w/shared", ("x/y",)),
        ("../elsewhere/x", "/w/shared", ()),
        ("./x/y", "/w/shop/api", ("./x/y",)),
        ("../api/x/y", "/w/shop/api", ("x/y",)),
        ("../../../../../etc/x", "/w/shop/api", ()),
    ],
)
def test_patterns_of_another_folder_s_file(pattern: str, base: str, meaning: tuple[str, ...]) -> None:
    assert rebase(pattern, base, "/w/shop/api") == meaning


SEGMENT = st.sampled_from(["a", "b", "*", "**", "a?", "ab"])
PATH = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=3).map("/".join)


@given(
    st.lists(SEGMENT, min_size=2, max_size=4).map("/".join),
    st.lists(st.sampled_from(["a", "b", "ab"]), max_size=2),
    PATH,
)
def test_a_pattern_means_the_same_from_below(pattern: str, below: list[str], path: str) -> None:
    """What a base above the root matches is what its rebased patterns match below the root."""
    from_base = "/".join([*below, path])
    root = "/".join(["/w", *below])
    assert matches_any(path, rebase(pattern, "/w", root)) == matches_any(from_base, [pattern])


# ---------------------------------------------------------------------------------------------------------------- patterns


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("tests", ["tests", "tests/a.py", "app/tests/b.py", "app/tests"], ["tests.py", "mytests/a.py"]),
        ("*.py", ["a.py", "x/y/a.py"], ["a.pyi"]),
        ("/tests", ["tests/a.py"], ["app/tests/a.py"]),
        ("app/*.py", ["app/a.py"], ["app/x/a.py", "x/app/a.py"]),
        ("app/**", ["app/a.py", "app/x/a.py"], ["app", "apps/a.py"]),
        ("app/**/t.py", ["app/t.py", "app/x/y/t.py"], ["app/xt.py"]),
        ("**/t/*.py", ["t/a.py", "x/t/a.py"], ["xt/a.py"]),
        ("./app/a.py", ["app/a.py"], ["x/app/a.py"]),
        ("app/", ["app/a.py", "x/app/a.py"], ["app.py"]),
        ("a?[bc].py", ["axb.py"], ["a/b.py", "axd.py"]),
        ("[!a].py", ["b.py"], ["a.py", "/.py"]),
        ("a[b", ["a[b"], ["ab"]),
        ("(x)+.py", ["(x)+.py"], ["xx.py"]),
        (".", ["a.py", "x/a.py"], []),
        ("**", ["a.py", "x/a.py"], []),
        ("app/**/**/a.py", ["app/a.py", "app/x/a.py"], ["a.py"]),
        ("größe*", ["größe.py", "x/größen.py"], ["grösse.py"]),
        ("a b/c", ["a b/c", "a b/c/d.py"], ["a/b/c"]),
    ],
)
def test_patterns(pattern: str, yes: list[str], no: list[str]) -> None:
    assert [p for p in yes if not matches_any(p, [pattern])] == []
    assert [p for p in no if matches_any(p, [pattern])] == []


@given(st.text("ab*?[]!-^\\/.&~|", max_size=12), st.text("ab[]!-^\\/.&~|", max_size=12))
def test_every_text_is_a_pattern(pattern: str, path: str) -> None:
    assert matches_any(path, [pattern]) in (True, False)
    assert isinstance(is_name(pattern), bool)
    assert isinstance(rebase(pattern, "/w", "/w/a"), tuple)


# ---------------------------------------------------------------------------------------------------------------- selecting


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({}, DEFAULT),
        ({"profile": "strict"}, EVERY),
        ({"select": ("LC1",)}, {"LC101", "LC102", "LC103", "LC110"}),
        ({"select": ("LC6", "layer-skip")}, {"LC601", "LC604", "LC102"}),
        ({"select": ()}, set()),
        ({"select": ("ALL",)}, EVERY),
        ({"select": ("lc601", "Layer-Skip")}, {"LC601", "LC102"}),
        ({"extend_select": ("LC604",)}, DEFAULT | {"LC604"}),
        ({"extend_select": ("ALL",)}, EVERY),
        ({"ignore": ("LC1",)}, {"LC601"}),
        ({"ignore": ("query-in-loop",)}, DEFAULT - {"LC601"}),
        ({"ignore": ("ALL",)}, set()),
        ({"select": ("LC1",), "ignore": ("LC101",)}, {"LC102", "LC103", "LC110"}),
        ({"select": ("LC101",), "ignore": ("LC1",)}, {"LC101"}),
        ({"select": ("LC10",), "ignore": ("LC1",)}, {"LC101", "LC102", "LC103"}),
        ({"select": ("LC101",), "ignore": ("LC101",)}, set()),
        ({"select": ("LC101",), "ignore": ("business-logic-in-route",)}, set()),
        ({"select": ("ALL",), "ignore": ("LC",)}, set()),
        ({"ignore": ("LC1",), "extend_select": ("LC103",)}, {"LC103", "LC601"}),
        ({"select": ("LC6",), "extend_select": ("LC101",)}, {"LC601", "LC604", "LC101"}),
        ({"profile": "strict", "select": ("LC6",)}, {"LC601", "LC604"}),
        ({"profile": "strict", "ignore": ("LC604",)}, EVERY - {"LC604"}),
    ],
)
def test_selected(fields: dict[str, Any], codes: set[str]) -> None:
    assert selected(Settings(root="/", **fields), RULES) == codes


def test_overrides_by_path_and_the_later_wins(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
        ignore = ["LC102"]
        [[overrides]]
        paths = ["app/admin/**", "scripts"]
        ignore = ["LC1"]
        extend-select = ["LC103"]
        [[overrides]]
        paths = ["app/admin/jobs/*"]
        extend-select = ["LC1"]
        [[overrides]]
        paths = ["tests"]
        select = ["LC604"]
        """,
    )
    assert selected(settings, RULES) == DEFAULT - {"LC102"}
    assert selected(settings, RULES, "app/main.py") == DEFAULT - {"LC102"}
    assert selected(settings, RULES, "app/admin/a.py") == {"LC103", "LC601"}
    assert selected(settings, RULES, "app/scripts/a.py") == {"LC103", "LC601"}
    assert selected(settings, RULES, "app/admin/jobs/a.py") == {"LC101", "LC102", "LC103", "LC110", "LC601"}
    assert selected(settings, RULES, "app/tests/a.py") == {"LC604"}


def test_layers_of_selection(tmp_path: Path) -> None:
    write(tmp_path, {"base.toml": "select = ['LC1']\nignore = ['LC103']\n"})
    text = "extend = 'base.toml'\nextend-select = ['LC60']\nignore = ['LC604']\n"
    settings = load(tmp_path, text)
    assert settings.inherited == (Selection(("LC1",), ("LC103",), ()),)
    assert selected(settings, RULES) == {"LC101", "LC102", "LC110", "LC601"}
    above = load(tmp_path, text, overrides={"extend_select": ("LC1",)})
    assert selected(above, RULES) == {"LC101", "LC102", "LC103", "LC110", "LC601"}, (
        "a later prefix beats an earlier code"
    )
    anew = load(tmp_path, text, overrides={"select": ["LC103", "LC604"]})
    assert selected(anew, RULES) == {"LC103", "LC604"}
    assert load(tmp_path, text, overrides={"select": None, "profile": None}) == settings


def test_the_command_line_lies_below_the_overrides_for_paths(tmp_path: Path) -> None:
    text = "[[overrides]]\npaths = ['tests']\nignore = ['LC101']\n"
    settings = load(tmp_path, text, overrides={"select": ("LC101",)})
    assert selected(settings, RULES, "app/a.py") == {"LC101"}
    assert selected(settings, RULES, "tests/a.py") == set()


def test_the_command_line_over_the_file(tmp_path: Path) -> None:
    text = "profile = 'strict'\nextend-exclude = ['a']\nexclude = ['b']\n"
    settings = load(tmp_path, text, overrides={"profile": "default", "extend_exclude": ("c",), "exclude": ["d"]})
    assert (settings.profile, settings.extend_exclude, settings.exclude) == ("default", ("a", "c"), ("d",))


@pytest.mark.parametrize("field", ["select", "ignore", "extend_select"])
def test_an_unknown_rule_on_the_command_line(tmp_path: Path, field: str) -> None:
    with pytest.raises(LayercheckError) as error:
        load_settings(tmp_path, isolated=True, overrides={field: ("layer-skp",)}, rules=RULES)
    assert str(error.value) == f"--{field.replace('_', '-')}: no rule fits 'layer-skp'; did you mean 'layer-skip'?"


def test_selected_follows_its_arguments() -> None:
    first, second = Settings(root="/", select=("LC1",)), Settings(root="/", select=("LC6",))
    for _ in range(2):
        assert selected(first, RULES) == {"LC101", "LC102", "LC103", "LC110"}
        assert selected(second, list(RULES)) == {"LC601", "LC604"}
        assert selected(second, RULES[:5]) == {"LC601"}


# -------------------------------------------------------------------------------------------------------------- fingerprint

CHANGES: dict[str, Any] = {
    "profile": "strict", "select": ("LC1",), "ignore": ("LC1",), "extend_select": ("LC1",), "inherited": (Selection(("LC1",)),),
    "exclude": (), "extend_exclude": ("x",), "respect_gitignore": False, "force_exclude": True, "layers": LayerSettings(open=("routes",)),
    "overrides": ("anything",), "options": (("layer-skip", (("x", 1),)),), "readme_names": ("x",),
}  # fmt: skip


def test_the_fingerprint_covers_what_changes_findings_and_nothing_else() -> None:
    settings = Settings(root="/a")
    elsewhere = {"root": "/b", "config_path": "/b/layercheck.toml", "cache_dir": "/c"}
    assert fingerprint(settings._replace(**elsewhere)) == fingerprint(settings)
    assert set(CHANGES) | set(elsewhere) == set(Settings._fields), "a new field: does it change findings?"
    marks = {fingerprint(settings), *(fingerprint(settings._replace(**{k: v})) for k, v in CHANGES.items())}
    assert len(marks) == len(CHANGES) + 1
    assert fingerprint(settings._replace(options=(("r", (("x", True),)),))) != fingerprint(
        settings._replace(options=(("r", (("x", 1),)),))
    )


def test_the_fingerprint_is_the_same_in_every_run(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "layercheck.toml": "ignore = ['a', 'b']\n[layers]\nmodules = { routes = ['x'], models = ['y'] }\nopen = true\n"
        },
    )
    code = f"from layercheck.config import *; print(fingerprint(load_settings({str(tmp_path)!r})))"
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(runs) == 1


def test_nothing_heavy_is_imported_where_nothing_is_configured(tmp_path: Path) -> None:
    code = (
        "import sys; from layercheck.config import load_settings; before = set(sys.modules)\n"
        f"load_settings({str(tmp_path)!r}, isolated=True)\n"
        "print([m for m in ('tomllib', 'difflib', 'layercheck.config.validate', 'layercheck.registry') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
