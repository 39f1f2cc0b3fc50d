"""Which environment variables every field of a pydantic-settings class reads, and under which rules.

Source: `pydantic_settings.sources` (`_extract_field_info`, `explode_env_vars`, `next_field`) and, for version 1,
`pydantic.env_settings.BaseSettings.Config.prepare_field`. Whatever cannot be evaluated is unknown (None), never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Class, Function
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.constants import string_value
from layercheck.queries.import_names import python_files
from layercheck.queries.models import is_settings
from layercheck.queries.settings_config import Options, settings_options, version
from layercheck.queries.settings_fields import Reader, Variable, bases_are_known
from layercheck.queries.symbols import mro
from layercheck.tuples import NamedTuple


class Environment(NamedTuple):
    """What a settings class reads."""

    cls: str
    fields: tuple[Variable, ...]
    case_sensitive: bool | None
    prefix: str | None
    """The `env_prefix`, "" without one."""
    delimiter: str | None
    """The `env_nested_delimiter`, "" without one."""
    extra: str | None
    """"allow", "ignore" or "forbid": what happens to names in the environment file that no field reads."""
    env_files: tuple[str, ...] | None
    """The file names (without folders) that it loads."""
    complete: bool
    """Whether every field is known: no base is in the dark."""
    only_environment: bool
    """Whether values come from the environment and its files alone: no further source, no validator that fills in."""


@query
def settings_environment(project: Project, cls: str) -> Environment | None:
    """What a settings class of the project reads; None for any other class."""
    if project.get(Class, cls) is None or not is_settings(project, cls):
        return None
    known = version(project, cls)
    if known is not None:
        return _environment(project, cls, known)
    return _common(_environment(project, cls, 1), _environment(project, cls, 2))


@query
def all_environments(project: Project) -> tuple[Environment, ...]:
    """What every settings class of the project reads, those of tests and scripts included."""
    return tuple(e for path in python_files(project) for e in _environments_in(project, path))


@query
def _environments_in(project: Project, path: str) -> tuple[Environment, ...]:
    found = [settings_environment(project, cls.key) for cls in project.of_file(Class, path)]
    return tuple(e for e in found if e is not None)


def _common(one: Environment, two: Environment) -> Environment:
    """What both versions of pydantic agree on."""
    fields = {f.field: f for f in two.fields}
    merged = tuple(
        f
        if f == (other := fields.get(f.field))
        else f._replace(
            names=f.names if other is not None and other.names == f.names else None,
            required=f.required if other is not None and other.required == f.required else None,
            children=f.children if other is not None and other.children == f.children else None,
        )
        for f in one.fields
    )
    pairs = zip(one, two, strict=True)
    return Environment(*(a if a == b else None for a, b in pairs))._replace(  # type: ignore[arg-type]
        cls=one.cls,
        fields=merged,
        complete=one.complete and two.complete,
        only_environment=one.only_environment and two.only_environment,
    )


def _environment(project: Project, cls: str, generation: int) -> Environment:
    options = settings_options(project, cls, generation)
    sensitive = options.flag("case_sensitive")
    prefix = options.text(project, "env_prefix")
    delimiter = options.text(project, "env_nested_delimiter")
    reader = Reader(project, generation, options, sensitive, prefix, delimiter)
    extra = options.given("extra")
    return Environment(
        cls,
        tuple(reader.variables(cls)),
        sensitive,
        prefix,
        delimiter,
        _extra(project, extra),
        _env_files(project, options),
        bases_are_known(project, cls),
        not any(options.is_set(name) for name in ("secrets_dir", "cli_parse_args", "customise_sources"))
        and not _fills_in(project, cls),
    )


def _extra(project: Project, given: tuple[str, Expr] | None) -> str | None:
    if given is None:
        return None
    scope, value = given
    if value == ("const", None):
        return "forbid"
    name = dotted(value)
    if name is not None and name.rpartition(".")[2] in ("allow", "ignore", "forbid"):
        return name.rpartition(".")[2]  # Extra.allow
    return string_value(project, scope, value)


def _env_files(project: Project, options: Options) -> tuple[str, ...] | None:
    given = options.given("env_file")
    if given is None:
        return None
    scope, value = given
    if value == ("const", None):
        return ()
    items = value[1] if ir.is_a(value, "tuple") or ir.is_a(value, "list") else (value,)
    names = [string_value(project, scope, item) or _last_text(item) for item in items]
    return None if any(name is None for name in names) else tuple(n.rpartition("/")[2] for n in names if n is not None)


def _last_text(e: Expr) -> str | None:
    """The end of a path that is put together: `BASE / ".env"`, `f"{ROOT}/.env"`, `os.path.join(ROOT, ".env")`."""
    match e:
        case ("op", "/", operands):
            return ir.text_of(operands[-1])
        case ("fstr", parts):
            text = ir.text_of(parts[-1])
            return text if text is not None and "/" in text else None
        case ("call", func, args, (), _) if args and ir.last_name(func) in ("join", "joinpath", "Path", "str"):
            return ir.text_of(args[-1]) or _last_text(args[-1])
    return None


_SOURCES = frozenset({"settings_customise_sources", "customise_sources", "__init__"})
_BEFORE = frozenset({"model_validator", "root_validator"})


def _fills_in(project: Project, cls: str) -> bool:
    """Whether something else than the environment gives values: further sources, an own `__init__`, a validator of the raw values."""
    for base in mro(project, cls):
        row = project.get(Class, base)
        for name, qualname in row.methods if row is not None else ():
            if name in _SOURCES:
                return True
            function = project.get(Function, f"{base.partition(':')[0]}:{qualname}")
            for decorator in function.decorators if function is not None else ():
                if ir.is_a(decorator, "call") and ir.last_name(decorator[1]) in _BEFORE:
                    mode = ir.keyword(decorator, "mode")
                    pre = ir.keyword(decorator, "pre")
                    if (mode is not None and mode != ("const", "after")) or pre not in (None, ("const", False)):
                        return True
    return False


def flat(variables: tuple[Variable, ...]) -> Iterator[Variable]:
    """The fields and all fields below them, parents first."""
    for variable in variables:
        yield variable
        yield from flat(variable.children or ())
