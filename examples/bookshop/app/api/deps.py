"""What the routes depend on: sessions, services, the signed-in customer, rate limits."""

from collections.abc import AsyncIterator, Callable, Iterator
from hmac import compare_digest
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from redis import Redis
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from app.clients.cache import BookCache
from app.clients.isbn import IsbnClient
from app.clients.mail import Mailer
from app.core.config import Settings
from app.core.errors import ForbiddenError, UnauthorizedError
from app.core.rate_limit import RateLimiter
from app.core.security import Passwords, Tokens
from app.models import Customer, Role
from app.repositories import BookRepository, OrderRepository
from app.repositories.authors import AuthorRepository
from app.repositories.customers import CustomerRepository
from app.repositories.reviews import ReviewRepository
from app.repositories.suppliers import SupplierRepository
from app.repositories.vouchers import VoucherRepository
from app.services.auth import AuthService
from app.services.authors import AuthorService
from app.services.books import BookService
from app.services.covers import CoverStore
from app.services.customers import CustomerService
from app.services.isbn import IsbnService
from app.services.orders import OrderService
from app.services.pricing import PriceService
from app.services.reports import ReportService
from app.services.reviews import ReviewService
from app.services.suppliers import SupplierService
from app.services.vouchers import VoucherService

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


def get_mailer() -> Mailer:
    return Mailer()


SettingsDep = Annotated[Settings, Depends(get_settings)]
SessionDep = Annotated[Session, Depends(get_session)]
AsyncSessionDep = Annotated[AsyncSession, Depends(get_async_session)]
MailerDep = Annotated[Mailer, Depends(get_mailer)]


def get_cache(settings: SettingsDep) -> BookCache:
    return BookCache(Redis.from_url(str(settings.redis_url)))  # fault: LC905


def get_auth_service(session: SessionDep, settings: SettingsDep) -> AuthService:
    return AuthService(session, CustomerRepository(session), Passwords(), Tokens(settings))


def get_author_service(session: SessionDep) -> AuthorService:
    return AuthorService(session, AuthorRepository(session))


def get_book_service(session: SessionDep, cache: Annotated[BookCache, Depends(get_cache)]) -> BookService:
    return BookService(session, BookRepository(session), AuthorRepository(session), cache)


def get_cover_store(settings: SettingsDep) -> CoverStore:
    return CoverStore(settings.cover_directory)


def get_customer_service(session: SessionDep) -> CustomerService:
    return CustomerService(session, CustomerRepository(session))


def get_order_repository(session: SessionDep) -> OrderRepository:
    return OrderRepository(session)


OrderRepositoryDep = Annotated[OrderRepository, Depends(get_order_repository)]
BookServiceDep = Annotated[BookService, Depends(get_book_service)]


def get_order_service(session: SessionDep, orders: OrderRepositoryDep) -> OrderService:
    return OrderService(session, orders, BookRepository(session))


def get_report_service(session: SessionDep, orders: OrderRepositoryDep, books: BookServiceDep) -> ReportService:
    return ReportService(orders, books, PriceService(session))


def get_review_service(session: AsyncSessionDep) -> ReviewService:
    return ReviewService(session, ReviewRepository(session))


def get_supplier_service(session: SessionDep) -> SupplierService:
    return SupplierService(session, SupplierRepository(session))


def get_voucher_service(session: SessionDep) -> VoucherService:
    return VoucherService(session, VoucherRepository(session))


def get_isbn_service() -> IsbnService:
    return IsbnService(IsbnClient())


AuthServiceDep = Annotated[AuthService, Depends(get_auth_service)]
AuthorServiceDep = Annotated[AuthorService, Depends(get_author_service)]
CoverStoreDep = Annotated[CoverStore, Depends(get_cover_store)]
CustomerServiceDep = Annotated[CustomerService, Depends(get_customer_service)]
OrderServiceDep = Annotated[OrderService, Depends(get_order_service)]
ReportServiceDep = Annotated[ReportService, Depends(get_report_service)]
ReviewServiceDep = Annotated[ReviewService, Depends(get_review_service)]
SupplierServiceDep = Annotated[SupplierService, Depends(get_supplier_service)]
VoucherServiceDep = Annotated[VoucherService, Depends(get_voucher_service)]
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


def require_wholesaler(request: Request, settings: SettingsDep) -> None:
    """The wholesaler sends the token that was agreed upon."""
    header = request.headers.get("Authorization", "")  # strict fault: LC508
    if not compare_digest(header.removeprefix("Bearer "), settings.webhook_token):
        raise UnauthorizedError("Invalid webhook token")


def rate_limit(name: str, times: int, seconds: int) -> Callable[..., None]:
    """A dependency that lets a caller through `times` within `seconds`."""

    def check(request: Request, limiter: Annotated[RateLimiter, Depends(get_limiter)]) -> None:
        caller = request.client.host if request.client else "unknown"
        if limiter.exceeded(name, caller, times, seconds):
            raise HTTPException(429, "Too many requests")  # fault: LC511

    return check
