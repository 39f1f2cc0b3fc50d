"""The graph of what answers stand on: what a change reaches, from run to run and from process to process."""

from __future__ import annotations

import copy

import pytest

from layercheck import stored_graph
from layercheck.answers import GROUNDS, UNKNOWN, Answers
from layercheck.readsets import Merger, ReadSets
from layercheck.stored_graph import Layer, StoredGraph
from layercheck.stored_values import question_of


def leaf(sets: ReadSets, name: str) -> int:
    return sets.leaf(("Body", f"{name}.py:f"))


def kept(parts: list[tuple[int, Layer, bytes]]) -> StoredGraph:
    """The layers that runs have left, as the next run reads them."""
    layers: list[tuple[Layer, bytes]] = []
    for number, layer, pages in parts:
        layers[number:] = [(layer, pages)]
    data = b"".join(pages for _, pages in layers)
    graph, offset = StoredGraph(lambda spot: data[spot[0] : spot[0] + spot[1]]), 0
    for layer, pages in layers:
        graph.add(layer, offset)
        offset += len(pages)
    return graph


def reread(*runs: ReadSets) -> ReadSets:
    """As the next run reads what these have left, one after the other."""
    again, last = ReadSets(), runs[-1]
    again.follow(kept([run.stored() for run in runs]))
    again.names, again.paths, again.below = set(last.names), list(last.paths), dict(last.below)
    again.groups = dict(last.groups)
    return again


def reached(sets: ReadSets, nodes: set[int]) -> set[int]:
    """These and what stands on them, by the two directions of the graph, which have to agree."""
    found, more = set(nodes), set(nodes)
    while more:
        more = {above for node in more for above in sets.earlier.above(node)} - found
        found |= more
    down = set(nodes)
    for _ in range(len(sets)):
        down |= {node for node in range(1, len(sets)) if not down.isdisjoint(sets.earlier.below(node))}
    assert down == found
    return found


def test_a_change_reaches_what_stands_on_it_and_nothing_else() -> None:
    sets = ReadSets()
    a, b = leaf(sets, "a"), leaf(sets, "b")
    one = sets.question(("one", "a.py"), (a,))
    two = sets.question(("two", "b.py"), (b,))
    both = sets.question(("both",), (one, two))
    again = reread(sets)
    assert reached(again, {a}) == {a, one, both}
    assert reached(again, {b}) == {b, two, both}
    assert reached(again, set()) == set()
    assert again.path_of_question(one) == "a.py"
    assert again.path_of_question(both) == "#both"
    assert again.path_of_question(a) == ""


@pytest.mark.parametrize("rows", [1, 2, 3, 512])
def test_pages_of_any_size_find_the_same(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stored_graph, "_ROWS", rows)
    sets = ReadSets()
    leaves = [leaf(sets, f"m{n}") for n in range(7)]
    chain = [sets.question(("q", "m0.py", 0), (leaves[0],))]
    for n in range(1, 7):
        chain.append(sets.question(("q", "m0.py", n), (leaves[n], chain[-1])))
    again = reread(sets)
    for n in range(7):
        assert reached(again, {leaves[n]}) == {leaves[n], *chain[n:]}
        assert list(again.under(chain[n])) == [leaves[n], *chain[n - 1 : n]] if n else [leaves[0]]


def test_layers_are_joined_while_they_are_small_and_say_the_same() -> None:
    runs = [ReadSets()]
    shared = leaf(runs[0], "shared")
    for n in range(40):
        runs[0].question(("q", "m.py", n), (leaf(runs[0], f"m{n}"), shared))
    rising = {0: shared}
    for n in range(1, 9):
        run = reread(*runs)
        assert len(run.earlier.layers) <= 5
        rising[n] = run.question(("rising", "m.py", n), (rising[n - 1], leaf(run, f"new{n}")))
        runs.append(run)
    last = reread(*runs)
    assert reached(last, {rising[3]}) == {rising[n] for n in range(3, 9)}
    ranks = [last.earlier.rank(rising[n]) for n in range(9)]
    assert ranks == sorted(set(ranks))
    assert {last.path_of_question(rising[n]) for n in range(1, 9)} == {"m.py"}


def test_a_damaged_page_has_no_rows_and_is_told() -> None:
    sets = ReadSets()
    sets.question(("one", "a.py"), (leaf(sets, "a"),))
    _, layer, _ = sets.stored()
    graph = StoredGraph()
    graph.add(layer, 0)
    assert not graph.damaged
    assert graph.above(1) == []
    assert graph.damaged


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
    one = sets.question(("one", "a.py"), (a,))
    over = sets.question(("over",), (one,))
    again = reread(sets)
    c = leaf(again, "c")
    assert again.question(("one", "a.py"), (b, c)) == one
    last = reread(sets, again)
    assert list(last.under(one)) == [b, c]
    assert list(last.earlier.below(one)) == [a]
    assert reached(last, {one}) == {one, over}


def test_what_several_processes_made_is_one_graph() -> None:
    parent = ReadSets()
    shared = leaf(parent, "shared")
    whole = parent.question(("whole",), (shared,))
    workers = []
    for name in ("a", "b"):
        worker = copy.deepcopy(parent)
        worker.telling = True
        worker.forget_fresh()
        own = leaf(worker, name)
        big = worker.set_of((own, whole))
        worker.question((name, f"{name}.py"), (big,))
        worker.question(("same",), (leaf(worker, "x"), whole))
        workers.append(worker)
    merger = Merger(parent)
    for number, worker in enumerate(workers):
        known = merger.add(worker.piece(number))
        assert set(known) == set(range(whole + 1, len(worker)))
    questions = {name: parent.group(f"{name}.py").node((name, f"{name}.py")) for name in ("a", "b")}
    same = parent.group("#same").node(("same",))
    again = reread(parent)
    assert reached(again, {parent.leaf(("Body", "a.py:f"))}) >= {questions["a"]}
    assert questions["b"] not in reached(again, {parent.leaf(("Body", "a.py:f"))})
    assert reached(again, {shared}) >= {whole, same, *questions.values()}
    assert same in reached(again, {parent.leaf(("Body", "x.py:f"))})


def test_groups_are_files_or_queries() -> None:
    sets = ReadSets(frozenset({"all"}))
    assert sets.group_of(("q", "a/b.py:C.f", 1)) == "a/b.py"
    assert sets.group_of(("q", "name")) == "#q"
    assert sets.group_of(("q",)) == "#q"
    assert sets.group_of(("q", b"pickled")) == "#q"
    assert sets.group_of(("all", "a.py")) == "#all"


def test_arguments_that_are_long_or_strange_are_not_kept() -> None:
    assert question_of(("q", "a.py", 1, None, frozenset("yx"))) == ("q", "a.py", 1, None, ("x", "y"))
    assert isinstance(question_of(("q", ("a", 1)))[1], bytes)
    assert question_of(("q", frozenset(map(str, range(5000))))) is None
    assert question_of(("q", lambda: None)) is None


def test_what_stands_on_something_that_was_never_answered_is_never_trusted() -> None:
    answers = Answers(GROUNDS)
    answers.keep = {"sum"}
    answers.remember("sum", lambda project, key: 1, {("a.py:f",): 1}, [("never asked", "b.py:g")])
    sets = answers.readsets
    again = reread(sets)
    assert sets.group("a.py").node(("sum", "a.py:f")) in reached(again, {sets.known_leaf(UNKNOWN)})
