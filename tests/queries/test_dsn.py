"""What the URL of a database says of server, account and encryption."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.queries.dsn import in_the_clear, is_here, parse_dsn, superuser


def test_the_parts_without_the_password() -> None:
    dsn = parse_dsn("postgresql+psycopg://shop:hunter2@DB.shop.io:5432/shop?SSLMode=require&x=1")
    assert dsn == ("postgresql", "psycopg", "shop", "db.shop.io", (("sslmode", "require"), ("x", "1")))
    assert "hunter2" not in repr(dsn)


@pytest.mark.parametrize(
    "text",
    [
        "", "postgresql", "https://shop.io", "redis://cache.shop.io", "sqlite:///shop.db", "postgresql://{user}@db.shop.io/shop",
        "postgresql://$USER@db.shop.io", "postgresql://<user>@db.shop.io", "see postgresql://shop@db.shop.io", "postgresql://user:pass@host/db",
        "postgresql://shop@db.example.com/shop", "postgresql://shop@your-server.io/shop", "postgresql://.../shop",
    ],
)  # fmt: skip
def test_what_is_no_whole_url(text: str) -> None:
    assert parse_dsn(text) is None


@pytest.mark.parametrize(
    ("text", "here", "clear", "account"),
    [
        ("postgresql://postgres@localhost/x", True, False, "postgres"),
        ("postgresql:///x", True, False, ""),
        ("postgresql://shop@db/x", False, False, ""),
        ("postgresql://shop@db.shop.io/x", False, True, ""),
        ("postgresql://shop@8.8.8.8/x", False, True, ""),
        ("postgresql://shop@192.168.0.4/x", False, False, ""),
        ("postgresql://shop@db.shop.io/x?sslmode=verify-ca", False, False, ""),
        ("postgresql://shop@db.shop.io/x?sslmode=allow", False, True, ""),
        ("postgresql+asyncpg://shop@db.shop.io/x?ssl=true", False, False, ""),
        ("mysql://root@db.shop.io/x?ssl_mode=PREFERRED", False, True, "root"),
        ("mssql+pyodbc://SA@db.shop.io/x", False, False, "SA"),
        ("mssql+pyodbc://shop@db.shop.io/x?Encrypt=optional", False, True, ""),
        ("oracle://shop@db.shop.io/x", False, False, ""),
        ("postgresql://postgres.ref@pool.shop.io/x", False, True, "postgres.ref"),
        ("postgresql://postgresql@db.shop.io/x", False, True, ""),
    ],
)
def test_verdicts(text: str, here: bool, clear: bool, account: str) -> None:
    dsn = parse_dsn(text)
    assert dsn is not None
    assert (is_here(dsn), in_the_clear(dsn), superuser(dsn)) == (here, clear, account)


NAMES = st.text("abcdefgh0123456789-", min_size=1, max_size=8)


@given(
    NAMES, NAMES, st.text(st.characters(blacklist_characters="/?#@ {}<>$*%.\n\r\t", codec="ascii"), max_size=9), NAMES
)
def test_any_password_is_dropped(user: str, host: str, password: str, name: str) -> None:
    dsn = parse_dsn(f"postgresql://{user}:{password}|secret|@{host}.shop.io/{name}")
    if dsn is not None:
        assert (dsn.user, dsn.host) == (user, f"{host}.shop.io")
        assert "|secret|" not in repr(dsn)
