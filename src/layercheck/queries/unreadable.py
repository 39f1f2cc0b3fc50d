"""What a file that cannot be parsed may still do: it names things, and whoever is named may be used in any way.

Without this, a syntax error in a routes module (each keystroke makes one) would turn the providers that it depends on into plain
functions, and rules that spare providers would speak up in files that nobody has touched.
"""

from __future__ import annotations

from layercheck.facts.rows import Broken
from layercheck.project import Project, query


@query
def unreadable_names(project: Project) -> frozenset[str]:
    """Every word that occurs in a file which cannot be parsed."""
    return frozenset(word for broken in project.all(Broken) for word in broken.words)


@query
def is_unreadable(project: Project, path: str) -> bool:
    """Whether a file could not be decoded or parsed."""
    return project.get(Broken, f"{path}:") is not None
