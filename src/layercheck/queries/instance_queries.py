"""Statements about ORM instances, how they are built, and what sessions and results give of them."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Class
from layercheck.ir import Expr, dotted
from layercheck.knowledge.database import QUERY_TERMINALS
from layercheck.knowledge.orm import NARROWING_BUILDERS, ROW_READERS, STATEMENT_BUILDERS
from layercheck.project import Project
from layercheck.queries.instance_flow import Walker
from layercheck.queries.instance_models import entity_of
from layercheck.queries.instances import Access, Chosen, Const, Rows, Sent, Value, unpacked
from layercheck.queries.late import deleted_with
from layercheck.queries.listed import is_handful
from layercheck.queries.loading import UNSURE, Loads, loads
from layercheck.queries.symbols import class_attribute, mro
from layercheck.queries.tables import relationships_of


def session_method(walker: Walker, name: str, call: Expr, values: dict[int, Value], guarded: bool) -> Value:
    """What a method of a session gives; `guarded` for an asynchronous one."""
    args = call[2]
    session = (call[1] if call[1].__class__ is str else "").rpartition(".")[0]
    if name == "query" and args:
        asked = selected(walker, args, call[4])
        return asked._replace(session=session) if isinstance(asked, Rows) else asked
    if name in ("expunge_all", "close"):
        walker.expunged()
    if name in ("delete", "refresh") and args:
        row = values.get(id(args[0]))
        if isinstance(row, Rows) and row.shape == "one":
            _delete(walker, row, call) if name == "delete" else _refresh(walker, row, call)
        return None
    if name in ("get", "get_one") and args:
        found = selected(walker, args[:1], call[4])
        options = ir.keyword(call, "options")
        if isinstance(found, Rows):
            if walker.holds(found.entity) and not call[3]:
                walker.present.add(call[4])
            more = loads(walker.project, walker.key, (("star", options),)) if options is not None else Loads()
            return found._replace(
                shape="one",
                loads=found.loads | more,
                guarded=guarded,
                extent="some",
                session=session,
                fetched=call[4] + 1,
                sent=call[4] + 1,
            )
        return None
    statement = ir.argument(call, 0, "statement")
    held = values.get(id(statement)) if statement is not None else None
    if not isinstance(held, Rows) or held.shape != "statement":
        return None
    walker.loaded(held, call[4])
    held = held._replace(session=session, fetched=call[4] + 1, sent=call[4] + 1)
    shapes = {
        "scalars": "many",
        "stream_scalars": "many",
        "exec": "many",
        "execute": "result",
        "stream": "result",
        "scalar": "one",
    }
    if name == "exec" and held.columns:
        return held._replace(shape="result", guarded=guarded)
    if name in ("scalar", "scalars", "stream_scalars") and held.columns:
        return _first_column(held._replace(shape=shapes[name], guarded=guarded))
    return held._replace(shape=shapes[name], guarded=guarded) if name in shapes else None


def _delete(walker: Walker, row: Rows, call: Expr) -> None:
    """`session.delete(order)` reads what it deletes with the order."""
    for late in deleted_with(walker.project, row):
        walker.accesses.append(Access(call[4], row, late, f"{dotted(call[1]) or 'delete'}()"))


def _refresh(walker: Walker, row: Rows, call: Expr) -> None:
    """`session.refresh(order, ["lines"])` fetches the row, and the relationships that it names."""
    walker.fresh(row.entity)
    given = ir.argument(call, 1, "attribute_names")
    named = given[1] if ir.is_a(given, "list") or ir.is_a(given, "tuple") else ()  # type: ignore[index]
    paths = frozenset((*row.path, text) for text in map(ir.text_of, named) if text is not None)
    name = dotted(call[2][0])
    if name is not None and paths and walker.names is not None and name in walker.names:
        walker.names[name] = row._replace(loads=row.loads | Loads(paths, shown=paths))


def _first_column(held: Rows) -> Value:
    return held._replace(columns=()) if held.columns[0] == held.entity else None


def selected(walker: Walker, asked: tuple[Expr, ...], at: int) -> Value:
    """The statement that asks for these; None where none of them is an entity."""
    columns = tuple(entity_of(walker.project, walker.key, walker.receiver, e) or "" for e in asked)
    entity = next((e for e in columns if e), None)
    if entity is None:
        return None
    loaded = Loads(_beside(walker.project, columns)) if len(columns) > 1 else Loads()
    return Rows(
        "statement",
        entity,
        entity,
        (),
        loaded,
        frozenset(),
        (walker.key, at),
        columns=columns if len(columns) > 1 else (),
    )


def _beside(project: Project, columns: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The relationships that lead from one entity of a query to another: the session has what they give."""
    return frozenset(
        (found.attribute,)
        for entity in columns
        for found in (relationships_of(project, entity) if entity else ())
        if not found.uselist and found.target in columns
    )


def build(walker: Walker, held: Rows, name: str, call: Expr) -> tuple[Value, bool]:
    """(value, whether it is known) of a method of a statement, a query or a dynamic relationship."""
    if held.asks > 0 and not held.given and name in QUERY_TERMINALS:
        walker.sent.append(Sent(call[4], held.asks, dotted(call[1]) or f"...{name}", fetched=held.fetched))
    if name == "options":
        return held._replace(loads=held.loads | _options(walker, call[2])), True
    if name in STATEMENT_BUILDERS:
        if name in ("where", "filter", "filter_by"):
            listed = held.extent != "some" and not call[3] and all(_lists(argument) for argument in call[2])
            return held._replace(
                fixed=held.fixed | _fixed(walker.project, held, call), extent="listed" if listed else "some"
            ), True
        few = held.few or (name == "limit" and not walker.rounds and len(call[2]) == 1 and is_handful(call[2][0]))
        return held._replace(extent="some" if name in NARROWING_BUILDERS else held.extent, few=few), True
    shape = ROW_READERS.get(name)
    if shape is None or shape in ("same", "pages"):
        return (held if shape == "same" else None), True
    if name == "scalar" or name == "scalars":
        return None, True
    walker.loaded(held, call[4])
    held = held._replace(fetched=call[4] + 1, sent=call[4] + 1)
    if held.columns:
        return (held._replace(shape="result") if shape == "many" else unpacked(held, 0)), True
    found = held._replace(shape=shape)
    return (walker.taken(found, call[4]) if shape == "many" else found), True


def _options(walker: Walker, options: tuple[Expr, ...]) -> Loads:
    """What options load; `*self.loads` is that of the class which the method runs for."""
    found = Loads()
    for option in options:
        inner = option[1] if ir.is_a(option, "star") else option
        owner, _, name = (dotted(inner[1] if ir.is_a(inner, "call") else inner) or "").rpartition(".")
        held = (walker.names or {}).get(dotted(inner) or "") if ir.is_a(option, "star") else None
        if isinstance(held, Chosen) or (isinstance(held, Const) and held.none):
            found = found | (held.loads if isinstance(held, Chosen) else Loads())
        elif walker.receiver is not None and owner in ("self", "cls"):
            found = found | _own_options(walker, walker.receiver[1], name, inner)
        else:
            found = found | loads(walker.project, walker.key, (option,))
    return found


def _own_options(walker: Walker, cls: str, name: str, written: Expr) -> Loads:
    project = walker.project
    for base in mro(project, cls) if not ir.is_a(written, "call") else ():
        row = project.get(Class, base)
        value = next((f.value for f in row.fields if f.name == name and f.value is not None), None) if row else None
        if value is not None:
            return loads(project, base, (value,))
    own = walker.key.rpartition(".")[0]
    if class_attribute(project, cls, name) == class_attribute(project, own, name):
        return loads(project, walker.key, (("star", written),))
    return UNSURE


def _fixed(project: Project, held: Rows, call: Expr) -> frozenset[str]:
    """What a condition holds equal to one value: `Line.order_id == key`, `order_id=key`, `Line.order == order`, `with_parent(order, ...)`."""
    entity = held.entity.rpartition(":")[2].rpartition(".")[2]
    found = {name for name, _ in call[3] if name is not None}
    stack = list(call[2])
    while stack:
        condition = stack.pop()
        match condition:
            case ("cmp", left, (("==", right),), _):
                for one, other in ((left, right), (right, left)):
                    owner, _, column = (dotted(one) or "").rpartition(".")
                    if owner.rpartition(".")[2] == entity and not _is_column(other):
                        found.add(column)
            case ("call", func, args, _, _) if ir.last_name(func) == "and_":
                stack.extend(args)
            case ("call", func, (_, parent, *_), _, _) if ir.last_name(func) == "with_parent":
                owner = (dotted(parent) or "").rpartition(".")[0].rpartition(".")[2]
                for one in relationships_of(project, held.entity):
                    if not one.uselist and one.target is not None and one.target.rpartition(":")[2] == owner:
                        found.add(one.attribute)
            case ("op", "&", operands):
                stack.extend(operands)
    return frozenset(found)


def _lists(condition: Expr) -> bool:
    """`Author.id.in_(wanted)`."""
    return ir.is_a(condition, "call") and ir.last_name(condition[1]) == "in_"


def _is_column(e: Expr) -> bool:
    text = dotted(e)
    return text is not None and "." in text and text.rpartition(".")[0].rpartition(".")[2][:1].isupper()


def read(held: Rows, name: str) -> tuple[Value, bool]:
    """(value, whether it is known) of a method of a result, or of rows that were fetched."""
    shape = ROW_READERS.get(name)
    if name == "mappings" or shape is None:
        return None, name != "append"
    if shape == "same":
        return held, True
    if shape == "pages":
        return held._replace(shape="pages") if held.shape == "many" else None, True
    if held.shape == "result" and name not in ("scalars", "scalar", "scalar_one", "scalar_one_or_none"):
        return (held if shape == "many" else unpacked(held, held.loop)), True
    if held.columns:
        return _first_column(held._replace(shape=shape)), True
    return held._replace(shape=shape), True
