"""The graph of what answers stand on: what a change reaches, from run to run and from process to process."""

from __future__ import annotations

import pytest

from layercheck import readsets
from layercheck.answers import GROUNDS, UNKNOWN, Answers
from layercheck.readsets import Merger, ReadSets, packed


def leaf(sets: ReadSets, name: str) -> int:
    return sets.leaf(("Body", f"{name}.py:f"))


def reread(sets: ReadSets) -> ReadSets:
    """As the next run reads it."""
    again = ReadSets()
    again.extend(*sets.stored())
    again.names, again.paths, again.below = set(sets.names), list(sets.paths), dict(sets.below)
    again.groups = dict(sets.groups)
    return again


def test_a_change_reaches_what_stands_on_it_and_nothing_else() -> None:
    sets = ReadSets()
    a, b = leaf(sets, "a"), leaf(sets, "b")
    one = sets.question(("one", ("a.py",)), (a,))
    two = sets.question(("two", ("b.py",)), (b,))
    both = sets.question(("both", ()), (one, two))
    again = reread(sets)
    assert again.reached({a}) == {a, one, both}
    assert again.reached({b}) == {b, two, both}
    assert again.reached({a}, {one}) == {a}
    assert again.reached(set()) == set()


@pytest.mark.parametrize("block", [1, 2, 3, 512])
def test_blocks_of_any_size_find_the_same(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readsets, "_BLOCK", block)
    sets = ReadSets()
    leaves = [leaf(sets, f"m{n}") for n in range(7)]
    chain = [sets.question(("q", ("m0.py", 0)), (leaves[0],))]
    for n in range(1, 7):
        chain.append(sets.question(("q", ("m0.py", n)), (leaves[n], chain[-1])))
    again = reread(sets)
    for n in range(7):
        assert again.reached({leaves[n]}) == {leaves[n], *chain[n:]}


def test_small_read_sets_are_handed_on_and_big_ones_are_nodes() -> None:
    sets = ReadSets()
    few = sets.set_or_node({leaf(sets, "a"), leaf(sets, "b")})
    assert isinstance(few, tuple)
    before = len(sets)
    many = sets.set_or_node({*few, *[leaf(sets, f"m{n}") for n in range(60)]})
    assert isinstance(many, int)
    assert len(sets) == before + 61
    assert set(few) < set(sets.under(many))


def test_a_question_of_an_earlier_run_keeps_its_number_and_stands_on_what_it_read_now() -> None:
    sets = ReadSets()
    a, b = leaf(sets, "a"), leaf(sets, "b")
    one = sets.question(("one", ("a.py",)), (a,))
    over = sets.question(("over", ()), (one,))
    again = reread(sets)
    c = leaf(again, "c")
    assert again.question(("one", ("a.py",)), (b, c)) == one
    last = reread_after(sets, again)
    assert last.reached({a}) == {a}
    assert last.reached({c}) == {c, one, over}


def reread_after(first: ReadSets, second: ReadSets) -> ReadSets:
    again = ReadSets()
    again.extend(*first.stored())
    again.extend(*second.stored())
    again.paths, again.below, again.groups = list(second.paths), dict(second.below), dict(second.groups)
    return again


def test_what_several_processes_made_is_one_graph() -> None:
    parent = ReadSets()
    shared = leaf(parent, "shared")
    whole = parent.question(("whole", ()), (shared,))
    workers = []
    for name in ("a", "b"):
        worker = reread(parent)
        worker.first = 1
        own = leaf(worker, name)
        big = worker.set_of((own, whole))
        worker.question((name, (f"{name}.py",)), (big,))
        worker.question(("same", ()), (leaf(worker, "x"), whole))
        workers.append(worker)
    merger = Merger(parent)
    for number, worker in enumerate(workers):
        known = merger.add(worker.piece(number))
        assert set(known) == set(range(whole + 1, len(worker)))
    questions = {name: parent.group(f"{name}.py").questions[name, (f"{name}.py",)] for name in ("a", "b")}
    same = parent.group("#same").questions["same", ()]
    again = reread(parent)
    assert again.reached({parent.leaf(("Body", "a.py:f"))}) >= {questions["a"]}
    assert questions["b"] not in again.reached({parent.leaf(("Body", "a.py:f"))})
    assert again.reached({shared}) >= {whole, same, *questions.values()}
    assert same in again.reached({parent.leaf(("Body", "x.py:f"))})


def test_groups_are_files_or_queries() -> None:
    sets = ReadSets(frozenset({"all"}))
    assert sets.group_of(("q", ("a/b.py:C.f", 1))) == "a/b.py"
    assert sets.group_of(("q", ("name",))) == "#q"
    assert sets.group_of(("q", ())) == "#q"
    assert sets.group_of(("q", b"pickled")) == "#q"
    assert sets.group_of(("all", ("a.py",))) == "#all"


def test_arguments_that_are_long_or_strange_are_not_kept() -> None:
    assert packed(("a.py", 1, None, frozenset({"x"}))) == ("a.py", 1, None, frozenset({"x"}))
    assert isinstance(packed((("a", 1),)), bytes)
    assert packed((frozenset(map(str, range(5000))),)) is None
    assert packed((lambda: None,)) is None


def test_what_stands_on_something_that_was_never_answered_is_never_trusted() -> None:
    answers = Answers(GROUNDS)
    answers.keep = {"sum"}
    answers.remember("sum", lambda project, key: 1, {("a.py:f",): 1}, [("never asked", "b.py:g")])
    sets = answers.readsets
    again = reread(sets)
    assert sets.group("a.py").questions["sum", ("a.py:f",)] in again.reached({sets.known_leaf(UNKNOWN)})
