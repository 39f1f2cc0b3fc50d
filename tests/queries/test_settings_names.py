"""Which variables settings classes read: the forms in which that is written, and what stays unknown."""

from __future__ import annotations

import pytest

from layercheck.queries.settings_names import Environment, flat, settings_environment
from support import project_of

HEAD = """
from typing import Annotated, Any, ClassVar, Optional
from pydantic import AliasChoices, AliasPath, BaseModel, Field, computed_field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
"""
OLD = """
from typing import Any, Optional
from pydantic import BaseSettings, Field
"""


def environment(text: str, head: str = HEAD, cls: str = "Settings", **files: str) -> Environment:
    project = project_of({"app/settings.py": head + text, **{f"app/{k}.py": v for k, v in files.items()}})
    found = settings_environment(project, f"app/settings.py:{cls}")
    assert found is not None
    return found


def names(text: str, head: str = HEAD, **files: str) -> dict[str, tuple[str, ...] | None]:
    return {v.field: v.names for v in flat(environment(text, head, **files).fields)}


def required(text: str, head: str = HEAD) -> dict[str, bool | None]:
    return {v.field: v.required for v in environment(text, head).fields}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("class Settings(BaseSettings):\n    url: str", {"url": ("URL",)}),
        ("class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='shop_')\n    url: str", {"url": ("SHOP_URL",)}),
        ("class Settings(BaseSettings):\n    model_config = {'env_prefix': 'S_', 'case_sensitive': True}\n    url: str", {"url": ("S_url",)}),
        ("class Settings(BaseSettings, env_prefix='S_'):\n    url: str", {"url": ("S_URL",)}),
        ("class Settings(BaseSettings):\n    class Config:\n        env_prefix = 'S_'\n    url: str", {"url": ("S_URL",)}),
        ("class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='A_')\n    x: str\nclass Settings(Base):\n    y: str", {"x": ("A_X",), "y": ("A_Y",)}),
        ("class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='A_', extra='allow')\nclass Settings(Base):\n    model_config = SettingsConfigDict(**Base.model_config, case_sensitive=True)\n    y: str", {"y": ("A_y",)}),
        ("class Base(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='A_')\nclass Settings(BaseSettings):\n    model_config = Base.model_config | {'case_sensitive': False}\n    y: str", {"y": ("A_Y",)}),
        ("CONFIG = SettingsConfigDict(env_prefix='C_')\nclass Settings(BaseSettings):\n    model_config = CONFIG\n    y: str", {"y": ("C_Y",)}),
        ("P = 'P_'\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix=P)\n    y: str", {"y": ("P_Y",)}),
        ("class A(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='A_')\nclass B(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='B_')\nclass Settings(A, B):\n    y: str", {"y": ("B_Y",)}),
    ],
)  # fmt: skip
def test_prefixes(body: str, expected: dict[str, tuple[str, ...]]) -> None:
    assert names(body) == expected


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Field(alias='db')", ("DB",)),
        ("Field(validation_alias='db')", ("DB",)),
        ("Field(alias='x', validation_alias='db')", ("DB",)),
        ("Field(validation_alias=AliasChoices('one', 'two'))", ("ONE", "TWO")),
        ("Field(validation_alias=AliasChoices('one', AliasPath('two', 0)))", ("ONE", "TWO")),
        ("Field(validation_alias=AliasPath('one', 'two', 1))", ("ONE",)),
        ("Field(serialization_alias='x')", ("P_URL",)),
        ("Field(env='x')", ("P_URL",)),
        ("Field(alias=unknown())", None),
        ("Field(**unknown)", None),
    ],
)
def test_aliases_take_no_prefix(field: str, expected: tuple[str, ...] | None) -> None:
    text = (
        f"class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='P_')\n    url: str = {field}"
    )
    assert names(text) == {"url": expected}


def test_aliases_in_the_annotation() -> None:
    text = "Url = Annotated[str, Field(alias='db')]\nclass Settings(BaseSettings):\n    a: Annotated[str, Field(alias='x')]\n    b: Url = 'y'"
    assert names(text) == {"a": ("X",), "b": ("DB",)}


@pytest.mark.parametrize("option", ["populate_by_name", "validate_by_name"])
def test_by_name_too(option: str) -> None:
    text = f"class Settings(BaseSettings):\n    model_config = SettingsConfigDict({option}=True, env_prefix='P_')\n    a: str = Field(alias='x')"
    assert names(text) == {"a": ("X", "P_A")}


def test_aliases_switched_off() -> None:
    text = "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(validate_by_alias=False)\n    a: str = Field(alias='x')"
    assert names(text) == {"a": ("A",)}


@pytest.mark.parametrize(
    "config",
    [
        "SettingsConfigDict(env_prefix=prefix())",
        "make_config()",
        "SettingsConfigDict(**options)",
        "SettingsConfigDict(alias_generator=camel)",
        "Unknown.model_config",
    ],
)
def test_what_cannot_be_evaluated_is_unknown(config: str) -> None:
    assert names(f"class Settings(BaseSettings):\n    model_config = {config}\n    a: str") == {"a": None}


def test_what_is_no_field() -> None:
    text = (
        "class Settings(BaseSettings):\n    a: str\n    VERSION: ClassVar[str] = '1'\n    _cache: dict = {}\n"
        "    @computed_field\n    @property\n    def url(self) -> str:\n        return self.a"
    )
    assert list(names(text)) == ["a"]


def test_required() -> None:
    text = (
        "class Settings(BaseSettings):\n    a: str\n    b: str = ''\n    c: Optional[str]\n    d: str = Field(...)\n    e: str = ...\n"
        "    f: str = Field('x')\n    g: list = Field(default_factory=list)\n    h: str = Field(alias='x')\n    i: Annotated[str, Field(default='x')]\n"
        "    j: str = Field(**options)\n    k: str = compute()\n"
    )
    assert required(text) == {
        "a": True, "b": False, "c": True, "d": True, "e": True, "f": False, "g": False, "h": True, "i": False, "j": None, "k": False,
    }  # fmt: skip


def test_a_subclass_gives_the_default() -> None:
    text = "class Base(BaseSettings):\n    a: str\nclass Settings(Base):\n    a: str = 'x'"
    assert required(text) == {"a": False}


def test_inherited_from_another_file() -> None:
    base = "from pydantic_settings import BaseSettings as Conf\nclass Base(Conf):\n    model_config = {'env_prefix': 'B_'}\n    a: str"
    assert names("from app.base import Base\nclass Settings(Base):\n    b: str", base=base) == {
        "b": ("B_B",),
        "a": ("B_A",),
    }


NESTED = """
class Pool(BaseModel):
    size: int
    max_size: int = Field(alias='most')
class Database(BaseModel):
    host: str
    pool: Pool
"""


def test_nested_models() -> None:
    text = (
        NESTED
        + "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__', env_prefix='S_')\n    db: Database"
    )
    assert names(text) == {
        "db": ("S_DB",),
        "host": ("S_DB__HOST",),
        "pool": ("S_DB__POOL",),
        "size": ("S_DB__POOL__SIZE",),
        "max_size": ("S_DB__POOL__MOST",),
    }


def test_without_a_delimiter_a_model_has_one_variable() -> None:
    (field,) = environment(NESTED + "class Settings(BaseSettings):\n    db: Database").fields
    assert (field.names, field.children) == (("DB",), ())


@pytest.mark.parametrize(
    "annotation", ["dict[str, Database]", "list[Database]", "Database | Pool", "Any", "dict", "Unknown"]
)
def test_nested_names_of_what_is_no_single_model_are_unknown(annotation: str) -> None:
    text = f"{NESTED}class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    db: {annotation}"
    assert environment(text).fields[0].children is None


def test_a_name_with_the_delimiter_in_it_is_taken_apart() -> None:
    text = "class Db(BaseModel):\n    host: str\n    max_size: int\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='_')\n    db: Db"
    assert names(text) == {"db": ("DB",), "host": ("DB_HOST",), "max_size": None}
    limited = text.replace("'_')", "'_', env_nested_max_split=1)")
    assert names(limited) == {"db": ("DB",), "host": ("DB_HOST",), "max_size": ("DB_MAX_SIZE",)}


def test_a_model_that_holds_itself() -> None:
    text = "class Node(BaseModel):\n    child: Optional['Node'] = None\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_nested_delimiter='__')\n    root: Node"
    (field,) = environment(text).fields
    assert field.children is not None
    assert field.children[0].children is None


def test_the_options() -> None:
    found = environment(
        "class Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_file=(ROOT / '.env', 'conf/.env.local'), extra='ignore', env_nested_delimiter='__')"
    )
    assert (found.env_files, found.extra, found.delimiter) == ((".env", ".env.local"), "ignore", "__")
    plain = environment("class Settings(BaseSettings):\n    a: str")
    assert (plain.env_files, plain.extra, plain.delimiter, plain.case_sensitive) == ((), "forbid", "", False)
    assert (plain.complete, plain.only_environment) == (True, True)


@pytest.mark.parametrize("base", ["Unknown", "make_base()", "vendor.Base"])
def test_a_base_in_the_dark(base: str) -> None:
    assert not environment(f"import vendor\nclass Settings({base}, BaseSettings):\n    a: str").complete


@pytest.mark.parametrize(
    "member",
    [
        "    @classmethod\n    def settings_customise_sources(cls, *a, **k): ...",
        "    @model_validator(mode='before')\n    @classmethod\n    def fill(cls, data): ...",
        "    def __init__(self, **kw): ...",
        "    model_config = SettingsConfigDict(secrets_dir='/run/secrets')",
        "    model_config = SettingsConfigDict(cli_parse_args=True)",
    ],
)
def test_other_sources(member: str) -> None:
    assert not environment(f"class Settings(BaseSettings):\n    a: str\n{member}").only_environment


def test_a_validator_after_the_fields_is_no_source() -> None:
    text = "class Settings(BaseSettings):\n    a: str\n    @model_validator(mode='after')\n    def check(self): ..."
    assert environment(text).only_environment


def test_version_1() -> None:
    text = (
        "class Settings(BaseSettings):\n    a: str\n    b: str = Field(..., env='BEE')\n    c: str = Field('x', env=['C1', 'C2'])\n    d: Optional[str]\n"
        "    e: str = Field(alias='x')\n    f: str\n    g = 'plain'\n    h: Any\n    class Config:\n        env_prefix = 'p_'\n        fields = {'f': {'env': 'EFF'}}\n"
    )
    assert names(text, OLD) == {
        "a": ("P_A",), "b": ("BEE",), "c": ("C1", "C2"), "d": ("P_D",), "e": ("P_E",), "f": ("EFF",), "g": ("P_G",), "h": ("P_H",),
    }  # fmt: skip
    assert required(text, OLD) == {
        "a": True, "b": True, "c": False, "d": False, "e": True, "f": True, "g": False, "h": False,
    }  # fmt: skip


def test_a_file_that_runs_with_either_version() -> None:
    head = "from typing import Optional\nfrom pydantic import Field\ntry:\n    from pydantic_settings import BaseSettings\nexcept ImportError:\n    from pydantic import BaseSettings\n"
    text = "class Settings(BaseSettings):\n    a: str\n    b: str = Field(env='x')\n    c: Optional[str]"
    assert names(text, head) == {"a": ("A",), "b": None, "c": ("C",)}
    assert required(text, head) == {"a": True, "b": True, "c": None}


def test_other_classes() -> None:
    project = project_of({"app/x.py": "from pydantic import BaseModel\nclass Book(BaseModel):\n    title: str"})
    assert settings_environment(project, "app/x.py:Book") is None
    assert settings_environment(project, "app/x.py:None") is None
