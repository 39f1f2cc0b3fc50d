"""Names that mean a credential, values that are one, and the many that only look so. All values are inventions."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layercheck.queries.secret_formats import provider_secret
from layercheck.queries.secrets import (
    dsn_credentials,
    insecure_default,
    mask,
    plausible_secret,
    secret_kind,
    secret_name,
    words,
)

_SECRETS = """
    password Password PASSWORD db_password dbPassword DB-PASSWORD passwd pwd smtp_pass MYSQL_PWD passphrase admin_password new_password
    password2 default_password secret SECRET SECRET_KEY secretKey jwt_secret JWTSecret client_secret webhook_secret stripe_webhook_secret
    api_key apikey API_KEY apiKey OPENAI_API_KEY x-api-key private_key signing_key encryption_key fernet_key master_key aws_secret_access_key
    accessKey token access_token refreshToken auth_token bot_token GITHUB_TOKEN bearer_token credentials authorization
    secret_key_default token_value FIRST_SUPERUSER_PASSWORD rsa_private_key service_role_key pass _pass
"""

_OTHERS = """
    token_url tokenUrl password_hash hashed_password password_hasher max_tokens token_count token_type access_token_expire_minutes
    password_min_length secret_name use_credentials allow_credentials access-control-allow-credentials cookie_name password_field
    password_column token_header API_KEY_HEADER password_regex password_pattern token_error invalid_token password_message password_label
    access_key_id private_key_path secret_file token_url_path cache_key primary_key foreign_key public_key key keyboard monkey author authority
    compass bypass passenger passed_msg impassable compassion next_page_token csrf_token eos_token pad_token tokens tokenizer passwords secrets reset_password
    forgot_password verify_token require_password has_token is_secret token_blacklist algorithm salt auth_method oauth2_scheme
    encrypted_password dummy_password fake_token session_key key_name secretary password_reset_template
"""


@pytest.mark.parametrize("name", _SECRETS.split())
def test_a_name_of_a_credential(name: str) -> None:
    assert secret_name(name)


@pytest.mark.parametrize("name", _OTHERS.split())
def test_a_name_of_something_else(name: str) -> None:
    assert not secret_name(name)


def test_words() -> None:
    assert words("dbPassword2") == ["db", "password", "2"]
    assert words("AWS_SECRET_ACCESS_KEY") == ["aws", "secret", "access", "key"]
    assert words("x-api-key") == ["x", "api", "key"]
    assert words("JWTSecret") == ["jwt", "secret"]


# -------------------------------------------------------------------------------------------------- values under a name

REAL = [
    ("password", "Winter2024!"),
    ("password", "hunter2"),
    ("db_password", "pg$Pr0d#77"),
    ("password", "admin123"),
    ("password", "123456"),
    ("password", "postgres"),
    ("password", "admin"),
    ("smtp_pass", "mail@box99"),
    ("super_admin_password", "Admin123!"),
    ("MYSQL_PWD", "r00t-of-all"),
    ("passphrase", "correct.horse.9"),
    ("redis_password", "S3ssion/Store"),
    ("SECRET_KEY", "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"),
    ("SECRET_KEY", "mysecretkey"),
    ("SECRET_KEY", "my-secret-key"),
    ("SECRET_KEY", "super-secret-key"),
    ("SECRET_KEY", "supersecretkey"),
    ("JWT_SECRET", "please-sign-with-this-1"),
    ("jwt_secret", "bookshop2024"),
    ("signing_key", "secret"),
    ("secret", "k3yOfTheHouse"),
    ("secret", "s3cr3t"),
    ("fernet_key", "3Zq0PzL6v3k5m8r1t4w7y9bAdCfEhGjKlMnOpQrStUv="),
    ("client_secret", "q8Zk2Lw9Xv5Bn1Mc7Rt4"),
    ("api_key", "d41d8cd98f00b204e9800998ecf8427e"),
    ("api_key", "7f3c9a51-2b84-4e0d-9c6f-5d1e8a2b3c4d"),
    ("apiKey", "pk9Jd82Ls0QmXz7"),
    ("x-api-key", "9J2kLm4Np6Qr8St0"),
    ("aws_secret_access_key", "wJalrX7tnFEMIK7MDENGbPxRfiCYq9Zt2Lm4Kp8v"),
    ("encryption_key", "Zm9yIHRoZSBib29rc2hvcCBvbmx5IQ=="),
    ("webhook_secret", "wh-9f8e7d6c5b4a"),
    ("token", "8b1f2c3d4e5f60718293a4b5c6d7e8f9"),
    ("auth_token", "Tk9Qw2Er4Ty6Ui8Op0As"),
    ("authorization", "Bearer 8b1f2c3d4e5f60718293a4b5c6d7e8f9"),
    ("Authorization", "Basic YWRtaW46d2ludGVyMjAyNA=="),
    ("access_token", "my-secret-token"),
    ("bot_token", "b0t.9Zq0PzL6v3k5m8r1"),
]

HARMLESS = [
    ("password", ""),
    ("password", "x"),
    ("password", "password"),
    ("password", "string"),
    ("password", "required"),
    ("password", "Password is too short"),
    ("password", "The password must hold 8 characters"),
    ("password", "Mot de passe oublié"),
    ("password", "testpass123"),
    ("password", "TestPassword1!"),
    ("password", "fake-password-1"),
    ("password", "dummy123"),
    ("password", "your_password_here"),
    ("password", "changeme"),
    ("password", "changethis"),
    ("password", "********"),
    ("password", "xxxxxxxx"),
    ("password", "<password>"),
    ("password", "${DB_PASSWORD}"),
    ("password", "{password}"),
    ("password", "{{ vault.password }}"),
    ("password", "%(password)s"),
    ("password", "%s"),
    ("password", "DB_PASSWORD"),
    ("password", "None"),
    ("password", "oidc"),
    ("password", "LDAP"),
    ("password", "reset_password"),
    ("password", "email.html"),
    ("password", "user@mail.net"),
    ("password", r"^(?=.*\d).{8,}$"),
    ("password", "$2b$12$KIXQh8yT8Qk0s9mZ3u2bXe"),
    ("password", "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$aGFzaA"),
    ("password", "argon2"),
    ("SECRET_KEY", "SECRET_KEY"),
    ("SECRET_KEY", "your-secret-key"),
    ("SECRET_KEY", "secret_key"),
    ("secret", "bcrypt"),
    ("secret", "HS256"),
    ("secret", "/run/secrets/jwt"),
    ("secret", "projects/shop/secrets/jwt"),
    ("secret", "vault:shop:jwt"),
    ("client_secret", "client_secret"),
    ("client_secret", "acme_client_secret"),
    ("client_secret", "client-secret-placeholder"),
    ("private_key", "id_rsa.pem"),
    ("private_key", "./certs/server.key"),
    ("api_key", "api_key"),
    ("api_key", "X-API-Key"),
    ("api_key", "x-goog-api-key"),
    ("api_key", "OPENAI_API_KEY"),
    ("api_key", "https://console.shop.io/keys"),
    ("api_key", "not-needed"),
    ("api_key", "example-key-0123456789abcdef"),
    ("api_key", "REDACTED"),
    ("api_key", "sk-..."),
    ("token", "access"),
    ("token", "refresh"),
    ("token", "Bearer"),
    ("token", "bearer"),
    ("token", "access_token"),
    ("token", "password-reset"),
    ("token", "token:"),
    ("token", "auth.token.v2"),
    ("token", "/auth/token"),
    ("token", "api/v1/login/access-token"),
    ("token", "OAuth2PasswordBearer"),
    ("token", "2024-01-01"),
    ("token", "1.2.3"),
    ("token", "token_expired"),
    ("access_token", "session-id"),
    ("auth_token", "AUTH_TOKEN"),
    ("refresh_token", "refreshToken"),
    ("authorization", "Bearer {token}"),
    ("authorization", "Bearer invalid_token_here"),
    ("credentials", "include"),
    ("credentials", "same-origin"),
    ("credentials", "service-account.json"),
]


@pytest.mark.parametrize(("name", "value"), REAL)
def test_a_real_credential(name: str, value: str) -> None:
    assert secret_name(name)
    assert plausible_secret(value, name)


@pytest.mark.parametrize(("name", "value"), HARMLESS)
def test_a_harmless_look_alike(name: str, value: str) -> None:
    assert secret_name(name)
    assert not plausible_secret(value, name)


# ------------------------------------------------------------------------------------------------------------- defaults


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "changethis"),
        ("SECRET_KEY", "secret"),
        ("SECRET_KEY", "your-secret-key"),
        ("SECRET_KEY", "supersecret"),
        ("POSTGRES_PASSWORD", "postgres"),
        ("MYSQL_PASSWORD", "1234"),
        ("ADMIN_PASSWORD", "!Ch4ng3Th1sP4ssW0rd!"),
        ("smtp_password", "password"),
        ("openai_api_key", "<set by the environment>"),
        ("jwt_secret", "test"),
        ("bot_token", "123:abc"),
        ("db_pass", "shop"),
    ],
)
def test_an_insecure_default(name: str, value: str) -> None:
    assert insecure_default(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "   "),
        ("SECRET_KEY", "${SECRET_KEY}"),
        ("SECRET_KEY_FILE", "secret"),
        ("USE_CREDENTIALS", "yes"),
        ("ALLOW_CREDENTIALS", True),
        ("ACCESS_TOKEN_EXPIRE_MINUTES", 30),
        ("MAX_TOKENS", "4096"),
        ("ALGORITHM", "HS256"),
        ("jwt_secret", "HS256"),
        ("token_type", "bearer"),
        ("token", "bearer"),
        ("api_key", "X-API-Key"),
        ("API_KEY_HEADER", "X-API-Key"),
        ("private_key", "/etc/ssl/key.pem"),
        ("credentials", "service-account.json"),
        ("token_url", "/auth/token"),
        ("access_token", "https://id.shop.io/token"),
        ("password", "********"),
        ("project_name", "secret"),
    ],
)
def test_a_harmless_default(name: str, value: object) -> None:
    assert not insecure_default(name, value)


# ------------------------------------------------------------------------------------------------------------- manners


def test_mask_shows_two_characters() -> None:
    assert mask("hunter2") == "hu…"
    assert mask("") == "…"


@given(st.text(max_size=200), st.text(max_size=40))
def test_nothing_raises_and_short_values_are_no_secrets(value: str, name: str) -> None:
    for answer in (
        secret_name(name),
        plausible_secret(value, name),
        dsn_credentials(value),
        insecure_default(name, value),
    ):
        assert answer in (True, False)
    kind = provider_secret(value)
    assert kind is None or kind
    if len(value) < 4:
        assert not plausible_secret(value, name)


@pytest.mark.parametrize(
    "value",
    [
        "a" * 30_000,
        "a:" * 4_000,
        "://" * 2_000 + "@",
        "eyJ" * 2_000 + ".",
        "-----BEGIN PRIVATE KEY-----" + "A \\n" * 2_000,
        "a-" * 4_000,
        "a/" * 4_000 + "!",
    ],
    ids=["long", "colons", "urls", "jwt", "pem", "kebab", "path"],
)
def test_hostile_text_takes_no_time(value: str) -> None:
    start = time.perf_counter()
    for name in ("password", "secret_key", "token"):
        plausible_secret(value, name)
        insecure_default(name, value)
    provider_secret(value)
    dsn_credentials(value)
    assert time.perf_counter() - start < 1.0


def test_what_is_too_long_for_a_name_is_none() -> None:
    assert secret_kind("the_" * 40 + "password") == "password"
    assert secret_kind("the_" * 400_000 + "password") is None
