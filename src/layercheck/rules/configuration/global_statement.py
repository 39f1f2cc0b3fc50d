"""Do not rebind module state from functions.

A module variable that functions rebind is shared by every request, task and test of the process: what a function does depends on who
ran before it, two workers disagree, and a test cannot have a value of its own.

How to fix: keep the value in an object that is made once (in the lifespan, on `app.state`) and handed in as a dependency or parameter;
for a value that is computed once, use `functools.cache`.

One finding a function, at its first `global` statement that it needs. Declaring a name `global` without binding it changes nothing
and is not reported; nor are scripts and command-line modules.

```python bad app/clients.py
import httpx

_client = None


def get_client():
    global _client
    if _client is None:
        _client = httpx.AsyncClient()
    return _client
```
```python good app/clients.py
from fastapi import Request


def get_client(request: Request):
    return request.app.state.client
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Function, Module
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project, query
from layercheck.queries.file_kinds import is_script
from layercheck.queries.handlers import creates_app, handlers_in
from layercheck.queries.imports import is_imported
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC202",
    name="global-statement",
    message="{function}() rebinds the module's {names}: keep {it} in an object that is handed in, such as app.state and a dependency",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=("DI-1",),
    since="0.1",
)


@only_with("global")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """The first `global` statement of a function whose names it binds or deletes."""
    function = project.get(Function, body.key)
    rebound = _rebound(body)
    if function is None or not rebound or _runs_by_itself(project, body.path):
        return
    for statement in ir.statements(body.statements):
        if statement[0] == "global" and rebound & set(statement[1]):
            names = [name for name in dict.fromkeys(body.global_names) if name in rebound]
            fields = {"function": function.name, "names": ", ".join(names), "it": "it" if len(names) == 1 else "them"}
            yield Fault(body.place(statement[-1]), fields)
            return


def _rebound(body: Body) -> set[str]:
    """The global names that a function binds, in any way, or deletes."""
    declared = set(body.global_names)
    bound = {raw[0] for raw in body.raw_binds}
    for statement in ir.statements(body.statements):
        if statement[0] == "del":
            bound.update(target for target in statement[1] if target.__class__ is str)
    return declared & bound


@query
def _runs_by_itself(project: Project, path: str) -> bool:
    """A script: by its place or interface, or a file with a main block that nobody imports and that is no application."""
    if is_script(project, path):
        return True
    module = project.get(Module, f"{path}:")
    if module is None or not module.main_guard or is_imported(project, path):
        return False
    return not handlers_in(project, path) and not creates_app(project, path)
