"""Requests that wait a moment, and go to Redis together."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from .errors import ArgumentError, SqlbusError
from .param import Param
from .request import Request, Statement
from .requests import Draft, RequestMaker

COUNT_MAX = 5000  # a script of Redis, which queue_limit takes, has no room for 8000


class Drafts:
    """What waits in a buffer, and whether it is time to go; no thread of its own."""

    def __init__(self, count_max: int, bytes_max: int, age_max: float | None) -> None:
        if not 1 <= count_max <= COUNT_MAX or bytes_max < 1:
            raise ArgumentError(f"count_max is 1 to {COUNT_MAX}, bytes_max at least 1")
        if age_max is not None and not 0 < age_max < 3600:
            raise ArgumentError("age_max is above 0 seconds, and below 3600")
        self._count_max = count_max
        self._bytes_max = bytes_max
        self.age_max = age_max
        self.failure: SqlbusError | None = None
        self.accepted = 0
        self.waiting: list[Draft] = []
        self._bytes = 0
        self._begun_at = 0.0

    def add(self, draft: Draft) -> bool:
        """True where they have to go now."""
        if not self.waiting:
            self._begun_at = time.monotonic()
        self.waiting.append(draft)
        self._bytes += len(draft.envelope)
        return len(self.waiting) >= self._count_max or self._bytes >= self._bytes_max

    def age_left(self) -> float | None:
        """Seconds until the oldest is as old as may be; None where nothing waits for time."""
        if self.age_max is None or not self.waiting or self.failure is not None:
            return None
        return max(self._begun_at + self.age_max - time.monotonic(), 0.0)

    def are_gone(self) -> None:
        self.accepted += len(self.waiting)
        self.discard()

    def discard(self) -> None:
        self.waiting, self._bytes, self.failure = [], 0, None


class Buffer:
    """Made by Client.buffer(). Any thread may add.

    The requests go in their order as soon as there are `count_max` of them or `bytes_max` bytes, or
    the oldest is `age_max` seconds old (a thread sees to that; None: they wait for the others).
    Where that fails they stay, and each add raises the same error until a flush has sent them or
    discard() has dropped them. Leaving a `with` block flushes; what is not flushed ends with the
    program.
    """

    def __init__(
        self,
        maker: RequestMaker,
        push: Callable[[Sequence[Draft]], None],
        *,
        count_max: int,
        bytes_max: int,
        age_max: float | None,
    ) -> None:
        self._maker = maker
        self._push = push
        self._changed = threading.Condition(threading.RLock())
        self._drafts = Drafts(count_max, bytes_max, age_max)
        self._watch: threading.Thread | None = None
        self._is_closed = False

    def add(self, statement: Statement, params: Sequence[Param] = (), **options: Any) -> str:
        """Returns the UUID. `options` are those of Request, by name."""
        draft = self._maker.draft(Request(statement=statement, params=params, **options))
        with self._changed:
            if self._is_closed:
                raise ValueError("the buffer is closed")
            if self._drafts.failure is not None:
                raise self._drafts.failure
            if self._drafts.add(draft):
                self._send_noting()
            elif len(self._drafts.waiting) == 1 and self._drafts.age_max is not None:
                self._start_watch()
                self._changed.notify_all()
        return draft.request.uuid or ""

    def flush(self) -> int:
        """Sends what waits. Returns how many Redis took since the flush before."""
        with self._changed:
            if self._drafts.waiting:
                self._send()
            accepted, self._drafts.accepted = self._drafts.accepted, 0
            return accepted

    def __len__(self) -> int:
        """How many Redis is not known to have."""
        with self._changed:
            return len(self._drafts.waiting)

    def discard(self) -> None:
        """Drops what waits; what may be on its way may still arrive."""
        with self._changed:
            self._drafts.discard()

    def close(self) -> None:
        """Flushes, and ends the thread also where that fails."""
        try:
            self.flush()
        finally:
            with self._changed:
                self._is_closed = True
                self._changed.notify_all()
                watch, self._watch = self._watch, None
            if watch is not None:
                watch.join()

    def __enter__(self) -> Buffer:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self) -> None:
        try:
            self._push(self._drafts.waiting)
        except SqlbusError as error:
            self._drafts.failure = error
            raise
        self._drafts.are_gone()

    def _send_noting(self) -> None:
        # What was added is in the buffer: its error is told by the next add or flush.
        try:
            self._send()
        except SqlbusError:
            pass

    def _start_watch(self) -> None:
        if self._watch is None:
            self._watch = threading.Thread(target=self._send_aged, name="sqlbus", daemon=True)
            self._watch.start()

    def _send_aged(self) -> None:
        with self._changed:
            while not self._is_closed:
                left = self._drafts.age_left()
                if left == 0.0:
                    self._send_noting()
                else:
                    self._changed.wait(left)
