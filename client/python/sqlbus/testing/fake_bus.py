"""A bus in the test's own process: neither Redis nor a daemon, an SQLite in memory behind it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..async_client import AsyncClient
from ..client import Client
from ..exchange import CannotConnect, Command, LinkBroken
from .sqlite_answer import SqliteAnswers, response


@dataclass(frozen=True, slots=True)
class _Failure:
    error_id: int
    message: str
    sqlstate: str


class FakeBus:
    """Executes what its clients push, at once, and answers as the bus does on SQLite.

        bus = FakeBus()
        shop = Shop(bus.client())
        shop.order("bolts", 42)
        assert bus.envelopes[0]["PARAMS"] == ["bolts", 42]
        assert bus.execute("select count(*) from orders") == [(1,)]

    `envelopes` are the requests as they came, copies among them; `dead` those that nobody waited
    for and that failed, as (envelope, ERRORID, message). A UUID that was applied is not applied
    again. Column types are those of the first cell that is not NULL: the bus knows the declared
    ones as well.
    """

    def __init__(self) -> None:
        self.envelopes: list[dict[str, Any]] = []
        self.dead: list[tuple[dict[str, Any], int, str]] = []
        self._changed = threading.Condition(threading.RLock())
        self._database = SqliteAnswers()
        self._queues: dict[str, deque[bytes]] = {}
        self._replies: dict[str, deque[bytes]] = {}
        self._delayed: list[tuple[float, bytes]] = []
        self._failures: deque[_Failure] = deque()
        self._breaks: deque[str] = deque()
        self._is_paused = False
        self._is_reachable = True
        self._ahead_s = 0.0

    def client(self, **settings: Any) -> Client:
        return Client("", transport=_FakeTransport(self), **settings)

    def async_client(self, **settings: Any) -> AsyncClient:
        return AsyncClient("", transport=_AsyncFakeTransport(self), **settings)

    def execute(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """On the database itself, past the bus."""
        with self._changed:
            return self._database.connection.execute(sql, params).fetchall()

    def fail_next(
        self, error_id: int = -1, message: str = "scripted", *, sqlstate: str = "", count: int = 1
    ) -> None:
        """The next `count` requests are not run, and end with this error."""
        with self._changed:
            self._failures.extend([_Failure(error_id, message, sqlstate)] * count)

    def break_next(self, when: str = "after") -> None:
        """The connection of the next push breaks "before" it arrives, or "after"."""
        if when not in ("before", "after"):
            raise ValueError(when)
        with self._changed:
            self._breaks.append(when)

    def pause(self) -> None:
        """Requests stay on their queue, unanswered, until resume()."""
        with self._changed:
            self._is_paused = True

    def resume(self) -> None:
        with self._changed:
            self._is_paused = False
            for queue in self._queues.values():
                while queue:
                    self._take(queue.pop())

    def unplug(self) -> None:
        """Redis cannot be reached until plug()."""
        with self._changed:
            self._is_reachable = False
            self._changed.notify_all()

    def plug(self) -> None:
        with self._changed:
            self._is_reachable = True

    def advance(self, seconds: float) -> None:
        """The bus's clock goes on; requests whose NOT_BEFORE has come are run."""
        with self._changed:
            self._ahead_s += seconds
            due = [item for item in self._delayed if item[0] <= self.now()]
            self._delayed = [item for item in self._delayed if item[0] > self.now()]
            for _, envelope in sorted(due, key=lambda item: item[0]):
                self._run(envelope)

    def now(self) -> float:
        return time.time() + self._ahead_s

    # What the connections below use.

    def check_reachable(self, fault: type[Exception]) -> None:
        with self._changed:
            if not self._is_reachable:
                raise fault("the bus is unplugged")

    def command(self, command: Command) -> Any:
        """The reply to a command that does not block."""
        name = str(command[0])
        with self._changed:
            if name == "TIME":
                microseconds = int(self.now() * 1e6)
                return [b"%d" % (microseconds // 10**6), b"%d" % (microseconds % 10**6)]
            if name == "EVAL":
                queue, verb, limit = str(command[3]), str(command[4]), int(command[5])
                waiting = len(self._queues.get(queue, ()))
                if waiting + len(command) - 6 > limit:
                    return -1
                return self._push(verb, queue, command[6:])
            return self._push(name, str(command[1]), command[2:])

    def pop(self, channel: str, seconds: float) -> list[bytes] | None:
        end = time.monotonic() + seconds
        with self._changed:
            while not self._replies.get(channel):
                left = end - time.monotonic()
                if left <= 0:
                    return None
                self._changed.wait(left)
                if not self._is_reachable:
                    raise LinkBroken("the bus is unplugged")
            reply = self._replies[channel].popleft()
            if not self._replies[channel]:
                del self._replies[channel]
            return [channel.encode(), reply]

    def has_reply(self, channel: str) -> bool:
        with self._changed:
            return bool(self._replies.get(channel))

    def _push(self, verb: str, name: str, envelopes: Sequence[str | bytes]) -> int:
        when = self._breaks.popleft() if self._breaks else ""
        if when == "before":
            raise LinkBroken("scripted")
        queue = self._queues.setdefault(name, deque())
        for text in envelopes:
            envelope = text.encode() if isinstance(text, str) else bytes(text)
            self.envelopes.append(json.loads(envelope))
            if verb == "RPUSH":
                queue.append(envelope)
            else:
                queue.appendleft(envelope)
        length = len(queue)
        if not self._is_paused:
            while queue:
                self._take(queue.pop())
        if when == "after":
            raise LinkBroken("scripted")
        return length

    def _take(self, envelope: bytes) -> None:
        not_before = json.loads(envelope).get("NOT_BEFORE", 0)
        if not_before > self.now():
            self._delayed.append((not_before, envelope))
        else:
            self._run(envelope)

    def _run(self, envelope: bytes) -> None:
        request = json.loads(envelope)
        if request.get("DEADLINE", float("inf")) < self.now():
            answer = response(request, error_id=1301, message="the DEADLINE has passed")
        elif self._failures:
            failure = self._failures.popleft()
            answer = response(
                request,
                error_id=failure.error_id,
                message=failure.message,
                sqlstate=failure.sqlstate,
            )
        else:
            answer = self._database.answer(envelope)
        if request["SYNC"]:
            text = json.dumps(answer, ensure_ascii=False).encode()
            self._replies.setdefault(request["RCHANNEL"], deque()).append(text)
            self._changed.notify_all()
        elif answer["ERRORID"] not in (0, 100, 1301):
            self.dead.append((request, answer["ERRORID"], answer["MESSAGE"]))


class _FakeTransport:
    def __init__(self, bus: FakeBus) -> None:
        self._bus = bus

    def open(self, seconds: float) -> _FakeLink:
        self._bus.check_reachable(CannotConnect)
        return _FakeLink(self._bus)


class _FakeLink:
    def __init__(self, bus: FakeBus) -> None:
        self._bus = bus
        self._replies: deque[Any] = deque()

    def write(self, commands: Sequence[Command], seconds: float) -> None:
        self._bus.check_reachable(LinkBroken)
        for command in commands:
            is_pop = command[0] == "BRPOP"
            self._replies.append(command if is_pop else [self._bus.command(command)])

    def read(self, seconds: float) -> Any:
        reply = self._replies.popleft()
        if isinstance(reply, list):
            return reply[0]
        return self._bus.pop(str(reply[1]), min(float(reply[2]), seconds))

    def is_sound(self) -> bool:
        return True

    def is_ready(self) -> bool:
        """read() will not block."""
        reply = self._replies[0]
        return isinstance(reply, list) or self._bus.has_reply(str(reply[1]))

    def close(self) -> None:
        pass


class _AsyncFakeTransport:
    def __init__(self, bus: FakeBus) -> None:
        self._bus = bus

    async def open(self, seconds: float) -> _AsyncFakeLink:
        self._bus.check_reachable(CannotConnect)
        return _AsyncFakeLink(_FakeLink(self._bus))


class _AsyncFakeLink:
    def __init__(self, link: _FakeLink) -> None:
        self._link = link

    async def write(self, commands: Sequence[Command], seconds: float) -> None:
        self._link.write(commands, seconds)

    async def read(self, seconds: float) -> Any:
        if self._link.is_ready():
            return self._link.read(seconds)
        return await asyncio.to_thread(self._link.read, seconds)

    def is_sound(self) -> bool:
        return True

    async def close(self) -> None:
        pass
