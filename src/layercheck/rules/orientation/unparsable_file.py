"""Mend the file that cannot be read.

A file that no Python can parse is a hole in the project: nothing in it is checked, and whatever it defines is unknown to every
check of the other files. layercheck parses the syntax of every Python up to 3.14 whatever interpreter it runs on, so this is
never about the version.

How to fix: correct the syntax at the place given; give a file that is not UTF-8 a coding line (PEP 263) or save it as UTF-8;
or exclude a file that is not meant to be Python.

```python bad app/broken.py
def total(prices:
    return sum(prices)
```
```python good app/broken.py
def total(prices):
    return sum(prices)
```
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck.facts.rows import Broken
from layercheck.model import Fault, Level, Place, Profile, Rule
from layercheck.project import Project

RULE = Rule(
    code="LC009",
    name="unparsable-file",
    message="this file cannot be parsed: {reason}; nothing in it is checked until that is mended",
    level=Level.ERROR,
    profile=Profile.DEFAULT,
    card=(),
    since="0.1",
    tests=True,
)


def check(broken: Broken, project: Project) -> Iterator[Fault]:
    """One fault a broken file, where the parser stopped."""
    yield Fault(Place("Broken", broken.key, 0), {"reason": broken.reason})
