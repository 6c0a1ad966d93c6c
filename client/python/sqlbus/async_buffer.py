"""Requests that wait a moment, and go to Redis together: for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any

from .buffer import Drafts
from .errors import SqlbusError
from .param import Param
from .request import Request, Statement
from .requests import Draft, RequestMaker


class AsyncBuffer:
    """Buffer, for asyncio. Made by AsyncClient.buffer(); a task sees to `age_max`."""

    def __init__(
        self,
        maker: RequestMaker,
        push: Callable[[Sequence[Draft]], Awaitable[None]],
        *,
        count_max: int,
        bytes_max: int,
        age_max: float | None,
    ) -> None:
        self._maker = maker
        self._push = push
        self._turn = asyncio.Lock()
        self._drafts = Drafts(count_max, bytes_max, age_max)
        self._watch: asyncio.Task[None] | None = None
        self._is_closed = False

    async def add(self, statement: Statement, params: Sequence[Param] = (), **options: Any) -> str:
        """As Buffer.add()."""
        draft = self._maker.draft(Request(statement=statement, params=params, **options))
        async with self._turn:
            if self._is_closed:
                raise ValueError("the buffer is closed")
            if self._drafts.failure is not None:
                raise self._drafts.failure
            if self._drafts.add(draft):
                await self._send_noting()
            elif self._drafts.age_max is not None and (self._watch is None or self._watch.done()):
                self._watch = asyncio.create_task(self._send_aged())
        return draft.request.uuid or ""

    async def flush(self) -> int:
        """As Buffer.flush()."""
        async with self._turn:
            if self._drafts.waiting:
                await self._send()
            accepted, self._drafts.accepted = self._drafts.accepted, 0
            return accepted

    def __len__(self) -> int:
        return len(self._drafts.waiting)

    def discard(self) -> None:
        """As Buffer.discard()."""
        self._drafts.discard()

    async def close(self) -> None:
        """Flushes, and ends the task also where that fails."""
        try:
            await self.flush()
        finally:
            self._is_closed = True
            if self._watch is not None:
                self._watch.cancel()
                await asyncio.gather(self._watch, return_exceptions=True)

    async def __aenter__(self) -> AsyncBuffer:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _send(self) -> None:
        try:
            await self._push(self._drafts.waiting)
        except SqlbusError as error:
            self._drafts.failure = error
            raise
        self._drafts.are_gone()

    async def _send_noting(self) -> None:
        try:
            await self._send()
        except SqlbusError:
            pass

    async def _send_aged(self) -> None:
        """Until nothing waits; the next add begins anew."""
        while (left := self._drafts.age_left()) is not None:
            await asyncio.sleep(left)
            async with self._turn:
                if self._drafts.age_left() == 0.0:
                    await self._send_noting()
