"""Keep secrets out of the logs.

Logs are copied to places that nobody guards like the database: aggregators, tickets, laptops. A password or token in one line is a
leak with a long life.

A keyword whose value says that it is something else (`token=row.id`, `credential=found.status`) is left alone.

How to fix: log an id or whether the value is present; declare secrets as `SecretStr`, which prints as stars; mask what you must show.

```python bad app/services/login.py
import logging

logger = logging.getLogger(__name__)


def login(user, password):
    logger.info("login of %s with %s", user.id, password)
```
```python good app/services/login.py
import logging

logger = logging.getLogger(__name__)


def login(user, password):
    logger.info("login of %s, password given: %s", user.id, bool(password))
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body
from layercheck.ir import Expr
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.callgraph import Site, sites
from layercheck.queries.file_kinds import is_script
from layercheck.queries.logging_calls import log_calls
from layercheck.queries.sensitive import is_contact_word, is_secret_word, shown_secret
from layercheck.queries.words import only_with

RULE = Rule(
    code="LC312",
    name="sensitive-data-in-log",
    message="{secret} is written to the {where}: leave it out, mask it, or declare it as SecretStr",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("LOG-4", "ERR-5"),
    since="0.1",
)
_PRINTS = frozenset({"builtins.print", "rich.print", "pprint.pprint", "pprint.pp"})


@only_with("()")
def check(body: Body, project: Project) -> Iterator[Fault]:
    """A log or print call one of whose values is a secret."""
    logs = log_calls(project, body.key)
    for site in sites(project, body.key):
        if site.target in _PRINTS:
            if not is_script(project, body.path):  # a command line tool shows its user what the user asked for
                yield from _shown(project, body, site, site.call[2], "output")
        elif (logged := logs.get(site.at)) is not None:
            yield from _shown(project, body, site, logged.arguments, "log")


def _shown(project: Project, body: Body, site: Site, arguments: tuple[Expr, ...], where: str) -> Iterator[Fault]:
    """The first secret among the values of a call."""
    contact = project.settings.profile == Profile.STRICT
    for argument in arguments:
        found = shown_secret(project, body.key, argument, site.at, contact=contact)
        if found is not None:
            yield Fault(body.place(site.at), {"secret": found, "where": where})
            return
    for name, value in site.call[3]:  # structlog: logger.info("login", password=value)
        if name is not None and is_secret_word(name) and _holds_text(value) and not _says_other(value):
            yield Fault(body.place(site.at), {"secret": name, "where": where})
            return
        if name is not None and contact and is_contact_word(name) and _holds_text(value):
            yield Fault(body.place(site.at), {"secret": name, "where": where})
            return


def _holds_text(value: Expr) -> bool:
    """Whether a value may be the secret itself: a name or attribute."""
    return value.__class__ is str or ir.is_a(value, "ref")


def _says_other(value: Expr) -> bool:
    """Whether an attribute says what it is, and that is no secret: `token=score_token.id`, `credential=found.credential.status.value`."""
    parts = (ir.dotted(value) or "").removesuffix(".value").split(".")
    return len(parts) > 1 and parts[-1] not in _ITSELF and not is_secret_word(parts[-1])


_ITSELF = frozenset({"data", "encoded", "full", "plain", "raw", "secret", "string", "text", "value"})
