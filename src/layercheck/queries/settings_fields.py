"""The fields of settings classes and of the models below them: their variables, whether they are required."""

from __future__ import annotations

from collections.abc import Iterator

from layercheck import ir
from layercheck.facts.rows import Body, Class, Field, Function
from layercheck.ir import Expr, dotted
from layercheck.model import Place
from layercheck.project import Project
from layercheck.queries.constants import string_value
from layercheck.queries.models import PYDANTIC, SETTINGS, is_schema, is_settings
from layercheck.queries.parameters import metadata
from layercheck.queries.schemas import classes_in
from layercheck.queries.settings_annotations import (
    REQUIRED,
    gives_default,
    head_of,
    holds_plainly,
    is_constant,
    is_opaque,
    is_scalar,
)
from layercheck.queries.settings_config import Options, settings_options
from layercheck.queries.symbols import binding, has_unknown_base, mro, resolve
from layercheck.tuples import NamedTuple

_HARMLESS_BASES = PYDANTIC | SETTINGS | {"builtins.object", "abc.ABC", "typing.Generic", "typing.Protocol"}
_FIELDS = frozenset({"pydantic.Field", "pydantic.v1.Field"})
_NO_FIELDS = frozenset({"typing.ClassVar", "typing_extensions.ClassVar", "dataclasses.InitVar"})
_OPTIONAL = frozenset({"typing.Optional"})
_DEEPEST = 5


class Variable(NamedTuple):
    """One field of a settings class, or of a model below one."""

    field: str
    owner: str
    """Key of the class that declares it."""
    at: int
    names: tuple[str, ...] | None
    """The variables that it is read from, the first one found winning; None: unknown. Upper case where the case does not matter."""
    required: bool | None
    """Without a default; None: unknown."""
    children: tuple[Variable, ...] | None
    """The fields of a nested model that variables of their own fill (`PARENT__CHILD`); empty for a plain field; None: any such name."""

    @property
    def place(self) -> Place:
        """The declaration."""
        return Place("Class", self.owner, self.at)


class _Given(NamedTuple):
    """What `Field(...)` says of a field, its annotation's and its value's merged."""

    keywords: dict[str, tuple[str, Expr]]
    has_default: bool | None
    """None: unknown."""
    opaque: bool
    """Whether something may be said that cannot be read."""
    demanded: bool
    """Whether `...` says that it is required."""


class Reader:
    """The variables of one settings class, under its options."""

    def __init__(
        self,
        project: Project,
        generation: int,
        options: Options,
        sensitive: bool | None,
        prefix: str | None,
        delimiter: str | None,
    ) -> None:
        self.project = project
        self.generation = generation
        self.options = options
        self.sensitive = sensitive
        self.prefix = prefix
        self.delimiter = delimiter
        self.splits = self._splits()

    def _splits(self) -> int | None:
        """How many levels a name may have below its field; None: unknown, a large number: any."""
        given = self.options.given("env_nested_max_split")
        if given is None:
            return None
        value = given[1]
        if value == ("const", None):
            return 1 << 30
        return value[1] if ir.is_a(value, "const") and isinstance(value[1], int) and value[1] > 0 else None

    # ------------------------------------------------------------------------------------------------------ the fields

    def variables(self, cls: str) -> Iterator[Variable]:
        """The fields of the settings class, inherited ones included."""
        for owner, field in self._fields(cls):
            given = self._given(owner, field)
            names = self._names(owner, field, given, self.options, self.prefix)
            yield self._variable(owner, field, given, names, 1, (cls,))

    def _fields(self, cls: str) -> Iterator[tuple[str, Field]]:
        """(owner, field), the nearest declaration of each name."""
        seen: set[str] = set()
        for base in mro(self.project, cls):
            row = self.project.get(Class, base)
            if row is None or (self.generation == 1 and not self._is_model(base)):
                continue
            methods = {name for name, _ in row.methods}
            for field in {field.name: field for field in row.fields}.values():
                name = field.name
                if name in seen or name.startswith("_") or name in ("model_config", "Config") or name in methods:
                    continue
                if field.annotation is None and (self.generation == 2 or not is_constant(field.value)):
                    continue
                seen.add(name)
                if field.annotation is None or not self._is_class_variable(base, field):
                    yield base, field

    def _is_model(self, cls: str) -> bool:
        return is_settings(self.project, cls) or is_schema(self.project, cls)

    def _is_class_variable(self, owner: str, field: Field) -> bool:
        head = head_of(field.annotation)
        symbol = resolve(self.project, owner, head) if head is not None else None
        if symbol in ("typing.Final", "typing_extensions.Final"):
            return field.value is not None
        return symbol in _NO_FIELDS or (symbol is None and (head or "").rpartition(".")[2] == "ClassVar")

    def _variable(
        self, owner: str, field: Field, given: _Given, names: tuple[str, ...] | None, depth: int, above: tuple[str, ...]
    ) -> Variable:
        required = None if given.has_default is None else not given.has_default
        if required and self.generation == 1 and not given.demanded and self._takes_none(owner, field.annotation):
            required = False
        children = self._children(owner, field, names, depth, above)
        return Variable(field.name, owner, field.at, names, required, children)

    def _takes_none(self, owner: str, annotation: Expr | None) -> bool:
        """Whether version 1 gives a field without a value None: Optional, or anything."""
        if ir.is_a(annotation, "op") and annotation is not None:
            return ("const", None) in annotation[2]
        head = head_of(annotation)
        symbol = resolve(self.project, owner, head) if head is not None else None
        if symbol == "typing.Union" and annotation is not None:
            return ir.is_a(annotation[2], "tuple") and ("const", None) in annotation[2][1]
        return symbol in _OPTIONAL or symbol in ("typing.Any", "builtins.object")

    # --------------------------------------------------------------------------------------------------- what Field says

    def _given(self, owner: str, field: Field) -> _Given:
        keywords: dict[str, tuple[str, Expr]] = {}
        has_default: bool | None = False
        opaque = demanded = False
        for scope, e in metadata(self.project, owner, field.annotation):
            if self._is_field(scope, e):
                keywords.update({name: (scope, value) for name, value in e[3] if name is not None})
                opaque = opaque or is_opaque(e)
                has_default = has_default or gives_default(e)
                demanded = demanded or ir.argument(e, 0, "default") == REQUIRED
        value = field.value
        if value is None or value == REQUIRED:
            return _Given(keywords, has_default, opaque, demanded or value is not None)
        if not self._is_field(owner, value):
            return _Given(keywords, True, opaque or self._makes_field(owner, value), False)
        keywords.update({name: (owner, given) for name, given in value[3] if name is not None})
        opaque = opaque or is_opaque(value)
        default = gives_default(value)
        demanded = demanded or ir.argument(value, 0, "default") == REQUIRED
        return _Given(keywords, has_default or default, opaque, demanded)

    def _is_field(self, scope: str, e: Expr) -> bool:
        if not ir.is_a(e, "call"):
            return False
        name = dotted(e[1])
        symbol = resolve(self.project, scope, name) if name is not None else None
        return symbol in _FIELDS or (symbol is None and ir.last_name(e[1]) == "Field")

    def _makes_field(self, scope: str, e: Expr) -> bool:
        """Whether a value is made by a function of the project that returns `Field(...)`."""
        name = dotted(e[1]) if ir.is_a(e, "call") else dotted(e)
        symbol = resolve(self.project, scope, name) if name is not None else None
        if symbol is None or ":" not in symbol:
            return False
        body = self.project.get(Body, symbol)
        if body is not None and self.project.get(Function, symbol) is not None:
            return any(ir.is_a(e, "call") and ir.last_name(e[1]) == "Field" for e in ir.expressions(body.statements))
        bind = binding(self.project, symbol) if not symbol.endswith(":") else None
        return bind is not None and ir.is_a(bind.value, "call") and ir.last_name((bind.value or ("", ""))[1]) == "Field"

    # --------------------------------------------------------------------------------------------------------- the names

    def _names(
        self, owner: str, field: Field, given: _Given, options: Options, prefix: str | None
    ) -> tuple[str, ...] | None:
        if given.opaque:
            return None
        if self.generation == 1:
            names = self._names_of_version_1(field, given, prefix)
        else:
            names = self._names_of_version_2(field, given, options, prefix)
        if names is None or self.sensitive:
            return names
        return tuple(dict.fromkeys(name.upper() for name in names))

    def _names_of_version_1(self, field: Field, given: _Given, prefix: str | None) -> tuple[str, ...] | None:
        configured = self._configured(field.name)
        if configured is None:
            return None
        scope, env = configured if configured[1] is not None else given.keywords.get("env", ("", None))
        if env is None or env == ("const", None):
            return None if prefix is None else (prefix + field.name,)
        items = env[1] if env[0] in ("list", "tuple", "set") else (env,)
        names = [string_value(self.project, scope, item) for item in items]
        return None if None in names else tuple(name for name in names if name is not None)

    def _configured(self, name: str) -> tuple[str, Expr | None] | None:
        """(scope, `env` of a field in `Config.fields`), None as the expression when there is none; None: unknown."""
        given = self.options.given("fields")
        if given is None:
            return None
        scope, table = given
        if table == ("const", None):
            return scope, None
        if not ir.is_a(table, "dict") or any(ir.text_of(key) is None for key, _ in table[1]):
            return None
        entry = next((value for key, value in table[1] if ir.text_of(key) == name), None)
        if entry is None or ir.text_of(entry) is not None:
            return scope, None
        if not ir.is_a(entry, "dict"):
            return None
        return scope, next((value for key, value in entry[1] if ir.text_of(key) == "env"), None)

    def _names_of_version_2(
        self, field: Field, given: _Given, options: Options, prefix: str | None
    ) -> tuple[str, ...] | None:
        by_alias = options.flag("validate_by_alias", True)
        by_name = options.flag("validate_by_name", None)
        if by_name is None and options.given("validate_by_name") == ("", ("const", None)):
            by_name = options.flag("populate_by_name", None)
            if by_name is None and options.given("populate_by_name") == ("", ("const", None)):
                by_name = None if by_alias is None else not by_alias
        target = options.text(self.project, "env_prefix_target")
        if by_alias is None or target not in ("", "variable", "alias", "all"):
            return None
        aliases = self._aliases(given, options) if by_alias else ()
        if aliases is None:
            return None
        names: list[str | None] = []
        if aliases:
            before = prefix if target in ("alias", "all") else ""
            names += [None if before is None else before + alias for alias in aliases]
            if by_name is None:
                return None
        if not aliases or by_name:
            before = prefix if target in ("", "variable", "all") else ""
            names.append(None if before is None else before + field.name)
        return None if None in names else tuple(name for name in names if name is not None)

    def _aliases(self, given: _Given, options: Options) -> tuple[str, ...] | None:
        """The aliases of a field, none without one; None: unknown."""
        for keyword in ("validation_alias", "alias"):
            scope, e = given.keywords.get(keyword, ("", ("const", None)))
            if e == ("const", None):
                continue
            if not ir.is_a(e, "call"):
                text = string_value(self.project, scope, e)
                return None if text is None else (text,)
            return self._choices(scope, e)
        return () if not options.is_set("alias_generator") else None

    def _choices(self, scope: str, call: Expr) -> tuple[str, ...] | None:
        kind = ir.last_name(call[1])
        if kind == "AliasPath" and call[2]:
            text = string_value(self.project, scope, call[2][0])
            return None if text is None else (text,)
        if kind != "AliasChoices":
            text = string_value(self.project, scope, call)
            return None if text is None else (text,)
        found: list[str] = []
        inner: tuple[str, ...] | None
        for choice in call[2]:
            if ir.is_a(choice, "call"):
                inner = self._choices(scope, choice)
            else:
                text = string_value(self.project, scope, choice)
                inner = None if text is None else (text,)
            if inner is None:
                return None
            found += inner
        return tuple(found) or None

    # ----------------------------------------------------------------------------------------------------- nested models

    def _children(
        self, owner: str, field: Field, names: tuple[str, ...] | None, depth: int, above: tuple[str, ...]
    ) -> tuple[Variable, ...] | None:
        delimiter = self.delimiter
        if delimiter == "" or (depth > 1 and self.splits is not None and depth > self.splits):
            return ()
        models = self._models(owner, field.annotation)
        if models == ():
            return () if is_scalar(self.project, owner, field.annotation) else None
        if models is None or names is None or delimiter is None or self.splits is None or depth > _DEEPEST:
            return None
        (model,) = models
        if model in above or not bases_are_known(self.project, model):
            return None
        found = []
        options = settings_options(self.project, model, self.generation)
        for inner_owner, inner in self._fields(model):
            given = self._given(inner_owner, inner)
            below = self._names_below(inner_owner, inner, given, options, depth)
            paths = None if below is None else tuple(f"{name}{delimiter}{child}" for name in names for child in below)
            if paths is not None and not self.sensitive:
                paths = tuple(path.upper() for path in paths)
            found.append(self._variable(inner_owner, inner, given, paths, depth + 1, (*above, model)))
        return tuple(found)

    def _names_below(
        self, owner: str, field: Field, given: _Given, options: Options, depth: int
    ) -> tuple[str, ...] | None:
        """The names of a field of a nested model: its aliases or its name, without the prefix of the settings class."""
        if self.generation == 1:
            alias = given.keywords.get("alias")
            text = string_value(self.project, *alias) if alias is not None else field.name
            names: tuple[str, ...] | None = None if text is None or given.opaque else (text,)
        else:
            plain = Options(tuple(e for e in options.entries if e[0] not in ("env_prefix", "env_prefix_target")))
            names = None if given.opaque else self._names_of_version_2(field, given, plain, "")
        delimiter = (self.delimiter or "").lower()
        last = self.splits is not None and depth >= self.splits
        if names is None or (not last and any(delimiter in name.lower() for name in names)):
            return None  # a name with the delimiter in it is taken apart
        return names

    def _models(self, owner: str, annotation: Expr | None) -> tuple[str, ...] | None:
        """The one model that a field holds: empty when it holds none, None when it may hold one of several."""
        found = classes_in(self.project, owner, annotation)
        models = tuple(cls for cls in found if self._is_model(cls) or has_unknown_base(self.project, cls))
        if not models:
            return ()
        return models if len(models) == 1 and holds_plainly(self.project, owner, annotation) else None


def bases_are_known(project: Project, cls: str) -> bool:
    """Whether no base of a model is in the dark, so that all its fields are known."""
    return not has_unknown_base(project, cls) and all(
        ":" in base or base in _HARMLESS_BASES for base in mro(project, cls)
    )
