"""The engine as flake8 and pylint need it: "these are the lines of this file, what do you find?", in any process, about any file.

A host asks file by file, in several processes that share nothing, about a part of the project, from any folder, and hands over
text that may not be on the disk. Here the project of each file is found as the command line finds it, one engine per project and
process is kept, and the text is laid over the project when it is not what the disk holds.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from typing import TYPE_CHECKING

from layercheck.tuples import NamedTuple

if TYPE_CHECKING:
    from layercheck.engine import Engine
    from layercheck.model import Finding


class HostOptions(NamedTuple):
    """What a host's user can say of layercheck, in the host's own way."""

    config_file: str | None = None
    profile: str | None = None
    starts: tuple[str, ...] = ()
    """The paths the host was told to check: a project is looked for from these upward, as the command line does."""
    jobs: int | None = None
    """Processes for reading a project for the first time; None: as many as there are processors."""


class Host:
    """The projects that one process has been asked about."""

    def __init__(self, options: HostOptions = HostOptions()) -> None:  # noqa: B008
        self.options = options
        self._starts = [os.path.abspath(start) for start in options.starts]
        self._engines: dict[tuple[str, str | None], Engine] = {}
        self._by_folder: dict[str, Engine] = {}
        self._ready: dict[int, dict[str, list[Finding]]] = {}
        self._complained = False

    def prepare(self) -> None:
        """Load the projects of the paths to check; where that is a folder, also ask for all findings of its project.

        Meant for the process that the workers are forked from: what is loaded here, each of them has; and for hosts that do not
        fork it fills the disk cache. Raises LayercheckError when a configuration is broken.
        """
        for start in self._starts:
            if not os.path.isdir(start):
                self._engine(os.path.dirname(start)).load()
                continue
            engine = self._engine(start)
            if id(engine) not in self._ready:
                self._ready[id(engine)] = self._look(engine)
        for engine in self._engines.values():
            if id(engine) not in self._ready:
                engine.findings_all([])  # asks for nothing, but stores what was extracted

    def _look(self, engine: Engine) -> dict[str, list[Finding]]:
        """All findings of a project as it lies on the disk, by an engine for one look: the lasting one is loaded only where a text differs."""
        from layercheck.engine import Engine

        look = Engine(engine.settings, jobs=engine.jobs, lasting=False)
        by_file: dict[str, list[Finding]] = {}
        for finding in look.findings_all():
            by_file.setdefault(finding.path, []).append(finding)
        self._tell_failures(look)
        return by_file

    def findings(self, filename: str, text: str) -> list[Finding]:
        """The findings in one file whose text is this. Raises LayercheckError when the configuration is broken.

        `filename` is absolute or relative to the working directory. A file that is not Python has none, nor has one that the
        project's configuration excludes.
        """
        filename = os.path.abspath(filename)
        engine = self._engine(os.path.dirname(filename))
        path = relative(filename, engine.settings.root)
        if path is None or not path.endswith(".py"):
            return []
        differs = self._differs(filename, text)
        ready = self._ready.get(id(engine))
        if ready is not None and not differs:
            return ready.get(path, [])
        engine.load()
        if not engine.project.has_file(path) and os.path.exists(filename):
            return []
        if differs:
            engine.update(path, text)
            self._ready.pop(id(engine), None)
        found = engine.findings(path)
        self._tell_failures(engine)
        return found

    def _tell_failures(self, engine: Engine) -> None:
        """Tell the user once that a rule of ours failed; what the others found stands."""
        if engine.failures and not self._complained:
            self._complained = True
            failure = min(engine.failures.values())
            text = f"layercheck: internal error: {failure.code} failed in {failure.path}: {failure.error}; the other rules go on\n"
            sys.stderr.write(text)  # layercheck: ignore[LC308] a plugin has no logger that its user would see

    def complain(self, error: Exception) -> None:
        """Tell the user once, on standard error, that something went wrong; a host must go on without layercheck."""
        if not self._complained:
            self._complained = True
            text = f"layercheck: {type(error).__name__}: {error}; no findings from layercheck in this run\n"
            sys.stderr.write(text)  # layercheck: ignore[LC308] a plugin has no logger that its user would see

    def _engine(self, folder: str) -> Engine:
        engine = self._by_folder.get(folder)
        if engine is None:
            from layercheck.config import load_settings
            from layercheck.model import LayercheckError, Profile
            from layercheck.registry import rules

            if self.options.profile not in (None, Profile.DEFAULT, Profile.STRICT):
                raise LayercheckError(f"unknown profile {self.options.profile!r}: default or strict")
            inside = folder + os.sep
            start = next((s for s in self._starts if inside.startswith(s + os.sep)), folder)
            settings = load_settings(
                start,
                config_file=self.options.config_file,
                overrides={"profile": self.options.profile},
                rules=[loaded.rule for loaded in rules()],
            )
            project = (settings.root, settings.config_path)
            engine = self._engines.get(project)
            if engine is None:
                from layercheck.engine import Engine

                # the workers of a host are not allowed to have children
                jobs = self.options.jobs if multiprocessing.parent_process() is None else 1
                engine = self._engines[project] = Engine(settings, jobs=jobs)
            self._by_folder[folder] = engine
        return engine

    @staticmethod
    def _differs(filename: str, text: str) -> bool:
        """Whether this text is something else than what the disk holds, line ends apart."""
        from layercheck.parsing import SourceDecodeError, decode

        try:
            with open(filename, "rb") as file:
                stored = decode(file.read())
        except OSError:
            return True
        except SourceDecodeError:
            # the host has guessed an encoding; nobody could have typed that text
            return False
        return _plain(stored) != _plain(text)


def _plain(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removeprefix("\ufeff")


def relative(filename: str, root: str) -> str | None:
    """The path of a file below a root, with forward slashes; None when it lies elsewhere. Symbolic links are followed if need be."""
    for resolve in (os.path.abspath, os.path.realpath):
        try:
            path = os.path.relpath(resolve(filename), resolve(root))
        except ValueError:  # another drive
            return None
        if path != os.pardir and not path.startswith(os.pardir + os.sep):
            return path.replace(os.sep, "/")
    return None
