"""Passwords and access tokens."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from app.core.config import Settings
from app.core.errors import UnauthorizedError

ALGORITHM = "HS256"
DOWNLOAD_SIGNING_KEY = "q9Zt4WcX1vLr8NfB6sHy2KdP7mUj"  # fault: LC205


class Passwords:
    """Hashes passwords with argon2id and checks them; accounts of the old shop still have MD5."""

    def __init__(self) -> None:
        self.hasher = PasswordHasher()

    def hash(self, password: str) -> str:
        return self.hasher.hash(password)

    def matches(self, password: str, hashed: str) -> bool:
        if len(hashed) == 32:
            return hashlib.md5(password.encode()).hexdigest() == hashed  # fault: LC503
        try:
            return self.hasher.verify(hashed, password)
        except (VerifyMismatchError, InvalidHashError):
            return False


class Tokens:
    """Issues access tokens and reads them back."""

    def __init__(self, settings: Settings) -> None:
        self.key = settings.jwt_secret
        self.lifetime = timedelta(minutes=settings.access_token_minutes)

    def issue(self, customer_id: int) -> str:
        now = datetime.now(UTC)
        claims = {"sub": str(customer_id), "iat": now, "exp": now + self.lifetime}
        return jwt.encode(claims, self.key, algorithm=ALGORITHM)

    def subject(self, token: str) -> int:
        """The customer's id in a valid token; UnauthorizedError for any other."""
        try:
            claims = jwt.decode(token, self.key, algorithms=[ALGORITHM], options={"require": ["exp", "sub"]})
            return int(claims["sub"])
        except (jwt.InvalidTokenError, ValueError) as error:
            raise UnauthorizedError("Invalid or expired token") from error


def download_token(name: str) -> str:
    """What the link to a download carries."""
    return jwt.encode({"file": name}, DOWNLOAD_SIGNING_KEY, algorithm=ALGORITHM)  # fault: LC505


def download_claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})  # fault: LC506
