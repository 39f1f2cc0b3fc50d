"""What the routes depend on: sessions, services, the signed-in customer, rate limits."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.clients.cache import BookCache
from app.clients.isbn import IsbnClient
from app.core.config import Settings
from app.core.errors import ForbiddenError
from app.core.rate_limit import RateLimiter
from app.core.security import Passwords, Tokens
from app.models import Customer, Role
from app.repositories.authors import AuthorRepository
from app.repositories.books import BookRepository
from app.repositories.customers import CustomerRepository
from app.repositories.orders import OrderRepository
from app.repositories.reviews import ReviewRepository
from app.services.auth import AuthService
from app.services.authors import AuthorService
from app.services.books import BookService
from app.services.covers import CoverStore
from app.services.customers import CustomerService
from app.services.isbn import IsbnService
from app.services.orders import OrderService
from app.services.reviews import ReviewService

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/v1/auth/token")


def get_settings(request: Request) -> Settings:
    return request.app.state.settings


def get_session(request: Request) -> Iterator[Session]:
    """A session for one request; what was not committed is rolled back."""
    with request.app.state.database.sessions() as session:
        yield session


async def get_async_session(request: Request) -> AsyncIterator[AsyncSession]:
    """An asynchronous session for one request; what was not committed is rolled back."""
    async with request.app.state.database.async_sessions() as session:
        yield session


def get_limiter(request: Request) -> RateLimiter:
    return request.app.state.limiter


def get_cache(request: Request) -> BookCache:
    return request.app.state.cache


def get_isbn_client(request: Request) -> IsbnClient:
    return request.app.state.isbn_client


SettingsDep = Annotated[Settings, Depends(get_settings)]
SessionDep = Annotated[Session, Depends(get_session)]
AsyncSessionDep = Annotated[AsyncSession, Depends(get_async_session)]


def get_auth_service(session: SessionDep, settings: SettingsDep) -> AuthService:
    return AuthService(session, CustomerRepository(session), Passwords(), Tokens(settings))


def get_author_service(session: SessionDep) -> AuthorService:
    return AuthorService(session, AuthorRepository(session))


def get_book_service(
    session: SessionDep, settings: SettingsDep, cache: Annotated[BookCache, Depends(get_cache)]
) -> BookService:
    covers = CoverStore(settings.cover_directory)
    return BookService(session, BookRepository(session), AuthorRepository(session), cache, covers)


def get_customer_service(session: SessionDep) -> CustomerService:
    return CustomerService(session)


def get_order_service(session: SessionDep) -> OrderService:
    return OrderService(session, OrderRepository(session), BookRepository(session))


def get_review_service(session: AsyncSessionDep) -> ReviewService:
    return ReviewService(session, ReviewRepository(session))


def get_isbn_service(client: Annotated[IsbnClient, Depends(get_isbn_client)]) -> IsbnService:
    return IsbnService(client)


AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]
AuthorServiceDep = Annotated[AuthorService, Depends(get_author_service)]
BookServiceDep = Annotated[BookService, Depends(get_book_service)]
CustomerServiceDep = Annotated[CustomerService, Depends(get_customer_service)]
OrderServiceDep = Annotated[OrderService, Depends(get_order_service)]
ReviewServiceDep = Annotated[ReviewService, Depends(get_review_service)]
IsbnServiceDep = Annotated[IsbnService, Depends(get_isbn_service)]


def get_current_customer(token: Annotated[str, Depends(oauth2_scheme)], auth: AuthServiceDep) -> Customer:
    """The customer whose token came with the request."""
    return auth.authenticate(token)


CurrentCustomer = Annotated[Customer, Depends(get_current_customer)]


def require_staff(customer: CurrentCustomer) -> Customer:
    """The signed-in customer, who must be of the staff."""
    if customer.role != Role.STAFF:
        raise ForbiddenError("Only the staff may do this")
    return customer


def rate_limit(name: str, times: int, seconds: int) -> Callable[..., None]:
    """A dependency that lets a caller through `times` within `seconds`."""

    def check(request: Request, limiter: Annotated[RateLimiter, Depends(get_limiter)]) -> None:
        caller = request.client.host if request.client else "unknown"
        limiter.check(name, caller, times, seconds)

    return check
