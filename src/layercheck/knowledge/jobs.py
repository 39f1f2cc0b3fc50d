"""What makes a function a background task, a queue worker, a scheduled job or a command.

Asked by `queries.jobs`. Source: the documentation of FastAPI, asyncio, anyio, APScheduler, Celery, dramatiq, arq, RQ, taskiq, huey,
FastStream, Prefect, Typer and Click.
"""

from __future__ import annotations

JOB_DECORATORS: frozenset[str] = frozenset({
    "actor", "command", "cron", "cronjob", "db_periodic_task", "db_task", "flow", "group", "job", "on_after_configure", "periodic_task",
    "repeat_every", "scheduled_job", "shared_task", "subscriber", "task",
})  # fmt: skip
"""Last names of decorators."""

STARTERS: dict[str, tuple[int, str]] = {
    "Process": (1, "target"),
    "Thread": (1, "target"),
    "Timer": (1, "function"),
    "add_job": (0, "func"),
    "add_task": (0, "func"),
    "call_later": (1, "callback"),
    "create_task": (0, "coro"),
    "enqueue": (0, "f"),
    "ensure_future": (0, "coro_or_future"),
    "run_coroutine_threadsafe": (0, "coro"),
    "run_until_complete": (0, "future"),
    "start_soon": (0, "func"),
    "BackgroundTask": (0, "func"),
}
"""Last name of a call -> where the function (or its coroutine) stands: position and keyword."""

JOB_MODULES: frozenset[str] = frozenset({
    "background", "background_jobs", "background_tasks", "celery", "celery_app", "celery_tasks", "celery_worker", "cron", "crons", "cronjobs",
    "job", "jobs", "scheduled", "scheduled_tasks", "scheduler", "schedulers", "tasks", "worker", "workers",
})  # fmt: skip
"""Names of modules and folders that hold such functions."""
