"""From the registry to pages: a rule's page, the index, the coverage of the card."""

from __future__ import annotations

from collections.abc import Sequence

from layercheck.registry import LoadedRule


def page(loaded: LoadedRule) -> str:
    """A rule's page as Markdown: its facts, then its own text with the examples."""
    rule = loaded.rule
    title, _, rest = loaded.doc.strip().partition("\n")
    card = ", ".join(rule.card) or "-"
    facts = f"**{rule.code}** `{rule.name}` | level {rule.level} | profile {rule.profile} | card {card} | since {rule.since}"
    options = ""
    if rule.options:
        listed = "\n".join(f"- `{o.name}` (default `{o.default!r}`): {o.help}" for o in rule.options)
        options = f"\n\n## Options\n\n`[tool.layercheck.rules.{rule.name}]`\n\n{listed}"
    return f"# {title.rstrip('.')}\n\n{facts}\n\n{rest.strip()}{options}\n"


def title(loaded: LoadedRule) -> str:
    """The first sentence of a rule's page."""
    return loaded.doc.strip().partition("\n")[0].rstrip(".")


def index(rules: Sequence[LoadedRule]) -> str:
    """All rules as a Markdown table."""
    rows = ["| code | name | level | profile | what it asks |", "|---|---|---|---|---|"]
    rows += [f"| {r.rule.code} | `{r.rule.name}` | {r.rule.level} | {r.rule.profile} | {title(r)} |" for r in rules]
    return "\n".join(rows) + "\n"
