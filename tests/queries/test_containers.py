"""dishka and dependency-injector: what handlers receive is the class that the container binds, and its effects are reached."""

from __future__ import annotations

import pytest

from layercheck.queries.types import param_type
from layercheck.views.routes import routes
from support import project_of

DOMAIN = """
from abc import ABC, abstractmethod
from typing import Protocol

class Orders(Protocol):
    async def add(self, name: str) -> None: ...

class Mailer(ABC):
    @abstractmethod
    async def send(self) -> None: ...

class OrderService:
    def __init__(self, orders: Orders) -> None:
        self.orders = orders

    async def place(self, name: str) -> None:
        await self.orders.add(name)
"""
ADAPTERS = """
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy import insert
from app.domain import Mailer
from app.models import Order

class SqlOrders:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, name: str) -> None:
        self.session.add(Order(name=name))
        await self.session.commit()

class SmtpMailer(Mailer):
    async def send(self) -> None:
        pass
"""
MODELS = """
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

class Base(DeclarativeBase):
    pass

class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
"""
FILES = {"app/__init__.py": "", "app/domain.py": DOMAIN, "app/adapters.py": ADAPTERS, "app/models.py": MODELS}

DISHKA_HEAD = """
from collections.abc import AsyncIterable
from dishka import AnyOf, Provider, Scope, WithParents, alias, provide, provide_all
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from app.adapters import SmtpMailer, SqlOrders
from app.domain import Mailer, Orders, OrderService

def maker() -> async_sessionmaker[AsyncSession]:
    return async_sessionmaker()
"""
SESSION = """
    @provide
    async def session(self) -> AsyncIterable[AsyncSession]:
        async with maker()() as session:
            yield session
"""
DISHKA = {
    "provides": """
class App(Provider):
    scope = Scope.REQUEST
    orders = provide(SqlOrders, provides=Orders)
    service = provide(OrderService)
"""
    + SESSION,
    "source-and-alias": """
class App(Provider):
    scope = Scope.REQUEST
    orders = provide(source=SqlOrders)
    as_orders = alias(source=SqlOrders, provides=Orders)
    services = provide_all(OrderService)
"""
    + SESSION,
    "any-of": """
class App(Provider):
    scope = Scope.REQUEST
    orders = provide(SqlOrders, provides=AnyOf[SqlOrders, Orders])
    service = provide(OrderService, scope=Scope.REQUEST)
"""
    + SESSION,
    "methods": """
class App(Provider):
    @provide(scope=Scope.REQUEST)
    def orders(self, session: AsyncSession) -> Orders:
        return SqlOrders(session)

    @provide(scope=Scope.REQUEST)
    def service(self, orders: Orders) -> OrderService:
        service = OrderService(orders)
        return service
"""
    + SESSION,
    "method-provides": """
class App(Provider):
    @provide(scope=Scope.REQUEST, provides=Orders)
    def orders(self, session: AsyncSession) -> SqlOrders:
        return SqlOrders(session)

    service = provide(OrderService, scope=Scope.REQUEST)
"""
    + SESSION,
    "instance": """
provider = Provider(scope=Scope.REQUEST)
provider.provide(SqlOrders, provides=Orders)
provider.provide(OrderService)
""",
    "instance-in-function": """
def order_of(session: AsyncSession) -> Orders:
    return SqlOrders(session)

def make():
    provider = Provider(scope=Scope.REQUEST)
    provider.provide(order_of)
    provider.provide_all(OrderService)
    return provider
""",
}
HANDLERS = """
from typing import Annotated
from dishka import FromComponent
from dishka.integrations.fastapi import DishkaRoute, FromDishka, inject
from fastapi import APIRouter, FastAPI
from app.domain import OrderService

app = FastAPI()

@app.post("/plain")
@inject
async def plain(name: str, service: FromDishka[OrderService]) -> None:
    await service.place(name)

router = APIRouter(route_class=DishkaRoute)

@router.post("/class")
async def by_class(service: FromDishka[OrderService], name: str) -> None:
    await service.place(name)

app.include_router(router)
"""


def dishka(provider: str, main: str = HANDLERS) -> list[dict]:
    return routes(project_of({**FILES, "app/ioc.py": DISHKA_HEAD + provider, "app/main.py": main}))


@pytest.mark.parametrize("way", DISHKA)
def test_what_dishka_binds_is_followed(way: str) -> None:
    found = dishka(DISHKA[way])
    assert [r["path"] for r in found] == ["/plain", "/class"]
    for route in found:
        assert {"db-write", "commit"} <= set(route["effects"]), route["path"]
        assert [p["name"] for p in route["parameters"]] == ["name"]


def test_a_component_in_annotated() -> None:
    main = HANDLERS.replace(
        "service: FromDishka[OrderService], name", "service: Annotated[OrderService, FromComponent('x')], name"
    )
    assert "commit" in dishka(DISHKA["provides"], main)[1]["effects"]


def test_an_interface_bound_to_several_classes_stands_for_itself() -> None:
    provider = DISHKA["provides"] + "\nclass Other(Provider):\n    orders = provide(SmtpMailer, provides=Orders)\n"
    assert "commit" not in dishka(provider)[0]["effects"]


def test_with_parents_binds_every_base() -> None:
    provider = "\nclass App(Provider):\n    mailer = provide(WithParents[SmtpMailer])\n"
    main = HANDLERS.replace("OrderService", "Mailer")
    project = project_of({**FILES, "app/ioc.py": DISHKA_HEAD + provider, "app/main.py": main})
    assert param_type(project, "app/main.py:plain", "service") == ("inst", "app/adapters.py:SmtpMailer", ())


def test_a_provider_that_refuses_protects() -> None:
    provider = """
from fastapi import HTTPException, Request

class Who(Provider):
    @provide(scope=Scope.REQUEST)
    def token(self, request: Request) -> str:
        found = request.headers.get("Authorization")
        if found is None:
            raise HTTPException(401)
        return found

    @provide(scope=Scope.REQUEST)
    def user(self, token: str) -> Mailer:
        return SmtpMailer()
"""
    found = dishka(provider, HANDLERS.replace("OrderService", "Mailer"))
    assert [r["auth"] for r in found] == [True, True]


def test_an_injected_object_that_reads_credentials_leaves_the_protection_open() -> None:
    provider = """
from fastapi import Request

class Identity:
    def __init__(self, request: Request) -> None:
        self.request = request

    def user(self) -> str:
        return decode(self.request.headers["Authorization"])

class Interactor:
    def __init__(self, identity: Identity) -> None:
        self.identity = identity

    async def place(self, name: str) -> None:
        self.identity.user()

class App(Provider):
    identity = provide(Identity, scope=Scope.REQUEST)
    interactor = provide(Interactor, scope=Scope.REQUEST)
"""
    main = HANDLERS.replace("OrderService", "Interactor").replace("app.domain", "app.ioc")
    assert [r["auth"] for r in dishka(provider, main)] == [None, None]
    assert [r["auth"] for r in dishka(DISHKA["provides"])] == [False, False]


INJECTOR = """
from dependency_injector import containers, providers
from app.adapters import SqlOrders, SmtpMailer
from app.domain import OrderService
from sqlalchemy.ext.asyncio import async_sessionmaker

def open_session():
    session = async_sessionmaker()()
    yield session

class Storage(containers.DeclarativeContainer):
    orders = providers.Factory(SqlOrders, session=providers.Resource(open_session))

class Container(containers.DeclarativeContainer):
    wiring_config = containers.WiringConfiguration(packages=["app"])
    storage = providers.Container(Storage)
    session = providers.Resource(open_session)
    orders = providers.Singleton(SqlOrders, session=session)
    service = providers.Factory(OrderService, orders=orders)
    far_service = providers.Factory(OrderService, storage.orders)
"""
INJECTED = """
from typing import Annotated
from dependency_injector.wiring import Provide, inject
from fastapi import Depends, FastAPI
from app.containers import Container
from app.domain import Orders, OrderService

app = FastAPI()

@app.post("/x")
@inject
async def handler({parameter}) -> None:
    await service.{call}
"""


@pytest.mark.parametrize(
    ("parameter", "call"),
    [
        ("service: OrderService = Depends(Provide[Container.service])", "place('x')"),
        ("service: Annotated[OrderService, Depends(Provide[Container.service])]", "place('x')"),
        ("service: Orders = Depends(Provide[Container.orders])", "add('x')"),
        ("service: Orders = Depends(Provide[Container.storage.orders])", "add('x')"),
        ("service: OrderService = Depends(Provide['service'])", "place('x')"),
        ("service: OrderService = Depends(Provide[Container.far_service])", "place('x')"),
        ("service=Depends(Provide[Container.orders])", "add('x')"),
    ],
)
def test_what_dependency_injector_binds_is_followed(parameter: str, call: str) -> None:
    main = INJECTED.replace("{parameter}", parameter).replace("{call}", call)
    found = routes(project_of({**FILES, "app/containers.py": INJECTOR, "app/main.py": main}))
    assert {"db-write", "commit"} <= set(found[0]["effects"])


def test_a_session_of_a_container() -> None:
    main = INJECTED.replace("{parameter}", "service=Depends(Provide[Container.session])").replace("{call}", "commit()")
    found = routes(project_of({**FILES, "app/containers.py": INJECTOR, "app/main.py": main}))
    assert "commit" in found[0]["effects"]


def test_a_function_with_inject_that_is_no_route() -> None:
    main = """
from dependency_injector.wiring import Provide, inject
from app.containers import Container
from app.domain import Orders

@inject
async def job(orders: Orders = Provide[Container.orders]) -> None:
    await orders.add("x")
"""
    project = project_of({**FILES, "app/containers.py": INJECTOR, "app/main.py": main})
    assert param_type(project, "app/main.py:job", "orders") == ("inst", "app/adapters.py:SqlOrders", ())


def test_a_provider_that_is_annotated_with_an_interface_gives_what_it_makes() -> None:
    main = """
from fastapi import Depends, FastAPI
from app.adapters import SmtpMailer, SqlOrders
from app.domain import Mailer, Orders

app = FastAPI()

def orders(session=None) -> Orders:
    return SqlOrders(session)

def mailer(kind: str) -> Mailer:
    if kind:
        return SmtpMailer()
    return other(kind)

@app.post("/x")
async def handler(found: Orders = Depends(orders), mail: Mailer = Depends(mailer)) -> None:
    await found.add("x")
"""
    project = project_of({**FILES, "app/main.py": main})
    assert param_type(project, "app/main.py:handler", "found") == ("inst", "app/adapters.py:SqlOrders", ())
    assert param_type(project, "app/main.py:handler", "mail") == ("inst", "app/domain.py:Mailer", ())
    assert "commit" in routes(project)[0]["effects"]
