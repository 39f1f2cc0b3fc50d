"""Which commits a body reaches, of which session, and what runs around it."""

from __future__ import annotations

from layercheck.queries.around import around, decorator_wrappers
from layercheck.queries.commits import commits, different, two_steps
from support import project_of

_CODE = {
    "app/db.py": """
import functools
from sqlalchemy.orm import Session

class Unit:
    def __init__(self, session: Session):
        self.session = session
    def __enter__(self):
        return self
    def __exit__(self, *error):
        self.session.commit()

def committing(function):
    @functools.wraps(function)
    def wrapper(session: Session, *args):
        function(session, *args)
        session.commit()
    return wrapper

def save(session: Session, item):
    session.add(item)
    session.commit()

class Repository:
    def __init__(self, session: Session):
        self.session = session
    def add(self, item):
        save(self.session, item)
""",
    "app/use.py": """
from sqlalchemy.orm import Session
from app.db import Repository, Unit, committing, save

@committing
def wrapped(session: Session, item):
    session.add(item)

def use(one: Session, two: Session, item):
    save(one, item)
    Repository(two).add(item)
    with Unit(one):
        pass

def loops(one: Session, items):
    for item in items:
        save(one, item)
""",
}


def test_sessions_are_followed_through_parameters_and_constructors() -> None:
    found = commits(project_of(_CODE), "app/use.py:use")
    assert [(c.session, c.exits) for c in found] == [
        (("param", "one"), False),
        (("param", "two"), False),
        (("param", "one"), True),
    ]
    assert different(found[0].session, found[1].session)
    assert not different(found[0].session, found[2].session)


def test_decorators_and_context_managers_run_around_a_body() -> None:
    project = project_of(_CODE)
    assert decorator_wrappers(project, "app/use.py:wrapped") == ("app/db.py:committing.wrapper",)
    assert [a.callee for a in around(project, "app/use.py:use")] == ["app/db.py:Unit.__exit__"]


def test_a_commit_in_a_loop_is_a_commit_of_its_body_and_none_of_its_callers() -> None:
    project = project_of(
        {**_CODE, "app/top.py": "from app.use import loops\n\ndef top(one, items):\n    loops(one, items)\n"}
    )
    assert len(commits(project, "app/use.py:loops")) == 1
    assert commits(project, "app/top.py:top") == ()


def test_steps_have_something_to_write() -> None:
    project = project_of(_CODE)
    first, second, _ = commits(project, "app/use.py:use")
    assert two_steps(project, "app/use.py:use", first, second)
