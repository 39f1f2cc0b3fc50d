"""A secret of the project that is checked is nowhere in what layercheck says or keeps: outputs, logs, caches.

All values are inventions, put together at run time so that no scanner takes this file for a leak.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.running import run, write
from layercheck.report import FORMATS

SECRETS = {
    "typed": "tR7!kq" + "-Zp0_w93",
    "default": "q8Zr-2Lk1" + "-vT7p-wN5b",
    "argument": "bQ9-zz" + "T41x",
    "bytes": "m4XhT8rQ" + "z1LpV6cY",
    "wrapped": "hW2_q" + "Lp88s",
    "hashed": "Winter" + "-2024-x",
    "pair": "oP3-ll" + "K90v",
    "compared": "kD5!nn" + "B72e",
    "url": "vK3-9s" + "Pq7",
    "formatted": "uR5-bb" + "N62d",
    "keyed": "zX8-cc" + "M47f",
    "default_url": "yT6-gg" + "H31c",
    "github": "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8",
    "stripe": "sk_live_" + "51Hq0PzL6v3k5m8r1t4w7y9b",
    "pem": "MIIEvQIBADANBgkqhkiG9w0BAQEF" + "AASCBKcwggSjAgEAAoIBAQC7Zq0PzL6v3k5m8r1t4w7y9bAdCfEhGjKlMnOpQrStUv",
    "broken": "jE1-vd" + "B29q",
    "unterminated": "gW6-hh" + "N21s",
    "compose": "lM7-zz" + "X15r",
    "ini": "aS4-mk" + "C83w",
    "environment": "pQ7-rr" + "T52z",
    "readme": "glpat-" + "Zq0PzL6v3k5m8r1t4w7y",
}
FILES = {
    "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["fastapi", "sqlalchemy"]\n[tool.layercheck]\n',
    "README.md": "# Shop\n\nCall it with `{readme}` as the token.\n",
    "docker-compose.yml": "services:\n  db:\n    image: postgres\n    environment:\n      POSTGRES_PASSWORD: {compose}\n",
    "alembic.ini": "[alembic]\nsqlalchemy.url = postgresql://shop:{ini}@db/shop\n",
    ".env": "SECRET_KEY={environment}\n",
    "app/__init__.py": "",
    "app/settings.py": (
        "import os\n"
        "from pydantic_settings import BaseSettings\n\n\n"
        "class Settings(BaseSettings):\n"
        "    secret_key: str = '{default}'\n"
        "    database_url: str = 'postgresql://shop:{default_url}@db/shop'\n\n\n"
        "API_KEY = os.environ.get('API_KEY', '{default}')\n"
    ),
    "app/main.py": (
        "import logging\n"
        "import hashlib, httpx, redis, requests\n"
        "from fastapi import FastAPI\n"
        "from pydantic import SecretStr\n"
        "from sqlalchemy import create_engine, text\n\n"
        "app = FastAPI()\n"
        "SMTP_PASSWORD = '{typed}'\n"
        "signing_key = b'{bytes}'\n"
        "password = SecretStr('{wrapped}')\n"
        "name = 'shop'\n"
        "cache = redis.Redis(password='{argument}')\n"
        "engine = create_engine('postgresql://shop:{url}@localhost:5432/shop')\n"
        "other = create_engine(f'postgresql://shop:{formatted}@localhost:5432/{{name}}')\n"
        "third = create_engine('host=db user=shop password={keyed} dbname=shop')\n"
        "client = httpx.Client(auth=('shop', '{pair}'), headers={{'Authorization': 'Bearer {github}'}})\n"
        "stripe_key = '{stripe}'\n"
        "KEY = '''-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----'''\n\n\n"
        "@app.get('/boss/login')\n"
        "async def login(password: str = '{argument}'):\n"
        "    logging.info('password %s', password, extra={{'token': '{bytes}'}})\n"
        "    if password == '{compared}':\n"
        "        raise Exception('wrong: ' + hash_password('{hashed}'))\n"
        "    requests.get('http://shop:{url}@localhost/', params={{'api_key': '{bytes}'}})\n"
        "    return hashlib.md5(password.encode()).hexdigest()\n"
    ),
    "app/broken.py": "password = '{broken}'\ndef (:\n",
    "app/unterminated.py": "password = '{unterminated}\n",
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("shop"), {path: text.format(**SECRETS) for path, text in FILES.items()})


def held(data: str | bytes) -> set[str]:
    """The secrets that a text holds, by their names above."""
    given = data.encode() if isinstance(data, str) else data
    return {name for name, value in SECRETS.items() if value.encode() in given}


def test_the_project_holds_all_of_them(shop: Path) -> None:
    assert held(b"".join(p.read_bytes() for p in shop.rglob("*") if p.is_file())) == set(SECRETS)


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_shows_one_and_no_cache_keeps_one(shop: Path, tmp_path: Path, form: str) -> None:
    home = {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path), "HOME": str(tmp_path)}
    for more in (("--verbose",), (), ()):  # cold; from the cache; the warm path, that says again what was said
        done = run(shop, "check", "--profile", "strict", "--output-format", form, *more, env=home)
        assert done.returncode == 1
        assert "LC205" in done.stdout
        assert held(done.stdout + done.stderr) == set()
    kept = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert kept
    assert held(b"".join(p.read_bytes() for p in kept)) == set()


@pytest.mark.parametrize("view", [("routes",), ("tables",), ("layers",), ("deps",), ("graph",)])
def test_no_view_shows_one(shop: Path, tmp_path: Path, view: tuple[str, ...]) -> None:
    done = run(shop, *view, "--cache-dir", str(tmp_path))
    assert held(done.stdout + done.stderr) == set()
    assert held(b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())) == set()


def test_the_line_of_source_shows_the_rest(shop: Path, tmp_path: Path) -> None:
    done = run(shop, "check", "--select", "LC205,LC206", "--cache-dir", str(tmp_path))
    assert "SMTP_PASSWORD = 'tR" + "*" * 12 + "'" in done.stdout
    assert "cache = redis.Redis(password='bQ********')" in done.stdout
