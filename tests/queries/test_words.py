"""What the words of a body say, and the names that stand for others."""

from __future__ import annotations

import pytest

from layercheck.facts.rows import Body, Function
from layercheck.queries.environment import reads
from layercheck.queries.router_handing import handing_names, router_parameters
from layercheck.queries.words import known_as, mentions, says, stands_for
from support import project_of

FILES = {
    "one.py": "from os import getenv as env\nimport os as system\n",
    "two.py": "from one import env\nread = env\nclass Reader:\n    get_it = read\n",
    "three.py": "other = unrelated\n",
}


def test_names_are_followed_over_files() -> None:
    project = project_of(FILES)
    assert known_as(project, frozenset({"getenv"})) == frozenset({"getenv", "env", "read", "get_it"})
    assert known_as(project, frozenset({"nothing"})) == frozenset({"nothing"})


def body_of(code: str) -> Body:
    project = project_of({"m.py": f"def f(a):\n    {code}\n"})
    body = project.get(Body, "m.py:f")
    assert body is not None
    return body


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("x = 1", "x"),
        ("a.b.c = 1", "c"),
        ("a().b", "b"),
        ("f(key=1)", "key"),
        ("f(**a)", "**"),
        ("raise a", "raise"),
        ("(y := 1)", "y"),
        ("[z for z in a]", "z"),
        ("print(f'{deep.name}')", "name"),
        ("lambda: inner", "inner"),
    ],
)
def test_words(code: str, word: str) -> None:
    assert word in body_of(code).words


def test_except_is_a_word() -> None:
    project = project_of({"m.py": "def f():\n    try:\n        g()\n    except E:\n        pass\n"})
    body = project.get(Body, "m.py:f")
    assert body is not None
    assert "except" in body.words


def test_texts_leave_docstrings_out() -> None:
    project = project_of({"m.py": "def f(a):\n    'about f'\n    return a['key'], f'part {a} rest', b'bytes'\n"})
    body = project.get(Body, "m.py:f")
    assert body is not None
    assert body.texts == ("key", "part ", " rest")


def test_a_read_by_another_name_is_found() -> None:
    """`mentions` may only pass over bodies that cannot read: here nothing is called getenv where it is used."""
    project = project_of({"use.py": "from os import getenv as env\ndef f():\n    return env('PORT')\n"})
    body = project.get(Body, "use.py:f")
    assert body is not None
    assert mentions(project, body, frozenset({"getenv"}))
    assert [r.name for r in reads(project, "use.py:f")] == ["PORT"]


def test_names_of_parameters_stand_for_their_defaults() -> None:
    project = project_of({"m.py": "def ask(say=print):\n    say('?')\n"})
    assert "say" in known_as(project, frozenset({"print"}))


ALIASES = {
    "deps.py": "Session = Annotated[Db, Depends(get_db)]\ndef asks(f):\n    return Depends(f)\ndef other():\n    Depends\n",
    "more.py": "from deps import Session as S\nclass Mixed:\n    held = Optional[S]\nlater = asks(1)\n",
}


def test_what_brings_a_name_along() -> None:
    project = project_of(ALIASES)
    names = frozenset({"Depends"})
    assert stands_for(project, names) == {"Depends", "Session", "S", "held"}
    assert stands_for(project, names, True) == {"Depends", "Session", "S", "held", "asks", "later"}


@pytest.mark.parametrize(
    "annotation",
    ["Session", "deps.Session", "Optional[Session]", "'deps.Session | None'", "x.y().Session", "Db | Session"],
)
def test_an_expression_says_a_name(annotation: str) -> None:
    project = project_of({"m.py": f"def f(a: {annotation}, b: int = Other()):\n    pass\n"})
    function = project.get(Function, "m.py:f")
    assert function is not None
    assert says(function.params[0].annotation, frozenset({"Session"}))
    assert not says(function.params[1].annotation, frozenset({"Session"}))
    assert not says(function.params[1].default, frozenset({"Session"}))
    assert not says(None, frozenset({"Session"}))


HANDED = {
    "routes.py": "def attach(app):\n    app.include_router(r)\ndef plain(x):\n    x.get('k')\n",
    "setup.py": "from routes import attach as put\ndef configure(app, more):\n    put(app)\ndef unrelated(app):\n    plain(app)\n",
    "classes.py": "from setup import configure\nclass Kit:\n    def __init__(self, app):\n        configure(app, 1)\nclass Wider(Kit):\n    pass\n",
}


def test_the_names_by_which_routers_are_handed_on() -> None:
    names = handing_names(project_of(HANDED))
    assert {"attach", "put", "configure", "Kit", "Wider"} <= names
    assert names.isdisjoint({"plain", "unrelated", ""})


SPREAD = {
    "kit.py": """
class Kit:
    def __init__(self, app):
        self.start(app)
    def start(self, app):
        app.include_router(r)
class Wider(Kit):
    def __init__(self, app, more):
        super().__init__(app)
    @classmethod
    def of(cls, app):
        return cls(app, 1)
""",
    "jobs.py": """
class Job:
    def __init__(self, name):
        self.name = name
    def start(self, worker):
        worker.run(self)
class Late(Job):
    def __init__(self, name):
        super().__init__(name)
def begin(worker, job: Job):
    job.start(worker)
def twice(session, url):
    session.mount("https://", Adapter(session))
    begin(url, session)
""",
}


def test_a_name_alone_hands_nothing_on() -> None:
    """`job.start(worker)` is another `start`, and `super().__init__` that of another class."""
    project = project_of(SPREAD)
    found = {
        f.key for path in project.files() for f in project.of_file(Function, path) if router_parameters(project, f.key)
    }
    assert found == {f"kit.py:{name}" for name in ("Kit.__init__", "Kit.start", "Wider.__init__", "Wider.of")}
    assert {"begin", "twice", "Job", "Late"}.isdisjoint(handing_names(project))
