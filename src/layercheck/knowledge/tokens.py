"""The libraries that make and check tokens and hash passwords: which callable does what, and where its arguments stand.

Asked by the rules of section LC5 and by `queries.credentials`. Source: the documentation of PyJWT 2.10, python-jose 3.5, Authlib 1.6, joserfc 1.4,
passlib 1.7, pwdlib 0.3, bcrypt 5, argon2-cffi 25, stripe 12, svix 1.7, slack-sdk 3.
"""

from __future__ import annotations

PAYLOAD_FIRST, HEADER_FIRST = 0, 1

ENCODERS: dict[str, tuple[int, str]] = {
    "jwt.encode": (PAYLOAD_FIRST, "payload"),
    "jwt.PyJWT.encode": (PAYLOAD_FIRST, "payload"),
    "jwt.api_jwt.encode": (PAYLOAD_FIRST, "payload"),
    "jwt.api_jwt.PyJWT.encode": (PAYLOAD_FIRST, "payload"),
    "jose.jwt.encode": (PAYLOAD_FIRST, "claims"),
    "authlib.jose.jwt.encode": (HEADER_FIRST, "payload"),
    "authlib.jose.JsonWebToken.encode": (HEADER_FIRST, "payload"),
    "joserfc.jwt.encode": (HEADER_FIRST, "claims"),
}
"""What signs a JSON web token -> (position, name) of its claims."""

PYJWT_DECODERS: frozenset[str] = frozenset({
    "jwt.api_jwt.PyJWT.decode", "jwt.api_jwt.decode", "jwt.api_jwt.decode_complete", "jwt.decode", "jwt.decode_complete",
    "jwt.PyJWT.decode", "jwt.PyJWT.decode_complete",
})  # fmt: skip
"""They refuse to verify without `algorithms`, unless told not to verify at all."""

JOSE_DECODERS: frozenset[str] = frozenset({"jose.jwt.decode"})
OTHER_DECODERS: frozenset[str] = frozenset(
    {"authlib.jose.jwt.decode", "authlib.jose.JsonWebToken.decode", "joserfc.jwt.decode"}
)
DECODERS: frozenset[str] = PYJWT_DECODERS | JOSE_DECODERS | OTHER_DECODERS
"""What verifies a token and gives its claims."""

UNVERIFIED: frozenset[str] = frozenset({
    "jose.jws.get_unverified_claims", "jose.jws.get_unverified_header", "jose.jws.get_unverified_headers", "jose.jwt.get_unverified_claims",
    "jose.jwt.get_unverified_header", "jose.jwt.get_unverified_headers", "jwt.get_unverified_header",
})  # fmt: skip
"""What reads a token without verifying it."""

SIGNATURE_CHECKS: frozenset[str] = frozenset({
    "hmac.compare_digest", "hmac.new", "hmac.digest", "secrets.compare_digest", "nacl.signing.VerifyKey.verify",
    "slack_sdk.signature.SignatureVerifier.is_valid", "slack_sdk.signature.SignatureVerifier.is_valid_request",
    "stripe.Webhook.construct_event", "stripe.WebhookSignature.verify_header", "svix.Webhook.verify", "svix.webhooks.Webhook.verify",
    "standardwebhooks.Webhook.verify", "standardwebhooks.webhooks.Webhook.verify", "twilio.request_validator.RequestValidator.validate",
    "discord_interactions.verify_key", "google.oauth2.id_token.verify_oauth2_token", "google.oauth2.id_token.verify_token",
})  # fmt: skip
"""What proves that a request comes from who it says: signatures of webhooks, comparisons of shared secrets."""

SIGNATURE_METHODS: frozenset[str] = frozenset({"construct_event", "is_valid_request", "is_valid_signature"})
"""The same by method name alone, where the object is not known."""

FAST_DIGESTS: frozenset[str] = frozenset(
    [
        f"hashlib.{name}"
        for name in [
            "blake2b",
            "blake2s",
            "md5",
            "new",
            "sha1",
            "sha224",
            "sha256",
            "sha384",
            "sha3_224",
            "sha3_256",
            "sha3_384",
            "sha3_512",
            "sha512",
        ]
    ]
    + [
        f"{package}.Hash.{name}.new"
        for package in ("Crypto", "Cryptodome")
        for name in [
            "BLAKE2b",
            "BLAKE2s",
            "MD2",
            "MD4",
            "MD5",
            "RIPEMD160",
            "SHA",
            "SHA1",
            "SHA224",
            "SHA256",
            "SHA384",
            "SHA512",
            "SHA3_256",
            "SHA3_512",
            "keccak",
        ]
    ]
    + ["crypt.crypt", "passlib.utils.pbkdf2.pbkdf1", "binascii.crc32", "zlib.crc32"]
)
"""Digests of any data: billions a second on a graphics card."""

DIGEST_OBJECTS: frozenset[str] = frozenset({"cryptography.hazmat.primitives.hashes.Hash"})
"""Classes whose `update` takes what is digested."""

WEAK_SCHEMES: frozenset[str] = frozenset({
    "apr_md5_crypt", "bigcrypt", "bsdi_crypt", "cisco_pix", "cisco_type7", "crypt16", "des_crypt", "hex_md4", "hex_md5", "hex_sha1", "hex_sha256",
    "hex_sha512", "ldap_des_crypt", "ldap_hex_md5", "ldap_hex_sha1", "ldap_md5", "ldap_md5_crypt", "ldap_plaintext", "ldap_salted_md5",
    "ldap_salted_sha1", "ldap_sha1", "lmhash", "md5_crypt", "mssql2000", "mssql2005", "mysql323", "mysql41", "nthash", "oracle10", "oracle11",
    "plaintext", "postgres_md5", "sha1_crypt", "sun_md5_crypt", "django_des_crypt", "django_salted_md5", "django_salted_sha1", "roundup_plaintext",
})  # fmt: skip
"""passlib's hashes that are broken or much too fast."""
