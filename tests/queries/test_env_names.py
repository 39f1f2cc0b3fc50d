"""Which names of variables a project knows, and what is kept of files that name them."""

from __future__ import annotations

import pytest

from layercheck.facts.env_file import env_references
from layercheck.facts.project_file import keeps_text, names_variables, npm_packages, variable_names
from layercheck.facts.rows import Document, Mentions
from layercheck.queries.env_examples import backend_examples, examples_for, feeds_foreign_images, may_serve_others
from layercheck.queries.env_names import is_read_by_others, is_said_in_code, mentioned_names, reads_everything
from layercheck.queries.settings_made import given_elsewhere
from support import project_of

READS = "import os\nURL = os.environ['URL']\n"


def test_names_and_no_values() -> None:
    text = "TOKEN=s3cret-value\nexport DB__HOST=$db_host\necho ${lower:-default} $1\nlower_case=1\n"
    assert variable_names(text) == ("DB__HOST", "TOKEN", "db_host", "lower")
    project = project_of({"run.sh": text})
    row = project.get(Mentions, "run.sh:")
    assert row is not None
    assert "s3cret" not in repr(row)
    assert project.get(Document, "run.sh:") is None


def test_a_compose_file_is_kept_and_named() -> None:
    project = project_of({"compose.yml": "A_B: 1\n", "README.md": "C_D\n", "requirements.txt": "E_F\n"})
    assert project.get(Document, "compose.yml:") is not None
    assert mentioned_names(project) == {"A_B"}


@pytest.mark.parametrize(
    "path", ["run.sh", "k8s/api.yaml", "values.yml", "fly.toml", "web/package.json", "bin/start", "Procfile"]
)
def test_scripts_name_variables(path: str) -> None:
    assert names_variables(path)
    assert not keeps_text(path)


@pytest.mark.parametrize(
    "path", ["app/locale/de.yml", "web/src/index.ts", "web/tsconfig.json", "LICENSE", "app/data/start"]
)
def test_what_names_no_variables(path: str) -> None:
    assert not names_variables(path)


def test_packages() -> None:
    assert npm_packages('{"dependencies": {"b": "1"}, "devDependencies": {"a": "1"}, "scripts": {"c": ""}}') == (
        "a",
        "b",
    )
    assert npm_packages("{") == npm_packages("[]") == npm_packages('{"dependencies": []}') == ()


def test_references_in_values() -> None:
    assert env_references("URL=postgres://${USER_NAME}:$KEY@db\n$NOT=1\nPLAIN=x") == ("KEY", "USER_NAME")


@pytest.mark.parametrize("name", ["AWS_REGION", "PGHOST", "OTEL_X", "VITE_URL", "PATH", "POSTGRES_DB"])
def test_read_by_others(name: str) -> None:
    assert is_read_by_others(name)


@pytest.mark.parametrize("name", ["DATABASE_URL", "POSTGRES_HOST", "PGTYPO", "MINIO_BUCKET"])
def test_not_read_by_others(name: str) -> None:
    assert not is_read_by_others(name)


@pytest.mark.parametrize(
    ("code", "known"),
    [
        ("x = read('TOKEN')", True),
        ("x = 'set TOKEN first'", True),
        ("x = settings.TOKEN", True),
        ("@command(envvar='TOKEN')\ndef f(): ...", True),
        ("def f(x=Option(env='TOKEN')): ...", True),
        ("class Config:\n    token: str", True),
        ("x = f'TO{kind}'", False),
        ("x = read('TO_' + kind)", False),
        ("TOKEN = 1", False),
        ("'''TOKEN'''", False),
        ("from pydantic import BaseModel\nclass Login(BaseModel):\n    token: str", False),
        ("class (", False),
        ("TOKEN = (", True),
    ],
)
def test_said_in_code(code: str, known: bool) -> None:
    assert is_said_in_code(project_of({"app/x.py": code}), "TOKEN") is known


@pytest.mark.parametrize(
    ("name", "known"), [("OAUTH_KEY", True), ("GIT_SECRET", True), ("OAUTHKEY", False), ("SHOP_X", False)]
)
def test_beginnings_and_ends(name: str, known: bool) -> None:
    code = "from pydantic_settings import BaseSettings\nclass S(BaseSettings, env_prefix='SHOP_'):\n    a: str\nx = 'OAUTH_' + k\ny = f'{k}_SECRET'"
    assert is_said_in_code(project_of({"app/x.py": code}), name) is known


@pytest.mark.parametrize(
    ("code", "whole"),
    [
        ("import os\nfor name in os.environ: print(name)", True),
        ("import os\nx = dict(os.environ)", True),
        ("from os import environ\nx = {**environ}", True),
        ("import os\nx = [v for k, v in os.environ.items()]", True),
        ("import typed_settings", True),
        ("import click, os\nclick.run(auto_envvar_prefix='X')", True),
        ("import os\nx = [v for k, v in os.environ.items() if k.startswith('X_')]", False),
        ("import os, subprocess\nsubprocess.run('ls', env={**os.environ, 'A': '1'})", False),
        ("import os\nx = os.environ['A'], os.environ.get('B'), 'C' in os.environ", False),
        ("import os\nos.environ['A'] = '1'", False),
    ],
)
def test_the_whole_environment(code: str, whole: bool) -> None:
    project = project_of({"app/x.py": code, "tests/x.py": "import os\nx = dict(os.environ)"})
    assert reads_everything(project, "") is whole
    own = project_of({"app/x.py": code, "app/y.py": READS, "app/.env.example": "URL=", ".env.example": "URL="})
    assert reads_everything(own, "app") is whole
    assert not reads_everything(own, "")


def test_whose_example() -> None:
    project = project_of({
        "a/app/x.py": READS, "a/.env.example": "URL=", "b/x.py": READS, ".env.example": "TOP=", "docker/.env.example": "D=",
        "web/.env.example": "W=", "web/package.json": "{}", "a/.env.test.example": "T=",
    })  # fmt: skip
    assert backend_examples(project) == (".env.example", "a/.env.example")
    assert examples_for(project, "a/app") == (("a/.env.example",), {"URL", "TOP", "D", "T"}, True)
    assert examples_for(project, "b") == ((".env.example",), {"TOP", "D"}, True)


def test_an_example_apart() -> None:
    project = project_of({"src/x.py": READS, "deploy/.env.example": "URL="})
    assert examples_for(project, "src") == (("deploy/.env.example",), {"URL"}, False)


@pytest.mark.parametrize(
    ("files", "others"),
    [
        ({}, False),
        ({"web/package.json": '{"dependencies": {"next": "1"}}'}, True),
        ({"web/package.json": '{"dependencies": {"next": "1"}}', "web/.env": "A="}, False),
        ({"web/package.json": '{"devDependencies": {"vite": "1"}}'}, False),
        ({"package.json": '{"devDependencies": {"vite": "1", "express": "1"}}'}, True),
        ({"worker/go.mod": "module x"}, True),
        ({"compose.yml": "services:\n  a:\n    image: some/thing\n    env_file: .env\n"}, True),
        ({"compose.yml": "services:\n  a:\n    image: some/thing\n  b:\n    build: .\n    env_file: .env\n"}, False),
    ],
)
def test_others_that_may_read_it(files: dict[str, str], others: bool) -> None:
    project = project_of({"app/x.py": READS, ".env.example": "URL=", **files})
    assert may_serve_others(project, ".env.example") is others


def test_images_that_are_known() -> None:
    text = "services:\n  db:\n    image: docker.io/library/postgres:17\n    env_file:\n      - .env\n  # image: x\n"
    assert not feeds_foreign_images(project_of({"compose.yml": text}), "")


@pytest.mark.parametrize(
    ("code", "given"),
    [
        ("x = S()", set()),
        ("x = S(a=1, _env_file=None)", {"a"}),
        ("x = S(**data)", None),
        ("x = S.model_validate(data)", None),
        ("x = {'a': S}", set()),
        ("def f(s=Depends(S)): ...", set()),
        ("x: S", None),
        ("class T(S): ...", None),
        ("", None),
    ],
)
def test_where_settings_are_made(code: str, given: set[str] | None) -> None:
    head = "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    a: str\n"
    project = project_of(
        {"app/s.py": head, "app/x.py": f"from app.s import S\n{code}\n", "tests/t.py": "from app.s import S\nS(b=1)"}
    )
    assert given_elsewhere(project, "app/s.py:S") == given
