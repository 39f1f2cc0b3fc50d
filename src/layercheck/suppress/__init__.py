"""Suppression comments: layercheck's own, flake8's `# noqa` and pylint's `# pylint: disable=...`, alike in every front-end.

`scan` finds them in a file's text; its answer is plain tuples, which the cache stores as they are. `apply` takes the findings
of the file and drops the suppressed ones, and tells which comments suppressed nothing.

Why all three here: flake8 and pylint honour their own comments by themselves, and nothing else. For every front-end to show the
same findings, this package must suppress whatever any host would suppress; so it follows the hosts' real behaviour, including
its odd corners, and may go beyond it, never short of it.
"""

from layercheck.suppress.applying import Unused, apply, pylint_would_hide
from layercheck.suppress.scanning import Stored, scan

__all__ = ["Stored", "Unused", "apply", "pylint_would_hide", "scan"]
