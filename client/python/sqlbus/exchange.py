"""What is said to Redis, and what follows from its answers: once, for threads and for asyncio.

An exchange is a generator. It yields steps (open a connection, write, read, pause), and somebody
who knows how to wait carries them out: `link.py` with blocking sockets, `async_link.py` on an event
loop.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, Union

from .errors import QueueFull, RedisRefused, SqlbusError, Timeout, Unclear, Unreachable
from .result import Answer, read_answer

Command = Sequence[Union[str, bytes]]


@dataclass(frozen=True, slots=True)
class Open:
    """A connection, an idle one or a new one. Gives whether it is new. CannotConnect, Refused."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Write:
    """Commands, in one go. LinkBroken."""

    commands: Sequence[Command]
    seconds: float


@dataclass(frozen=True, slots=True)
class Read:
    """The reply to the oldest command that has none. LinkBroken, Refused."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Drop:
    """Ends the connection: what it may still bring is for nobody."""


@dataclass(frozen=True, slots=True)
class Pause:
    seconds: float


Step = Union[Open, Write, Read, Drop, Pause]
T = TypeVar("T")
Exchange = Generator[Step, Any, T]


class CannotConnect(Exception):
    """Nothing was written."""


class LinkBroken(Exception):
    """The connection ended, or was silent too long; it is of no more use."""


class Refused(Exception):
    """Redis answered with an error."""

    # A server that loads its data, is a replica just now, or let a blocked client go.
    _PASSING = ("LOADING", "READONLY", "MASTERDOWN", "UNBLOCKED", "CLUSTERDOWN", "TRYAGAIN")

    @property
    def is_passing(self) -> bool:
        return str(self).startswith(self._PASSING)


class Limit:
    """A moment until which something may last."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return max(self._end - time.monotonic(), 0.0)


class ServerClock:
    """The time by Redis, which DEADLINE goes by: asked now and then, on new connections always."""

    _TRUSTED_S = 60.0

    def __init__(self) -> None:
        self._offset = 0.0
        self._asked_at: float | None = None

    @property
    def is_stale(self) -> bool:
        return self._asked_at is None or time.monotonic() - self._asked_at > self._TRUSTED_S

    def set(self, reply: Any) -> None:
        self._asked_at = time.monotonic()
        self._offset = int(reply[0]) + int(reply[1]) / 1e6 - self._asked_at

    def now(self) -> float:
        return time.monotonic() + self._offset


@dataclass(frozen=True, slots=True)
class Push:
    """How envelopes get on a queue: in their order, all of them or none."""

    queue: str
    urgent: bool = False
    limit: int | None = None
    may_resend: bool = True

    def command(self, envelopes: Sequence[bytes]) -> Command:
        verb = "RPUSH" if self.urgent else "LPUSH"
        if self.limit is None:
            return (verb, self.queue, *envelopes)
        return ("EVAL", _PUSH_WITHIN, "1", self.queue, verb, str(self.limit), *envelopes)


# Looks and pushes in one step, so that callers who push at the same time cannot exceed the limit.
_PUSH_WITHIN = (
    "if redis.call('LLEN',KEYS[1])+#ARGV-2>tonumber(ARGV[2]) then return -1 end "
    "return redis.call(ARGV[1],KEYS[1],unpack(ARGV,3))"
)


class _Attempt:
    """How far one request has come, over all connections that it needed."""

    def __init__(self, limit: Limit, may_resend: bool, uuid: str | None) -> None:
        self.limit = limit
        self.may_resend = may_resend
        self.uuid = uuid
        self.may_be_there = False
        self._pause_s = 0.02

    def check(self, reply: Any, push: Push) -> None:
        if reply != -1:
            return
        text = f"{push.limit} requests wait on {push.queue}"
        if self.may_be_there:
            raise self._unclear(text + "; whether an earlier try came through is not known")
        raise QueueFull(text, uuid=self.uuid)

    def again(self, fault: Exception) -> Exchange[None]:
        """Waits before the next try, or raises: what the fault means for the caller."""
        if isinstance(fault, Refused) and not fault.is_passing:
            yield Drop()
            if self.may_be_there:
                raise self._unclear(str(fault))
            raise RedisRefused(str(fault), uuid=self.uuid)
        yield Drop()
        if self.may_be_there and not self.may_resend:
            raise self._unclear(str(fault))
        # Up to twice as long, so that callers who lost the same server do not come back as one.
        pause_s = self._pause_s * (1 + random.random())
        self._pause_s = min(self._pause_s * 2, 0.5)
        if pause_s >= self.limit.left():
            raise self.out_of_time(str(fault))
        yield Pause(pause_s)

    def out_of_time(self, why: str) -> SqlbusError:
        if self.may_be_there:
            return self._unclear(why)
        return Unreachable(why or "Redis cannot be reached in time", uuid=self.uuid)

    def _unclear(self, why: str) -> SqlbusError:
        return Unclear(f"the request may be on the queue or not: {why}", uuid=self.uuid)


def push_all(
    envelopes: Sequence[bytes], push: Push, limit: Limit, uuid: str | None
) -> Exchange[None]:
    """Until Redis has them. After a broken connection the very same envelopes go again."""
    attempt = _Attempt(limit, push.may_resend, uuid)
    command = push.command(envelopes)
    while True:
        try:
            yield Open(limit.left())
            is_unclear_before = attempt.may_be_there
            attempt.may_be_there = True
            yield Write([command], limit.left())
            try:
                reply = yield Read(limit.left())
            except Refused:
                attempt.may_be_there = is_unclear_before
                raise
            if reply == -1:
                attempt.may_be_there = is_unclear_before
            attempt.check(reply, push)
            return
        except (CannotConnect, LinkBroken, Refused) as fault:
            yield from attempt.again(fault)


def ask_clock(clock: ServerClock, limit: Limit) -> Exchange[float]:
    attempt = _Attempt(limit, True, None)
    while True:
        try:
            yield Open(limit.left())
            yield Write([("TIME",)], limit.left())
            clock.set((yield Read(limit.left())))
            return clock.now()
        except (CannotConnect, LinkBroken, Refused) as fault:
            yield from attempt.again(fault)


@dataclass(frozen=True, slots=True)
class Question:
    """A request whose caller waits. `envelope_by` gives the envelope for a DEADLINE, or none."""

    uuid: str
    envelope_by: Callable[[float | None], bytes]
    push: Push
    timeout: float
    expires: bool
    typed: bool


def ask(question: Question, clock: ServerClock, limit: Limit) -> Exchange[Answer]:
    """The answer to a request, or Timeout. Nothing is waited for beyond the limit."""
    attempt = _Attempt(limit, question.push.may_resend, question.uuid)
    envelope: bytes | None = None
    while True:
        try:
            is_new = yield Open(limit.left())
            if envelope is None:
                deadline = None
                if question.expires:
                    if is_new or clock.is_stale:
                        yield Write([("TIME",)], limit.left())
                        clock.set((yield Read(limit.left())))
                    deadline = clock.now() + limit.left() - _verdict_time(question.timeout)
                # From now on the same bytes, whatever happens: a copy is known by them.
                envelope = question.envelope_by(deadline)
            return (yield from _push_and_wait(question, envelope, attempt))
        except (CannotConnect, LinkBroken, Refused) as fault:
            if limit.left() == 0.0 and attempt.may_be_there:
                yield Drop()
                raise _timed_out(question) from fault
            try:
                yield from attempt.again(fault)
            except Unclear:
                is_final = isinstance(fault, Refused) and not fault.is_passing
                if is_final or not question.push.may_resend:
                    raise
                raise _timed_out(question) from fault


def _verdict_time(timeout: float) -> float:
    """At the DEADLINE the bus says what became of the request: time for that to arrive."""
    return min(timeout / 10, 0.25)


def _push_and_wait(question: Question, envelope: bytes, attempt: _Attempt) -> Exchange[Answer]:
    push = question.push
    was_unclear = attempt.may_be_there
    attempt.may_be_there = True
    commands = [push.command([envelope])]
    if push.limit is None:
        # Together: a question is one round trip. Where the push is refused the connection goes.
        commands.append(_pop(question, attempt.limit))
    yield Write(commands, attempt.limit.left())
    try:
        reply = yield Read(attempt.limit.left())
    except Refused:
        attempt.may_be_there = was_unclear
        raise
    if reply == -1:
        attempt.may_be_there = was_unclear
    attempt.check(reply, push)
    if push.limit is not None:
        yield Write([_pop(question, attempt.limit)], attempt.limit.left())
    while True:
        popped = yield Read(attempt.limit.left())
        if popped is not None:
            answer = read_answer(popped[1], question.typed)
            if answer.uuid == question.uuid:
                return answer
        if attempt.limit.left() == 0.0:
            raise _timed_out(question)
        yield Write([_pop(question, attempt.limit)], attempt.limit.left())


def _pop(question: Question, limit: Limit) -> Command:
    # Finite, for the case that Redis never hears that we have gone; it may be 100 ms late with it.
    seconds = max(limit.left(), 0.001)  # 0 would be for ever
    return ("BRPOP", question.uuid, f"{seconds:.3f}")


def _timed_out(question: Question) -> Timeout:
    return Timeout(f"no answer within {question.timeout:g} s", uuid=question.uuid)
