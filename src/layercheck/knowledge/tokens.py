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
