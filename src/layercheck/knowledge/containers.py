"""Dependency injection containers: what binds an interface to what implements it.

Asked by queries/containers. Source: the documentation of dishka 1.6 (providers, integrations) and dependency-injector 4.48 (providers,
wiring).
"""

from __future__ import annotations

DISHKA_PROVIDERS: frozenset[str] = frozenset({"dishka.Provider", "dishka.provider.Provider"})
DISHKA_PROVIDE: frozenset[str] = frozenset({"dishka.provide", "dishka.provider.provide"})
DISHKA_PROVIDE_ALL: frozenset[str] = frozenset({"dishka.provide_all", "dishka.provider.provide_all"})
DISHKA_ALIAS: frozenset[str] = frozenset({"dishka.alias", "dishka.provider.alias"})
DISHKA_SEVERAL: frozenset[str] = frozenset({"dishka.AnyOf", "dishka.entities.AnyOf"})
"""`AnyOf[A, B]`: one object under several names."""
DISHKA_PARENTS: frozenset[str] = frozenset({"dishka.WithParents", "dishka.entities.WithParents"})
"""`WithParents[Impl]`: the class and all that it inherits from."""
DISHKA_INJECTED: frozenset[str] = frozenset({
    "dishka.FromDishka", "dishka.integrations.base.FromDishka", "dishka.integrations.fastapi.FromDishka",
    "dishka.integrations.starlette.FromDishka", "dishka.FromComponent", "dishka.integrations.base.Depends",
})  # fmt: skip
"""Around the annotation of what is injected: `FromDishka[Service]`, `Annotated[Service, FromComponent("x")]`."""

INJECTOR_PROVIDE: frozenset[str] = frozenset({
    "dependency_injector.wiring.Provide", "dependency_injector.wiring.Provider", "dependency_injector.wiring.Closing",
})  # fmt: skip
INJECTOR_MAKERS: frozenset[str] = frozenset({
    f"dependency_injector.providers.{name}"
    for name in (
        "AbstractFactory", "AbstractSingleton", "Callable", "ContextLocalSingleton", "Coroutine", "Factory", "Resource", "Singleton",
        "ThreadLocalSingleton", "ThreadSafeSingleton",
    )
})  # fmt: skip
"""Providers that call their first argument with the others."""
INJECTOR_CONTAINER = "dependency_injector.providers.Container"
