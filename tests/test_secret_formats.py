"""Tokens in the formats of providers and URLs with passwords, real ones and look-alikes. All values are inventions.

They are put together at run time, so that no scanner takes this file for a leak.
"""

from __future__ import annotations

import base64
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.knowledge.secret_formats import PROVIDERS
from layercheck.queries.secret_formats import _around, provider_secret
from layercheck.queries.secrets import dsn_credentials, plausible_secret

# ------------------------------------------------------------------------------------------------------------ providers


def b64(data: object) -> str:
    """A part of a JSON web token."""
    return base64.urlsafe_b64encode(json.dumps(data).encode()).decode().rstrip("=")


SIGNATURE = "k3yOfTheHouse_Zq0PzL6v3k5m8r1t4w7y9bAdCfEhG"
BODY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7Zq0PzL6v3k5m8r1t4w7y9bAdCfEhGjKlMnOpQrStUv"
HEX = "8b1f2c3d4e5f60718293a4b5c6d7e8f9"
LONG = "Zq0PzL6v3k5m8r1t4w7y9bAdCfEhGjKlMnOpQrStUvWxYz1029384756aBcDeFgHiJkLmNoPqRsTuVwXyZ7q2W4e6R8t0"
PROVIDED = [
    ("AWS access key id", "AKIA" + "J7Q2Z5LW4XT6PV3R"),
    ("GitHub token", "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"),
    (
        "GitHub token",
        "github_pat_" + "11ABCDEFG0aBcDeFgHiJkL" + "_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8a1B2c3D4e5F6g7H8i9J0k1L",
    ),
    ("GitLab token", "glpat-" + "Zq0PzL6v3k5m8r1t4w7y"),
    ("Slack token", "xoxb-" + "263594206564-2343594206574-FGqddMF8t08v8N7Oq4i57vs1"),
    ("Slack webhook", "https://hooks.slack.com/services/" + "T024BE7LD/B0ABCDEF1/" + "Zq0PzL6v3k5m8r1t4w7y9bAd"),
    ("Stripe key", "sk_live_" + "51Hq0PzL6v3k5m8r1t4w7y9b"),
    ("Google API key", "AIza" + "SyB3q0PzL6v3k5m8r1t4w7y9bAdCfEhGjKl"),
    ("SendGrid key", "SG." + "Zq0PzL6v3k5m8r1t4w7y9b" + "." + "AdCfEhGjKlMnOpQrStUvWxYz0123456789abcdefgH1"),
    ("npm token", "npm_" + "Zq0PzL6v3k5m8r1t4w7y9bAdCfEhGjKlMnOp"),
    ("OpenAI key", "sk-" + "proj-Zq0PzL6v3k5m8r1t4w7y9bAdCfEhGjKlMnOpQrSt"),
    ("Anthropic key", "sk-ant-" + "api03-Zq0PzL6v3k5m8r1t4w7y9bAdCfEhGjKlMnOp"),
    ("Azure storage key", "AccountName=shop;AccountKey=" + (BODY * 2)[:86] + "=="),
    ("Telegram bot token", "110201543:" + "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw9"),
    ("Discord webhook", "https://discord.com/api/webhooks/" + "123412341234123412/" + BODY[:68]),
    (
        "JSON web token",
        b64({"alg": "HS256", "typ": "JWT"}) + "." + b64({"sub": "7", "exp": 9999999999}) + "." + SIGNATURE,
    ),
    ("private key", "-----BEGIN PRIVATE KEY-----\n" + BODY + "\n" + BODY + "\n-----END PRIVATE KEY-----\n"),
    ("private key", "-----BEGIN RSA PRIVATE KEY-----\\n" + BODY + "\\n-----END RSA PRIVATE KEY-----"),
    ("AWS access key id", "ASIA" + "J7Q2Z5LW4XT6PV3R"),
    ("GitHub token", "ghs_" + LONG[:36]),
    ("GitHub token", "gho_" + LONG[:36]),
    ("GitLab token", "glrt-" + LONG[:20]),
    ("GitLab token", "gldt-" + LONG[:20]),
    ("Slack token", "xoxe.xoxp-1-" + "Mi0yLTI2MzU5NDIwNjU2NC0yMzQzNTk0MjA2NTc0"),
    ("Slack token", "xapp-1-" + "A012ABCDEFG-2635942065641-" + HEX * 2),
    ("Stripe key", "rk_live_" + LONG[:24]),
    ("Stripe webhook secret", "whsec_" + LONG[:32]),
    ("Twilio key", "SK" + HEX),
    ("Mailgun key", "key-" + HEX),
    ("Mailgun key", HEX + "-1a2b3c4d-5e6f7a8b"),
    ("Mailchimp key", HEX + "-us14"),
    ("Brevo key", "xkeysib-" + HEX * 2 + "-Ab1Cd2Ef3Gh4Ij5K"),
    ("Google OAuth client secret", "GOCSPX-" + LONG[:28]),
    ("Google OAuth token", "ya29." + LONG[:60]),
    (
        "private key",
        '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\n'
        + BODY
        + '\\n-----END PRIVATE KEY-----"}',
    ),
    ("private key", "-----BEGIN OPENSSH PRIVATE KEY-----\n" + BODY + "\n-----END OPENSSH PRIVATE KEY-----"),
    ("private key", "-----BEGIN EC PRIVATE KEY-----\n" + BODY + "\n-----END EC PRIVATE KEY-----"),
    (
        "Azure access key",
        "Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=" + LONG[:43] + "=",
    ),
    ("Azure client secret", "a1B8Q" + "~" + LONG[:34]),
    ("Azure signature", "https://shop.blob.core.windows.net/box?sv=2022-11-02&sp=r&sig=" + LONG[:43] + "%3D"),
    ("PyPI token", "pypi-AgE" + "IcHlwaS5vcmc" + LONG[:60]),
    ("OpenAI key", "sk-" + LONG[:20] + "T3BlbkFJ" + LONG[20:40]),
    ("OpenAI key", "sk-or-v1-" + HEX * 2),
    ("Anthropic key", "sk-ant-" + "admin01-" + LONG[:60]),
    ("Hugging Face token", "hf_" + "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH"),
    ("Replicate token", "r8_" + LONG[:37]),
    ("Groq key", "gsk_" + LONG[:52]),
    ("xAI key", "xai-" + LONG[:80]),
    ("Perplexity key", "pplx-" + LONG[:48]),
    ("LangSmith key", "lsv2_pt_" + HEX + "_1a2b3c4d5e"),
    ("NVIDIA key", "nvapi-" + LONG[:64]),
    ("Tavily key", "tvly-" + LONG[:32]),
    ("Pinecone key", "pcsk_" + LONG[:69]),
    ("DigitalOcean token", "dop_v1_" + HEX * 2),
    ("DigitalOcean token", "doo_v1_" + HEX * 2),
    ("Heroku key", "HRKU-AA" + LONG[:58]),
    ("Vault token", "hvs." + LONG[:40]),
    ("Terraform token", LONG[:14] + ".atlasv1." + LONG[:64]),
    ("Pulumi token", "pul-" + HEX + "1a2b3c4d"),
    ("Doppler token", "dp.pt." + LONG[:43]),
    ("Databricks token", "dapi" + HEX),
    ("Docker Hub token", "dckr_pat_" + LONG[:27]),
    ("Supabase token", "sbp_" + HEX + "1a2b3c4d"),
    ("Supabase token", "sb_secret_" + LONG[:31]),
    ("PlanetScale token", "pscale_tkn_" + LONG[:43]),
    ("PlanetScale token", "pscale_pw_" + LONG[:43]),
    ("Sentry token", "sntrys_" + LONG[:64]),
    ("New Relic key", "NRAK-" + "J7Q2Z5LW4XT6PV3RJ7Q2Z5LW4XT"),
    ("Grafana token", "glsa_" + LONG[:32] + "_1a2b3c4d"),
    ("Grafana token", "glc_" + LONG[:60]),
    ("Linear key", "lin_api_" + LONG[:40]),
    ("Notion token", "ntn_" + LONG[:46]),
    ("Notion token", "secret_" + LONG[:43]),
    ("Airtable token", "pat" + LONG[:14] + "." + HEX * 2),
    ("Atlassian token", "ATATT3" + LONG[:64] + LONG[:64] + LONG[:60]),
    ("Postman key", "PMAK-" + "8b1f2c3d4e5f60718293a4b5-" + HEX + "1a"),
    ("RubyGems key", "rubygems_" + HEX + "8b1f2c3d4e5f6071"),
    ("Shopify token", "shpat_" + HEX),
    ("Shopify token", "shpss_" + HEX),
    ("Square token", "sq0atp-" + LONG[:22]),
    ("Square token", "EAAA" + LONG[:60]),
    ("Resend key", "re_" + "Zq0PzL6v_3k5m8r1t4w7y9bAdCfEhGjKl"),
    (
        "Teams webhook",
        "https://shop.webhook.office.com/webhookb2/"
        + "7f3c9a51-2b84-4e0d-9c6f-5d1e8a2b3c4d@7f3c9a51-2b84-4e0d-9c6f-5d1e8a2b3c4d/IncomingWebhook/"
        + HEX
        + "/7f3c9a51-2b84-4e0d-9c6f-5d1e8a2b3c4d",
    ),
    ("Discord token", "MTIzNDU2Nzg5MDEyMzQ1Njc4" + ".GaBcDe." + LONG[:38]),
    ("age key", "AGE-SECRET-KEY-1" + "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHCE"),
]

NOT_PROVIDED = [
    "AKIA" + "IOSFODNN7EXAMPLE",
    "ghp_" + "x" * 36,
    "ghp_your_token_here_please_do_not_commit",
    "xoxb-your-slack-bot-token-goes-here",
    "sk-your-openai-key-goes-here-thank-you-1",
    "sk-ant-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
    "sk_test_" + "51Hq0PzL6v3k5m8r1t4w7y9b",
    "pk_live_" + "51Hq0PzL6v3k5m8r1t4w7y9b",
    "-----BEGIN PRIVATE KEY-----",
    "-----BEGIN CERTIFICATE-----\n" + BODY,
    "-----BEGIN PUBLIC KEY-----\n" + BODY,
    "eyJhbGciOiJIUzI1NiJ9.payload.signature",
    b64({"alg": "HS256", "typ": "JWT"}) + "." + b64({"sub": "1234567890", "name": "John Doe"}) + "." + SIGNATURE,
    b64({"typ": "note"}) + "." + b64({"sub": "7"}) + "." + SIGNATURE,
    "AccountKey=" + "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "skeleton-of-the-thing-that-is-long-enough-to-look",
    "task-1234567890abcdef1234567890abcdef12345678",
    "npm_config_registry_is_set_by_the_environment",
    "https://discord.com/api/webhooks/{id}/{token}",
    "7f3c9a51-2b84-4e0d-9c6f-5d1e8a2b3c4d",
    "d41d8cd98f00b204e9800998ecf8427e",
    "/home/app/.ssh/a-rather-long-file-name-for-a-key",
]


@pytest.mark.parametrize(("kind", "value"), PROVIDED)
def test_a_format_of_a_provider(kind: str, value: str) -> None:
    assert provider_secret(value) == kind
    assert plausible_secret(value, "anything")
    assert provider_secret(f"see {value} there") == kind or kind == "private key"


@pytest.mark.parametrize("value", NOT_PROVIDED)
def test_no_format_of_a_provider(value: str) -> None:
    assert provider_secret(value) is None


_PIECES = [
    *[value for _, value in PROVIDED],
    *[mark for mark, _, _ in PROVIDERS],
    *["", " ", "x", ".", "-", ":", "_", "/", "?sv=2020-01-02&", "12345678", HEX, LONG, "M" + LONG[:24], "abc1Q~" + LONG[:32], "do" + "o_v1_" + HEX * 2],
]  # fmt: skip


@given(st.lists(st.sampled_from(_PIECES), min_size=1, max_size=8).map("".join))
def test_looking_around_the_text_of_a_format_finds_what_a_walk_finds(text: str) -> None:
    for mark, _, pattern in PROVIDERS:
        walked = [found.span() for found in re.finditer(pattern, text)] if mark in text else []
        assert [found.span() for found in _around(mark, re.compile(pattern), text)] == walked, (mark, pattern)


# ----------------------------------------------------------------------------------------------------------------- URLs

REAL_URLS = [
    "postgresql://postgres:postgres@localhost/shop",
    "postgresql+asyncpg://shop:s3cr3t@db:5432/shop",
    "postgres://postgres:password@localhost:5432/shop",
    "mysql+pymysql://root:root@127.0.0.1/shop",
    "mongodb+srv://app:Zq0PzL6v3k@cluster0.shop.mongodb.net/?retryWrites=true",
    "redis://:n0t4u@cache:6379/0",
    "amqp://guest:guest@rabbit:5672//",
    "https://robot:t0kenT0ken@git.shop.io/repo.git",
    "ftp://backup:p%40ssw0rd@ftp.shop.io/",
]
HARMLESS_URLS = [
    "postgresql://user:password@localhost/db",
    "postgresql://username:password@host:port/database",
    "postgresql://user:pass@example.com/db",
    "postgresql://{user}:{password}@{host}/{name}",
    "postgresql://shop:{password}@db/shop",
    "postgresql://shop:%s@db/shop",
    "postgresql://shop:${DB_PASSWORD}@db/shop",
    "postgresql://shop:$DB_PASSWORD@db/shop",
    "postgresql://shop:<password>@db/shop",
    "postgresql://shop:****@db/shop",
    "postgresql://shop:xxxxxx@db/shop",
    "postgresql://shop:YOUR_PASSWORD@db/shop",
    "postgresql://shop:changeme@db/shop",
    "postgresql://test:test@localhost/test",
    "postgresql://localhost/shop",
    "postgresql://shop@localhost/shop",
    "redis://localhost:6379/0",
    "redis://:password@localhost:6379/0",
    "http://localhost:8000/@me",
    "https://shop.io/path:with@sign",
    "https://medium.com/@author/post-1",
    "mailto:someone@shop.io",
    "sqlite:///./shop.db",
    "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/2",
    "git+ssh://git@github.com/shop/shop.git",
]


@pytest.mark.parametrize("value", REAL_URLS)
def test_a_url_with_a_password(value: str) -> None:
    assert dsn_credentials(value)
    assert plausible_secret(value, "database_url")


@pytest.mark.parametrize("value", HARMLESS_URLS)
def test_a_url_without_a_password(value: str) -> None:
    assert not dsn_credentials(value)
    assert not plausible_secret(value, "database_url")
