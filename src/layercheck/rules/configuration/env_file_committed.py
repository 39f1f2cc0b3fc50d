"""Keep real environment files out of the repository.

A committed `.env` has the passwords of somebody's environment in every clone and for ever in the history. One that is not ignored yet
is committed with the next `git add .`.

How to fix: `git rm --cached .env`, add `.env` to `.gitignore`, commit a `.env.example` with the names and harmless values instead, and
replace the secrets that were in it.

Reported is every `.env`, `.env.local`, `.env.production`, `prod.env`, ... that git tracks or that no ignore rule covers. Spared:
`.env.example` and its kin, and, beyond the catalogue, files for tests (`.env.test`), files without a single value, and those of
a front-end, whose build publishes them anyway (`VITE_...`, `NEXT_PUBLIC_...`, no credential beside them). With `respect-gitignore = false` the
rule says nothing.

```env bad .env
DATABASE_URL=postgresql://shop@db/shop
SECRET_KEY=b1946ac92492d2347c6235b4d2611184
```
```env good .env
# yours alone: copy .env.example to .env.local, which git ignores
```
```env good .env.example
DATABASE_URL=
SECRET_KEY=
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import EnvFile
from layercheck.model import Fault, Level, Profile, Rule
from layercheck.project import Project
from layercheck.queries.env_files import is_env_for_tests, is_env_sample, is_public

RULE = Rule(
    code="LC211",
    name="env-file-committed",
    message="{name} is tracked by git or not ignored: add it to .gitignore, commit a .env.example, and replace the secrets in it",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=("CONF-5", "CONF-2"),
    since="0.1",
)


def check(file: EnvFile, project: Project) -> Iterator[Fault]:
    """Each environment file: one that git ignores and does not track is never discovered."""
    if (
        not project.settings.respect_gitignore
        or is_env_sample(file.path)
        or is_env_for_tests(file.path)
        or is_public(file)
    ):
        return
    yield Fault(file.place(), {"name": file.path.rpartition("/")[2]})
