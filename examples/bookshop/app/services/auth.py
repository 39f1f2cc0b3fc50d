"""Signing up and signing in."""

from sqlalchemy.orm import Session

from app.core.errors import ConflictError, UnauthorizedError
from app.core.security import Passwords, Tokens
from app.models import Customer
from app.repositories.customers import CustomerRepository
from app.schemas.customer import CustomerCreate


class AuthService:
    def __init__(self, session: Session, customers: CustomerRepository, passwords: Passwords, tokens: Tokens) -> None:
        self.session = session
        self.customers = customers
        self.passwords = passwords
        self.tokens = tokens

    def register(self, wanted: CustomerCreate) -> Customer:
        """A new customer; ConflictError when the address is taken."""
        if self.customers.by_email(wanted.email) is not None:
            raise ConflictError("This e-mail address is already registered")
        hashed = self.passwords.hash(wanted.password)
        customer = Customer(**wanted.model_dump(exclude={"password"}), hashed_password=hashed)
        self.customers.add(customer)
        self.session.commit()
        return customer

    def sign_in(self, email: str, password: str) -> str:
        """An access token; UnauthorizedError, the same for both, when address or password is wrong."""
        customer = self.customers.by_email(email)
        if customer is None or not self.passwords.matches(password, customer.hashed_password):
            raise UnauthorizedError("Wrong e-mail address or password")
        return self.tokens.issue(customer.id)

    def authenticate(self, token: str) -> Customer:
        """Whose token this is; UnauthorizedError when nobody's."""
        customer = self.customers.get(self.tokens.subject(token))
        if customer is None:
            raise UnauthorizedError("Invalid or expired token")
        return customer
