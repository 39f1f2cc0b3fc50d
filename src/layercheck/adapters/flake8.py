"""layercheck as a plugin of flake8: the same findings, with flake8's selection, formats and exit code on top.

flake8 imports this module in every run, so nothing heavy is imported at the top. Findings that lie in other files than Python
(READMEs, CI files) cannot be shown by flake8, and a file that the running Python cannot parse is flake8's own E999.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from layercheck import __version__
from layercheck.hosted import Host, HostOptions

if TYPE_CHECKING:
    import argparse
    import ast

    from flake8.options.manager import OptionManager  # type: ignore[import-untyped]


class Flake8Plugin:
    """What the entry point `LC` names; flake8 makes one of it for every file."""

    name = "layercheck"
    version = __version__
    _host: ClassVar[Host] = Host()
    _active: ClassVar[bool] = True

    def __init__(self, tree: ast.AST, filename: str, lines: list[str]) -> None:
        self._filename = filename
        self._lines = lines

    @classmethod
    def add_options(cls, manager: OptionManager) -> None:
        """Register `--layercheck-config` and `--layercheck-profile`, which flake8's configuration file may hold too."""
        manager.add_option(
            "--layercheck-config",
            metavar="FILE",
            default=None,
            parse_from_config=True,
            normalize_paths=True,
            help="The layercheck.toml or pyproject.toml that layercheck reads, instead of the nearest one.",
        )
        manager.add_option(
            "--layercheck-profile",
            metavar="NAME",
            default=None,
            parse_from_config=True,
            help="The rules that run: default or strict; instead of what layercheck's configuration says.",
        )

    @classmethod
    def parse_options(cls, manager: OptionManager, options: argparse.Namespace, filenames: list[str]) -> None:
        """Take the options and load the projects now, so that worker processes need not. Raises flake8's ExecutionError."""
        from layercheck import rulebook
        from layercheck.cache import default_folder
        from layercheck.model import LayercheckError

        jobs = None if options.jobs.is_auto else options.jobs.n_jobs
        starts = tuple(name for name in options.filenames if name != "-")
        cls._host = Host(HostOptions(options.layercheck_config, options.layercheck_profile, starts, jobs))
        rulebook.take(default_folder(), (os.getcwd(), *starts))
        cls._active = _wanted(options)
        if not cls._active or multiprocessing.parent_process() is not None:
            return
        try:
            cls._host.prepare()
            rulebook.leave()
        except LayercheckError as error:
            from flake8.exceptions import ExecutionError  # type: ignore[import-untyped]

            raise ExecutionError(f"layercheck: {error}") from error
        except Exception as error:
            cls._host.complain(error)

    def run(self) -> Iterator[tuple[int, int, str, type[Any]]]:
        """The findings of the file as flake8 wants them: line, column from 0, text, class. Never raises."""
        if not self._active:
            return
        try:
            findings = self._host.findings(self._filename, "".join(self._lines))
        except Exception as error:
            self._host.complain(error)
            return
        for finding in findings:
            yield finding.line, finding.column - 1, f"{finding.code} {finding.message}", type(self)


def _wanted(options: argparse.Namespace) -> bool:
    """Whether flake8's selection lets any code of ours through; if not, nothing needs to be read."""
    from flake8.style_guide import Decision, DecisionEngine  # type: ignore[import-untyped]

    from layercheck.registry import rules

    decider = DecisionEngine(options)
    return any(decider.decision_for(loaded.rule.code) is Decision.Selected for loaded in rules())
