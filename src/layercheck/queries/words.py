"""Which code can be about something at all: looked up in the words of its body, before anything is resolved.

DESIGN: resolving names is dear, and most functions have nothing to do with most rules. A body's row lists the identifiers in its
expressions. What a query looks for goes by a few names, and by those that the project gives them (`from os import getenv as env`,
`read = os.getenv`, followed over all files); a body without any of them is answered at once. The words only ever say "cannot be": a
body that has one is looked at as if there were no such list. A file is passed over the same way, by the words of all its bodies
(`words_in`) and the names in the heads of its functions and classes (`words_in_heads`): what asks of the whole project where something
is looks into few of its files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from layercheck import ir
from layercheck.facts.rows import Body, Class, Function, Said
from layercheck.facts.said import LONG, said
from layercheck.ir import Expr, dotted
from layercheck.project import Project, query
from layercheck.queries.import_names import python_files


def mentions(project: Project, body: Body | Said, names: frozenset[str]) -> bool:
    """Whether a body has one of these names, or one by which the project knows them."""
    return not known_as(project, names).isdisjoint(body.words)


def bodies(project: Project, path: str, wanted: Callable[[Said], object]) -> Iterator[Body]:
    """The bodies of a file that are wanted for what is said of them. The code of others is not read, so who asks is not asked again when it
    changes."""
    for one in project.said_in(path):
        if wanted(one):
            body = project.get(Body, one.key)
            if body is not None:
                yield body


@query(kept=True)
def known_as(project: Project, names: frozenset[str]) -> frozenset[str]:
    """These names and all that stand for them somewhere in the project: imports under another name, names bound to a name,
    parameters with one as their default."""
    table = dict(_renames(project))
    found = set(names)
    waiting = list(names)
    while waiting:
        for other in table.get(waiting.pop(), ()):
            if other not in found:
                found.add(other)
                waiting.append(other)
    return frozenset(found)


@query
def _renames(project: Project) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found: dict[str, set[str]] = {}
    for path in project.files():
        for old, new in _renames_in(project, path):
            found.setdefault(old, set()).add(new)
    return tuple(sorted((old, tuple(sorted(new))) for old, new in found.items()))


@query(together=True)
def _renames_in(project: Project, path: str) -> frozenset[tuple[str, str]]:
    """(last part of the old name, new name)"""
    module = project.imports_in(path)
    if module is None:
        return frozenset()
    found = set()
    for name, _, old, bound, *_ in module.raw_imports:
        last = (old or name).rpartition(".")[2]
        if last != bound:
            found.add((last, bound.rstrip(".")))
    for body in project.said_in(path):
        found.update(body.renames)
    for function in project.of_file(Function, path):
        for name, _, _, default, _ in function.raw_params:
            old = dotted(default) if default is not None else None
            if old is not None and old.rpartition(".")[2] != name:
                found.add((old.rpartition(".")[2], name))
    return frozenset(found)


@query
def words_in(project: Project, path: str) -> frozenset[str]:
    """The words of all bodies of a file: what looks for some of them need not look at a file that has none."""
    return frozenset().union(*[body.words for body in project.said_in(path)])


@query(kept=True)
def has_words(project: Project, path: str, names: frozenset[str]) -> bool:
    """Whether some body of a file has one of these names. Who passes a file over stands on this, and not on all words of the file: what an
    edit seldom changes is not asked again, nor is its module imported for that."""
    return not names.isdisjoint(words_in(project, path))


@query(together=True)
def words_in_heads(project: Project, path: str) -> frozenset[str]:
    """The names in the heads of a file's functions and in the fields of its classes, as `says` finds them: decorators, annotations and
    defaults; with the keywords of decorators. No body has them."""
    found: set[str] = set()
    for function in project.of_file(Function, path):
        for _, _, annotation, default, _ in function.raw_params:
            for e in (annotation, default):
                if e is not None:
                    found.update(said(e))
        for decorator in function.decorators:
            found.update(said(decorator))
            if ir.is_a(decorator, "call"):
                found.update([name for name, _ in decorator[3] if name is not None])
    for cls in project.of_file(Class, path):
        for raw in cls.raw_fields:
            for e in raw[1:3]:
                if e is not None:
                    found.update(said(e))
    return frozenset(found)


@query
def stands_for(project: Project, names: frozenset[str], functions: bool = False) -> frozenset[str]:
    """These names, and all that bring them along: names of modules and classes bound to a value that has one (`Alias = Annotated[Session,
    Depends(get_session)]`), and with `functions` those that return one."""
    found = fresh = known_as(project, names)
    tables = [_tied(project, False), _tied(project, True)] if functions else [_tied(project, False)]
    while fresh:
        more = {name for table in tables for word in table.keys() & fresh for name in table[word]}
        fresh = known_as(project, frozenset(more)) - found
        found |= fresh
    return found


@query(dear=True)
def _tied(project: Project, returned: bool) -> Mapping[str, tuple[str, ...]]:
    """Name -> the names that bring it along somewhere in the project, as what is bound to them has it, or as what functions return has it."""
    table: dict[str, list[str]] = {}
    for path in python_files(project):
        for name, words, by_function in _ties(project, path):
            if by_function is returned:
                for word in words:
                    table.setdefault(word, []).append(name)
    return {word: tuple(found) for word, found in table.items()}


_Tie = tuple[str, tuple[str, ...], bool]
"""A name, the names that occur in what a module or class binds to it, or in what the function of that name returns, and whether it is that;
none that stands in texts alone. Plain, as a run after a change may read those of all files."""


@query(together=True)
def _ties(project: Project, path: str) -> tuple[_Tie, ...]:
    """What one file says."""
    found = []
    for body in project.said_in(path):
        function = project.get(Function, body.key) if body.ties else None
        for name, words in body.ties:
            found.append((name if function is None else function.name, words, function is not None))
    return tuple(dict.fromkeys(found))


def says(e: Expr | None, names: frozenset[str]) -> bool:
    """Whether one of the names occurs in an expression; texts count as the names that they hold, for annotations in quotes."""
    if e is None:
        return False
    if e.__class__ is str and "." not in e:
        return e in names
    for node in ir.walk(e):
        if node.__class__ is str or node[0] == "ref":
            name = node if node.__class__ is str else node[1]
            if name in names or ("." in name and not names.isdisjoint(name.split("."))):
                return True
        elif node[0] == "attr":
            if node[2] in names:
                return True
        elif node[0] == "const" and node[1].__class__ is str and len(node[1]) < LONG:
            if not names.isdisjoint(re.findall(r"\w+", node[1])):
                return True
    return False


_CheckFunction = TypeVar("_CheckFunction", bound=Callable[..., object])


def only_with(
    *names: str,
    like: Callable[[str], bool] | None = None,
    texts: Callable[[str], bool] | None = None,
    where: Callable[[Any], bool] | None = None,
) -> Callable[[_CheckFunction], _CheckFunction]:
    """Mark a check of code: it has nothing to say of a body that has none of these names, nor one by which the project knows them.

    `like`: of what other names it has something to say, `texts`: of what literals; both are asked once a text, and only of those in a
    body. `where` looks at the item itself; where it says no, the check is not called either.
    """

    def mark(check: _CheckFunction) -> _CheckFunction:
        check.words = frozenset(names) if names else None  # type: ignore[attr-defined]
        check.like = like  # type: ignore[attr-defined]
        check.texts = texts  # type: ignore[attr-defined]
        check.where = where  # type: ignore[attr-defined]
        return check

    return mark


def only_in(files: Callable[[Project, str], bool]) -> Callable[[_CheckFunction], _CheckFunction]:
    """Mark a check of code: it runs in the files of which `files` says yes. Part of what the rule says, unlike `only_with`, and asked
    once a file, not once a body; checks that ask the same share the answer."""

    def mark(check: _CheckFunction) -> _CheckFunction:
        check.files = files  # type: ignore[attr-defined]
        return check

    return mark


def any_ends_with(words: Iterable[str], ends: tuple[str, ...]) -> bool:
    """Whether a word ends with one of some texts; of many words, few of which do."""
    said = "\n".join(words) + "\n"
    return any(f"{end}\n" in said for end in ends)


def last_parts(symbols: Iterable[str]) -> frozenset[str]:
    """The names by which dotted symbols are called: `encode` for `jwt.encode`."""
    return frozenset([symbol.rpartition(".")[2] for symbol in symbols])
