"""What is kept of a file says as much about its secrets as the rules ask, and nothing more. All values are inventions."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.knowledge.credentials import SEALED
from layercheck.queries.sealing import Sealer, seal_text, secret_spans, veiled
from layercheck.queries.secret_formats import provider_secret
from layercheck.queries.secrets import dsn_credentials, insecure_default, mask, plausible_secret

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


def sealed(literal: str) -> str:
    """What the sealer leaves of a literal."""
    node = ast.Constant(literal)
    Sealer().literal(node)
    value = node.value
    assert isinstance(value, str)
    return value


def test_a_url_keeps_all_but_its_password() -> None:
    kept = sealed("postgresql://shop:vK3-9sPq7@db:5432/shop")
    assert kept == f"postgresql://shop:vK{SEALED}@db:5432/shop"
    assert dsn_credentials(kept)
    assert plausible_secret(kept, "database_url")
    assert insecure_default("database_url", kept)
    assert sealed(kept) == kept


def test_a_connection_string_keeps_all_but_its_password() -> None:
    kept = sealed("host=db user=shop password=vK3-9sPq7 dbname=shop")
    assert kept == f"host=db user=shop password=vK{SEALED} dbname=shop"
    assert dsn_credentials(kept)


def test_a_token_keeps_its_format() -> None:
    kept = sealed(f"Bearer {TOKEN}")
    assert kept == f"Bearer gh{SEALED}{{GitHub token}}"
    assert provider_secret(kept) == "GitHub token"
    assert mask(sealed(TOKEN)) == "gh…"


@pytest.mark.parametrize(
    "literal", ["postgresql://user:password@host/db", "a=b; c=d", "https://shop.io/@me", "plain text of some length"]
)
def test_what_is_no_secret_stays(literal: str) -> None:
    assert sealed(literal) == literal


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('password = "tR7!kq-Zp0_w93"', 'password = "tR************"'),
        ("key = get('api_key', '9f8a7b6c5d4e3f2a')", "key = get('api_key', '9f**************')"),
        ('é = connect(password=b"tR7!kq-Zp0")', 'é = connect(password=b"tR********")'),
        ('role = "admin"', 'role = "admin"'),
    ],
)
def test_a_line_for_people(line: str, shown: str) -> None:
    assert veiled(line, 1, secret_spans(line) or ()) == shown


def test_a_literal_over_several_lines_is_blotted_out_in_each() -> None:
    text = f'x = 1\nAPI_KEY = """{TOKEN}\nsecond {TOKEN[::-1]}"""\n'
    spans = secret_spans(text)
    assert spans is not None
    lines = [veiled(line, number, spans) for number, line in enumerate(text.split("\n"), 1)]
    assert lines[0] == "x = 1"
    assert lines[1].startswith('API_KEY = """gh**')
    assert set(lines[2].removesuffix('"""').lstrip()) <= {"*", '"'}


def test_a_text_that_is_no_python() -> None:
    text = f"\u0130services:\n  db:\n    PASSWORD: lM7-zzX15r\n    ROLE: admin\nurl = amqp://shop:lM7-zzX15r@rabbit//\nSee {TOKEN}.\n"
    kept = seal_text(text)
    assert "lM7-zzX15r" not in kept
    assert TOKEN not in kept
    assert "ROLE: admin" in kept
    assert kept.count("\n") == text.count("\n")


@given(st.text(max_size=200))
def test_any_text_keeps_its_lines(text: str) -> None:
    assert seal_text(text).count("\n") == text.count("\n")
