"""Loops over what arrives: messages of a socket, a channel or a queue, tasks that are done. Each comes when it comes, so that none can be
fetched together with the others."""

from __future__ import annotations

from layercheck import ir
from layercheck.facts.rows import Body, Context
from layercheck.ir import Expr, dotted
from layercheck.project import Project
from layercheck.queries.batches import loop_statement
from layercheck.queries.callgraph import enclosing
from layercheck.queries.types import Typing

_STREAMS = frozenset({"iter_bytes", "iter_json", "iter_text", "listen"})
"""What gives the messages of a WebSocket of Starlette, of a channel of Redis, of a notification of PostgreSQL."""
_OWN_STREAMS = ("_stream", "subscribe")
"""How a project calls an asynchronous generator of what comes; `session.stream()` has the rows of one query."""
_RECEIVING = frozenset({
    "blmove", "blpop", "brpop", "brpoplpush", "bzpopmax", "bzpopmin", "get_message", "getone", "receive", "receive_bytes", "receive_json",
    "receive_message", "receive_messages", "receive_text", "recv", "recv_json", "recv_multipart", "recv_string", "xread", "xreadgroup",
})  # fmt: skip
"""What waits for the next message, by whatever library."""
_BROKERS = frozenset({
    "aio_pika", "aiokafka", "aiomqtt", "aiormq", "confluent_kafka", "kafka", "nats", "paho", "pika", "websockets", "zmq",
})  # fmt: skip
"""Libraries whose objects, looped over, give messages."""
_QUEUES = ("asyncio.Queue", "asyncio.queues.Queue", "queue.Queue", "queue.SimpleQueue", "multiprocessing.Queue")


def is_arrival(project: Project, body: Body, loop: Context) -> bool:
    """Whether a loop waits for what comes next, instead of going over data that is there."""
    if loop.kind == "while":
        return _waits(loop.info) or any(
            any(c.construct == loop.construct for c in enclosing(body, context)) and _receives(project, body, call)
            for call, context, *_ in body.raw_calls
        )
    if loop.kind != "for":
        return False
    iterable = loop.info[0]
    if ir.is_a(iterable, "call"):
        called = ir.last_name(iterable[1])
        if called in _STREAMS or (called.endswith(_OWN_STREAMS) and _is_async(body, loop)):
            return True
    name = dotted(iterable)
    if name is None:
        return False
    if _is_done_task(body, name):
        return True
    kind = Typing(project, body.key).type(iterable)
    return kind is not None and kind[0] == "inst" and kind[1].partition(".")[0] in _BROKERS and ":" not in kind[1]


def _is_async(body: Body, loop: Context) -> bool:
    statement = loop_statement(body, loop)
    return statement is not None and bool(statement[5])


def _waits(test: Expr) -> bool:
    """`while not stop.is_set():`"""
    return (
        ir.is_a(test, "un") and test[1] == "not" and ir.is_a(test[2], "call") and ir.last_name(test[2][1]) == "is_set"
    )


def _receives(project: Project, body: Body, call: Expr) -> bool:
    name = ir.last_name(call[1])
    if name in _RECEIVING or _waits_for_one(call):
        return True
    owner = (dotted(call[1]) or "").rpartition(".")[0]
    if name != "get" or not owner or any(not ir.is_a(e, "const") for e in call[2]):
        return False
    kind = Typing(project, body.key).name(owner, call[4])
    if kind is None:
        return owner.lower().endswith("queue")
    return kind[0] == "inst" and kind[1] in _QUEUES


def _is_done_task(body: Body, name: str) -> bool:
    """`done, waiting = await asyncio.wait(waiting, return_when=FIRST_COMPLETED)`"""
    for statement in ir.statements(body.statements):
        if statement[0] != "assign":
            continue
        value = statement[2][1] if ir.is_a(statement[2], "await") else statement[2]
        if _waits_for_one(value) and any(ir.is_a(t, "tuple") and t[1] and t[1][0] == name for t in statement[1]):
            return True
    return False


def _waits_for_one(e: Expr) -> bool:
    """Whether an expression waits for the first of some tasks."""
    return (
        ir.is_a(e, "call")
        and ir.last_name(e[1]) == "wait"
        and ir.last_name(ir.keyword(e, "return_when") or "") == "FIRST_COMPLETED"
    )
