"""What the layers of a project must not do, by `layers.<layer>.forbid`, and the calls that do it nevertheless.

DESIGN: a layer answers for what its own code does and for what it does through modules that have no layer (helpers, utilities): they
are nobody else's. A call into a module of another layer is that layer's business: `routes.forbid = ["sql"]` means that routes send
no SQL, not that no SQL is ever sent. So the summaries of `effects.py` are taken apart again here: the effects of a function's own
calls, and those of the functions without a layer that it calls, as far as literal arguments allow them.
"""

from __future__ import annotations

from layercheck.facts.rows import Body, Function, path_of
from layercheck.knowledge.frameworks import CLIENTS, FRAMEWORK_ROOTS, HTTP_METHODS, SOFT_NAMES
from layercheck.knowledge.names import REPOSITORY_SUFFIXES, SERVICE_SUFFIXES
from layercheck.model import Place, Step
from layercheck.project import Project, query
from layercheck.queries.callgraph import Site, in_lambda, sites
from layercheck.queries.effects import (
    HTTP,
    Effect,
    carried,
    display,
    effect_at,
    local_summary,
    shortest,
)
from layercheck.queries.guards import guards_at, stable_params
from layercheck.queries.layers import layer_of, name_hint
from layercheck.queries.symbols import mro
from layercheck.tuples import NamedTuple

FRAMEWORK = "http-framework"
_HTTP_MODULES = frozenset({"aiohttp", "httpx", "requests"})
_HTTP_CLIENTS = frozenset(name for name, kind in CLIENTS.items() if kind == "http")
_HTTP_CALLS = HTTP_METHODS | {"request", "send", "stream", "urlopen", "ws_connect"}


class Breach(NamedTuple):
    """A call that does what its layer must not do."""

    site: Site
    effect: Effect


@query
def forbidden(project: Project, layer: str | None) -> frozenset[str]:
    """The effects that the configuration forbids a layer."""
    return frozenset(dict(project.settings.layers.forbid).get(layer or "", ()))


@query
def breaches(project: Project, key: str) -> tuple[Breach, ...]:
    """The calls of a function (or module) that its layer forbids, in source order; one a call, with the first effect by name."""
    body = project.get(Body, key)
    names = forbidden(project, layer_of(project, path_of(key)).name) if project.settings.layers.forbid else frozenset()
    if body is None or not names:
        return ()
    found = []
    for site in sites(project, key):
        if not in_lambda(body, site.context):
            effect = _effect(project, key, site, names)
            if effect is not None:
                found.append(Breach(site, effect))
    return tuple(found)


def _effect(project: Project, key: str, site: Site, names: frozenset[str]) -> Effect | None:
    """The first forbidden effect of one call: its own, or through functions without a layer."""
    own = own_effects(project, key, site)
    through = [
        effect
        for edge in local_summary(project, key).edges
        if edge.at == site.at and is_ownerless(project, edge.callee)
        for inner in ownerless_effects(project, edge.callee)
        if (effect := carried(edge, inner)) is not None
    ]
    return min((e for e in (*own, *through) if e.name in names), key=lambda e: (e.depth, e.name), default=None)


def own_effects(project: Project, key: str, site: Site) -> tuple[Effect, ...]:
    """What a call does by itself: database, blocking, HTTP requests, use of the web framework."""
    if site.target is None:
        return ()
    found = []
    if ":" not in site.target:
        names = ("sql", "write", "commit", "rollback", "flush", "block")
        found = [e for name in names if (e := effect_at(project, key, site, name)) is not None]
        if sends_http(project, site):
            found.append(Effect(HTTP, 0, site.at, "", site.target, ()))
    if uses_framework(project, site):
        found.append(Effect(FRAMEWORK, 0, site.at, "", display(site.target), ()))
    return tuple(found)


def sends_http(project: Project, site: Site) -> bool:
    """Whether a call sends an HTTP request: `httpx.get`, `client.post` of a client, `urlopen`."""
    owner, _, name = (site.target or "").rpartition(".")
    if name not in _HTTP_CALLS:
        return False
    owners = {owner}
    if site.receiver is not None and site.receiver[0] == "inst":
        owners.update(mro(project, site.receiver[1]))
    return owner in _HTTP_MODULES or owner == "urllib.request" or bool(owners & _HTTP_CLIENTS)


def uses_framework(project: Project, site: Site) -> bool:
    """Whether a call makes or uses something of the web framework, or makes a class of the project that extends it."""
    target = site.target or ""
    if ":" not in target:
        return _of_framework(target)
    return any(":" not in base and _of_framework(base) for base in mro(project, target)[1:])


def _of_framework(dotted: str) -> bool:
    below = any(dotted == root or dotted.startswith(f"{root}.") for root in FRAMEWORK_ROOTS)
    return below and not any(dotted == soft or dotted.startswith(f"{soft}.") for soft in SOFT_NAMES)


@query
def is_ownerless(project: Project, key: str) -> bool:
    """Whether no layer answers for a function: its module has none, and neither that nor its class is named like one.

    A services module whose functions are also Depends providers has no layer of its own, yet it is no helper either.
    """
    path = path_of(key)
    function = project.get(Function, key)
    if layer_of(project, path).name is not None or name_hint(project, path) is not None:
        return False
    return function is None or not function.cls.endswith(SERVICE_SUFFIXES + REPOSITORY_SUFFIXES)


@query(bottom=())
def ownerless_effects(project: Project, key: str) -> tuple[Effect, ...]:
    """The effects of a function's own calls and of the functions without a layer that it calls, each with a shortest witness."""
    body = project.get(Body, key)
    if body is None:
        return ()
    summary = local_summary(project, key)
    params = stable_params(project.get(Function, key), body)
    gathered = list(summary.own)
    for site in sites(project, key):
        if not in_lambda(body, site.context):
            extra = [e for e in own_effects(project, key, site) if e.name in (HTTP, FRAMEWORK)]
            gathered += [e._replace(guards=guards_at(body, site.context, params)) for e in extra]
    for edge in summary.edges:
        if is_ownerless(project, edge.callee):
            gathered += [
                e for inner in ownerless_effects(project, edge.callee) if (e := carried(edge, inner)) is not None
            ]
    return shortest(gathered)


def evidence(project: Project, key: str, effect: Effect) -> tuple[Step, ...]:
    """From the call in `key` down to the external call at the end, a step each."""
    steps = []
    seen = {key}
    while effect.callee:
        steps.append(Step(Place("Body", key, effect.at), f"calls {display(effect.callee)}()"))
        key = effect.callee
        following = [e for e in ownerless_effects(project, key) if e.name == effect.name]
        if key in seen or not following:
            return tuple(steps)
        seen.add(key)
        same = [e for e in following if e.detail == effect.detail]
        effect = min(same or following, key=lambda e: (e.depth, e.at))
    return (*steps, Step(Place("Body", key, effect.at), f"{effect.detail}()"))
