"""Random settings classes, imported for real: what `EnvSettingsSource` looks up is what the query says, and no field is required that has a default."""

from __future__ import annotations

import itertools
import os
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.queries.settings_names import Environment, Variable, flat, settings_environment
from support import project_of

pytest.importorskip("pydantic_settings", minversion="2.16")  # older ones have no env_prefix_target
from pydantic import ValidationError
from pydantic_settings import BaseSettings, EnvSettingsSource

HEAD = """
from typing import Annotated, ClassVar, Optional

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field
from pydantic_settings import BaseSettings, SettingsConfigDict
"""
WORDS = ["url", "Key", "size", "Host", "max_size", "token", "name"]
NEW = itertools.count()


@st.composite
def values(draw: st.DrawFn, name: str) -> str:
    """The rest of a declaration, from the annotation on."""
    alias = draw(st.sampled_from(["db", "App_Key", "x_y"])) + f"_{name}"
    field = draw(
        st.sampled_from(
            [
                "",
                f"alias='{alias}'",
                f"validation_alias='{alias}'",
                f"validation_alias=AliasChoices('{alias}', '{alias}_two')",
                f"validation_alias=AliasChoices('{alias}', AliasPath('{alias}_path', 0))",
                f"alias='wrong', validation_alias='{alias}'",
                f"serialization_alias='{alias}'",
                "description='words'",
            ]
        )
    )
    default = draw(st.sampled_from(["", "", "default='x'", "default_factory=str", "default=..."]))
    inside = ", ".join(part for part in (default, field) if part)
    form = draw(st.integers(0, 5))
    if form == 0:
        return "str"
    if form == 1:
        return "Optional[str]"
    if form == 2:
        return "str = 'x'"
    if form == 3 and "default" not in inside:
        return f"Annotated[str, Field({inside})]"
    if form == 4:
        return f"str | None = Field({inside})"
    return f"str = Field({inside})"


@st.composite
def fields(draw: st.DrawFn, nested: list[str]) -> list[str]:
    lines = []
    for name in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True)):
        if nested and draw(st.integers(0, 2)) == 0:
            lines.append(f"    {name}: {draw(st.sampled_from(nested))}")
        else:
            lines.append(f"    {name}: {draw(values(name))}")
    if draw(st.integers(0, 4)) == 0:
        lines.append("    VERSION: ClassVar[str] = '1'")
    return lines


OPTIONS = {
    "env_prefix": ["'app_'", "'APP_'", "''"],
    "case_sensitive": ["True", "False"],
    "env_nested_delimiter": ["'__'", "'_'", "'.'"],
    "env_nested_max_split": ["1", "2"],
    "populate_by_name": ["True", "False"],
    "validate_by_name": ["True"],
    "env_prefix_target": ["'alias'", "'all'", "'variable'"],
    "extra": ["'ignore'", "'forbid'", "'allow'"],
}


@st.composite
def configs(draw: st.DrawFn) -> list[str]:
    """The configuration in a body, and the keywords of the class."""
    chosen = draw(st.lists(st.sampled_from(sorted(OPTIONS)), max_size=4, unique=True))
    pairs = [(name, draw(st.sampled_from(OPTIONS[name]))) for name in chosen]
    form = draw(st.integers(0, 3)) if pairs else 4
    if form == 0:
        return [f"    model_config = SettingsConfigDict({', '.join(f'{n}={v}' for n, v in pairs)})"]
    if form == 1:
        return ["    model_config = {" + ", ".join(f"'{n}': {v}" for n, v in pairs) + "}"]
    if form == 2:
        return ["    class Config:", *(f"        {n} = {v}" for n, v in pairs)]
    if form == 3:
        return [f"    model_config = SettingsConfigDict(**{{'{pairs[0][0]}': {pairs[0][1]}}})"]
    return []


@st.composite
def programs(draw: st.DrawFn) -> str:
    lines = [HEAD]
    nested: list[str] = []
    for number in range(draw(st.integers(0, 2))):
        lines += ["", f"class Model{number}(BaseModel):"]
        if draw(st.integers(0, 3)) == 0:
            lines.append("    model_config = ConfigDict(populate_by_name=True)")
        lines += draw(fields(nested))
        nested = [*nested, f"Model{number}"]
    bases = draw(st.sampled_from([["BaseSettings"], ["Base"], ["Base", "Other"], ["Mixin", "BaseSettings"]]))
    for base in bases:
        if base in ("Base", "Other"):
            lines += ["", f"class {base}(BaseSettings):", *draw(configs()), *draw(fields([]))]
        if base == "Mixin":
            lines += ["", "class Mixin:", "    mixed: str", "    mixed_too: str = 'x'"]
    keyword = draw(st.sampled_from(["", "", ", env_prefix='KW_'"]))
    lines += ["", f"class Settings({', '.join(bases)}{keyword}):", *draw(configs()), *draw(fields(nested))]
    return "\n".join(lines) + "\n"


class Asked(dict[str, str]):
    """An empty environment that notes what is looked up."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        self.names.append(key)
        return default


@contextmanager
def running(text: str) -> Iterator[type[BaseSettings] | None]:
    """The class of a program; None when pydantic refuses it."""
    module = types.ModuleType(f"settings_{next(NEW)}")
    sys.modules[module.__name__] = module
    try:
        exec(compile(text, module.__name__, "exec"), module.__dict__)  # our own text
    except Exception:
        yield None
    else:
        yield module.Settings
    finally:
        del sys.modules[module.__name__]


def seen(text: str) -> Environment:
    found = settings_environment(project_of({"app/settings.py": text}), "app/settings.py:Settings")
    assert found is not None
    return found


@given(programs())
@pytest.mark.filterwarnings("ignore")
def test_the_variables_are_those_that_the_class_looks_up(text: str) -> None:
    with running(text) as cls:
        if cls is None:
            return
        static = {v.field: v for v in seen(text).fields}
        assert set(static) == set(cls.model_fields)
        for name, info in cls.model_fields.items():
            source = EnvSettingsSource(cls)
            asked = Asked()
            source.env_vars = asked
            source.get_field_value(info, name)
            known = static[name].names
            assert known is not None
            fold = str if source.case_sensitive else str.lower
            assert [fold(n) for n in known] == list(dict.fromkeys(asked.names))
            assert static[name].required == info.is_required()


@st.composite
def nests(draw: st.DrawFn) -> str:
    """Settings with models in models, which variables of their own fill."""
    lines = [HEAD]
    nested: list[str] = []
    for number in range(draw(st.integers(1, 3))):
        lines += ["", f"class Model{number}(BaseModel):", *draw(fields(nested))]
        nested = [*nested, f"Model{number}"]
    options = draw(st.sampled_from(["", ", case_sensitive=True", ", env_prefix='app_'", ", populate_by_name=True"]))
    delimiter = draw(st.sampled_from(["__", "__", ".", "_"]))
    lines += ["", "class Settings(BaseSettings):"]
    lines += [
        f"    model_config = SettingsConfigDict(env_nested_delimiter='{delimiter}'{options})",
        *draw(fields(nested)),
    ]
    return "\n".join(lines) + "\n"


@given(nests())
@pytest.mark.filterwarnings("ignore")
def test_all_required_variables_make_settings_and_each_is_needed(text: str) -> None:
    with running(text) as cls:
        if cls is None:
            return
        wanted = list(needed(seen(text).fields))
        if any(not v.names or v.children is None or v.children or "_PATH" in "".join(v.names).upper() for v in wanted):
            return  # unknown: a name that is taken apart; a value that is JSON; a model of which any part will do
        names = [v.names[0] for v in wanted if v.names]
        if not one_each(names):
            return
        assert works(cls, names)
        for name in names:
            assert not works(cls, [other for other in names if other != name]), name


def one_each(names: list[str]) -> bool:
    """Whether no variable fills two fields, or a part of one and another."""
    return not any(a.lower().startswith(b.lower()) for a, b in itertools.permutations(names, 2))


def needed(variables: tuple[Variable, ...]) -> Iterator[Variable]:
    """The required leaves, and required models without any."""
    for variable in variables:
        if variable.required:
            yield from list(needed(variable.children or ())) or [variable]


def works(cls: type[BaseSettings], names: list[str]) -> bool:
    saved = dict(os.environ)
    os.environ.clear()
    os.environ.update(dict.fromkeys(names, "x"))
    try:
        cls()
    except ValidationError:
        return False
    finally:
        os.environ.clear()
        os.environ.update(saved)
    return True


OLD_HEAD = """
from typing import Any, List, Optional, Union

from pydantic.v1 import BaseSettings, Field
"""


@st.composite
def old_values(draw: st.DrawFn, name: str) -> str:
    env = draw(st.sampled_from(["", f"env='{name}_Env'", f"env=['{name}_a', '{name}_B']", f"alias='{name}_alias'"]))
    default = draw(st.sampled_from(["...", "'x'", "default='x'", "default_factory=str", ""]))
    inside = ", ".join(part for part in (default, env) if part)
    annotation = draw(st.sampled_from(["str", "Optional[str]", "Union[str, None]", "Any", "List[str]"]))
    return draw(
        st.sampled_from([f": {annotation}", f": {annotation} = 'x'", f": {annotation} = Field({inside})", " = 'x'"])
    )


@st.composite
def old_configs(draw: st.DrawFn) -> list[str]:
    lines = []
    if draw(st.booleans()):
        lines.append(f"        env_prefix = '{draw(st.sampled_from(['app_', 'APP_', '']))}'")
    if draw(st.booleans()):
        lines.append(f"        case_sensitive = {draw(st.booleans())}")
    if draw(st.booleans()):
        lines.append(
            "        fields = {'url': {'env': 'FROM_FIELDS'}, 'size': 'an_alias', 'Key': {'env': ['k1', 'K2']}}"
        )
    return ["    class Config:", *lines] if lines else []


@st.composite
def old_programs(draw: st.DrawFn) -> str:
    lines = [OLD_HEAD]
    bases = draw(st.sampled_from([["BaseSettings"], ["Base"], ["Base", "Other"], ["Mixin", "BaseSettings"]]))
    for base in (*bases, "Settings"):
        if base == "BaseSettings":
            continue
        parents = {"Settings": ", ".join(bases), "Mixin": ""}.get(base, "BaseSettings")
        lines += ["", f"class {base}({parents}):" if parents else f"class {base}:", *draw(old_configs())]
        for name in draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True)):
            lines.append(f"    {name}{draw(old_values(name))}")
    return "\n".join(lines) + "\n"


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="pydantic.v1 does not run there")
@given(old_programs())
@pytest.mark.filterwarnings("ignore")
def test_the_variables_of_version_1(text: str) -> None:
    with running(text) as cls:
        if cls is None:
            return
        static = {v.field: v for v in seen(text).fields}
        real: dict[str, Any] = cls.__fields__
        assert set(static) == set(real)
        for name, field in real.items():
            fold = str if cls.__config__.case_sensitive else str.lower  # type: ignore[attr-defined]
            assert {fold(n) for n in static[name].names or ()} == set(field.field_info.extra["env_names"])
            assert static[name].required == field.required


def test_every_part_of_a_random_program_is_flat() -> None:
    text = (
        HEAD
        + "class M(BaseModel):\n    a: str\nclass Settings(BaseSettings):\n    model_config = {'env_nested_delimiter': '__'}\n    m: M\n"
    )
    assert [v.names for v in flat(seen(text).fields)] == [("M",), ("M__A",)]
