"""What the program does."""

import asyncio

from app.models import Person, Task
from app.repositories import People, Projects, Tasks
from sqlalchemy.ext.asyncio import AsyncSession


class Board:
    """Shows projects and tasks."""

    def __init__(self, session: AsyncSession) -> None:
        self.projects = Projects(session)
        self.tasks = Tasks(session)
        self.people = People(session)

    async def counts_slowly(self) -> dict[str, int]:
        """Counts the tasks of each project by itself."""
        out = {}
        for project in await self.projects.many():
            out[project.name] = await self.tasks.count(Task.project_id == project.id)  # grows: LC601
        return out

    async def counts(self) -> dict[str, int]:
        """Counts them all at once."""
        per_project = await self.tasks.per_project()
        return {project.name: per_project.get(project.id, 0) for project in await self.projects.many()}

    async def titles(self) -> list[str]:
        """The tasks of all projects, loaded with these, and who does them."""
        return [f"{t.title} ({t.person.name})" for project in await self.projects.many() for t in project.tasks]

    async def finish(self) -> None:
        """Marks all tasks as done: one statement for all of them."""
        for task in await self.tasks.many(Task.done.is_(False)):
            task.done = True
        await self.tasks.session.flush()

    async def names_slowly(self) -> list[str]:
        """Looks people up one by one."""
        keys = [task.person_id for task in await self.tasks.many()]
        people = [await self.people.one(key) for key in keys]  # grows: LC601
        return [person.name for person in people if person]

    async def names(self) -> list[str]:
        """Looks them up at once."""
        keys = {task.person_id for task in await self.tasks.many()}
        return [person.name for person in await self.people.many(Person.id.in_(keys))]

    async def summary(self) -> list[int]:
        """Three counts, one after the other: they share a session."""
        counts = []
        for repository in (self.projects, self.tasks, self.people):
            counts.append(await repository.count())
        await asyncio.sleep(0)
        return counts
