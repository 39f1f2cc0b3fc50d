"""The repositories of the program."""

from typing import Any

from app.base import BaseRepository
from app.models import Person, Project, Task
from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload


class Projects(BaseRepository[Project]):
    """Projects with their tasks."""

    model = Project

    def statement(self) -> Select[Any]:
        """With the tasks."""
        return super().statement().options(selectinload(Project.tasks))


class Tasks(BaseRepository[Task]):
    """Tasks."""

    model = Task

    async def per_project(self) -> dict[int, int]:
        """How many each project has."""
        rows = await self.session.execute(select(Task.project_id, func.count()).group_by(Task.project_id))
        return {key: count for key, count in rows.all() if count}


class People(BaseRepository[Person]):
    """People."""

    model = Person
