"""`layercheck check`: the main job."""

from __future__ import annotations

import os
import sys
from typing import Any, NoReturn

from layercheck import __version__, rulebook, warm
from layercheck.adapters.cli.common import (
    Progress,
    all_rules,
    below,
    engine_for,
    fail,
    find_root,
    say,
    settings_for,
    splitted,
    wants_color,
)
from layercheck.cache import default_folder
from layercheck.config import Settings
from layercheck.engine import Engine
from layercheck.model import Finding, LayercheckError
from layercheck.report import Context, render
from layercheck.tuples import NamedTuple


def run(paths: tuple[str, ...], options: dict[str, Any]) -> NoReturn:
    """Check files or folders (the current folder, where there are none) and exit. `options` are those of `CHECK_OPTIONS`."""
    stdin = options["stdin_filename"]
    if stdin is not None:
        paths = (stdin,)
    paths = paths or (".",)
    overrides = {
        "select": splitted(options["select"]),
        "extend_select": splitted(options["extend_select"]),
        "ignore": splitted(options["ignore"]),
        "profile": options["profile"],
    }
    missing = [p for p in paths if stdin is None and not os.path.exists(p)]
    for path in missing:
        say(f"layercheck: {path}: no such file or folder", err=True)
    present = tuple(p for p in paths if p not in missing)
    if not present:
        sys.exit(2)
    text = sys.stdin.buffer.read() if stdin is not None else None
    groups = _by_project(present, options["config_file"])
    if not options["no_cache"]:
        rulebook.take(options["cache_dir"] or default_folder(), (*groups, os.getcwd()))
    code = 2 if missing else 0
    reports: list[_Ran] = []
    for members in groups.values():
        settings = settings_for(tuple(members), options["config_file"], options["isolated"], overrides)
        if options["show_settings"]:
            _show_settings(settings)
            continue
        reports.append(_run(tuple(members), settings, options, text))
    if options["show_files"] or options["show_settings"]:
        sys.exit(code)
    found = _write(reports, options)
    rulebook.leave()
    if any(ran.failed for ran in reports):
        code = 2
    elif code == 0 and found and not options["exit_zero"]:
        code = 1
    if warm.current is not None and not missing:
        warm.current.save(code)
    sys.exit(code)


class _Ran(NamedTuple):
    """What the check of one project gave."""

    found: list[Finding]
    settings: Settings
    files: int
    """How many files were asked for."""
    failed: bool
    """Whether a rule failed somewhere."""


def _print(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
    if warm.current is not None:
        warm.current.write(text)


def _by_project(paths: tuple[str, ...], config_file: str | None) -> dict[str, list[str]]:
    """The paths by the project that they belong to, in the order given; with a configuration they are all of its folder's."""
    if config_file is not None:
        return {os.path.dirname(os.path.abspath(config_file)): list(paths)}
    groups: dict[str, list[str]] = {}
    for path in paths:
        start = path if os.path.exists(path) else os.path.dirname(os.path.abspath(path))
        groups.setdefault(find_root(start)[0], []).append(path)
    return groups


def _run(paths: tuple[str, ...], settings: Settings, options: dict[str, Any], text: bytes | None) -> _Ran:
    """Check what lies below the given paths of one project."""
    progress = Progress(not options["no_progress"])
    engine = engine_for(settings, options, progress)
    listing = None if warm.current is None else warm.current.listing(settings.root)
    if listing is not None:
        engine.take_listing(*listing)
    try:
        if text is not None:
            from layercheck.parsing import SourceDecodeError, decode

            try:
                source = decode(text)
            except SourceDecodeError as error:
                fail(f"{paths[0]}: {error.msg}")
            relative = os.path.relpath(os.path.abspath(paths[0]), settings.root).replace(os.sep, "/")
            if relative.startswith("../"):
                fail(f"{paths[0]}: not below the project root {settings.root}")
            engine.update(relative, source)
        if options["show_files"]:
            engine.load()
        files = engine.project.files() if options["show_files"] else engine.discovered()
        wanted = below(paths, settings.root, files)
        if options["show_files"]:
            progress.clear()
            context = Context(settings.root, os.getcwd(), ())
            for path in wanted:
                say(context.shown(path))
            return _Ran([], settings, len(wanted), False)
        found = engine.findings_all(None if len(wanted) == len(files) else wanted)
    except LayercheckError as error:
        progress.clear()
        fail(str(error))
    except (RecursionError, Exception) as error:
        progress.clear()
        if options["verbose"]:
            import traceback

            traceback.print_exc()
        fail(
            f"internal error: {type(error).__name__}: {error}. This is a fault of layercheck, not of your code; please report it "
            "with the traceback that --verbose shows"
        )
    progress.clear()
    _problems(engine, options)
    if warm.current is not None:
        warm.current.found(settings.root, engine.inputs, engine.digests)
        if engine.problems or engine.failures or settings.cache_dir is not None:
            warm.current.give_up()
    checked = len([w for w in wanted if w.endswith(".py") and w in engine.digests])
    return _Ran(found, settings, checked, bool(engine.failures))


_SHOWN = 5
"""How many failures of rules are told one by one."""


def _problems(engine: Engine, options: dict[str, Any]) -> None:
    for problem in engine.problems:
        where = f"{problem.path}: " if problem.path else ""
        say(f"layercheck: warning: {where}{problem.text}", err=True)
    failures = sorted(engine.failures.values())
    for failure in failures[:_SHOWN]:
        if options["verbose"]:
            say(failure.trace, err=True, nl=False)
        say(
            f"layercheck: internal error: {failure.code} failed in {failure.path}: {failure.error}. Some of its findings there are missing",
            err=True,
        )
    if failures:
        more = f" ({len(failures) - _SHOWN} more like these.)" if len(failures) > _SHOWN else ""
        say(
            "layercheck: this is a fault of layercheck, not of your code; please report it with the traceback that --verbose "
            f"shows.{more} What the other rules found stands",
            err=True,
        )
    if options["verbose"]:
        s = engine.stats
        say(
            f"layercheck: {s.files} files, {s.parsed} parsed, {s.from_cache} from the cache, {s.checked} checked, "
            f"{engine.project.asked} questions asked",
            err=True,
        )


def _show_settings(settings: Settings) -> None:
    for name, value in settings._asdict().items():
        say(f"{name} = {value!r}")


def _write(reports: list[_Ran], options: dict[str, Any]) -> int:
    """Print or write the report; returns how many findings there are."""
    total = sum(len(found) for found, *_ in reports)
    color = wants_color(options["color"]) and options["output_file"] is None
    if options["statistics"]:
        out = _statistics([f for found, *_ in reports for f in found])
    else:
        out = _rendered(reports, options["output_format"], color)
    if options["output_file"] is not None:
        try:
            with open(options["output_file"], "w", encoding="utf-8", newline="\n") as handle:
                handle.write(out)
        except OSError as error:
            fail(f"{options['output_file']}: cannot be written: {error.strerror}")
    else:
        _print(out)
    if options["output_format"] == "full" and not options["quiet"] and not options["statistics"]:
        from layercheck.report.full_format import summary

        files = sum(ran.files for ran in reports)
        context = Context("", os.getcwd(), (), color)
        text = ("\n" if total else "") + summary([f for found, *_ in reports for f in found], files, context)
        if options["output_file"] is None:
            _print(text)
        else:
            sys.stderr.write(text)
    return total


def _rendered(reports: list[_Ran], name: str, color: bool) -> str:
    """One report over all projects: paths of the others are made relative to the first root, so that one format call does."""
    if not reports:
        return ""
    root = reports[0][1].root
    merged: list[Finding] = []
    for found, settings, *_ in reports:
        prefix = os.path.relpath(settings.root, root).replace(os.sep, "/")
        if prefix == ".":
            merged.extend(found)
            continue
        for f in found:
            chain = tuple(s._replace(path=f"{prefix}/{s.path}") for s in f.chain)
            merged.append(f._replace(path=f"{prefix}/{f.path}", chain=chain))
    return render(name, merged, Context(root, os.getcwd(), all_rules(), color, __version__))


def _statistics(found: list[Finding]) -> str:
    from collections import Counter

    counts = Counter((f.code, f.name) for f in found)
    lines = [
        f"{count:6}  {code}  {name}" for (code, name), count in sorted(counts.items(), key=lambda e: (-e[1], e[0]))
    ]
    return "".join(line + "\n" for line in [*lines, f"{len(found):6}  in all"])
