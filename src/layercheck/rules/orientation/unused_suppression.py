"""Remove the suppression that suppresses nothing.

A `# noqa: LC103` or `# layercheck: ignore[LC103]` that hides no finding any more hides the next one. A code that no rule has is
a typing error: it never hid anything.

How to fix: delete the comment, or the code from its list.

```python bad app/services.py
def total(prices):
    return sum(prices)  # noqa: LC308
```
```python good app/services.py
def total(prices):
    return sum(prices)
```
"""

from __future__ import annotations

from layercheck.model import Level, Profile, Rule

RULE = Rule(
    code="LC008",
    name="unused-suppression",
    message="{what}",
    level=Level.WARNING,
    profile=Profile.DEFAULT,
    card=(),
    since="0.1",
    tests=True,
)
ENGINE = True
"""The engine reports it: only there is known which comments hid something in this run."""
