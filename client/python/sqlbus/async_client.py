"""The client for asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any

from .async_buffer import AsyncBuffer
from .async_link import AsyncLinkPool, AsyncRedisTransport, AsyncTransport, carry_out
from .errors import SqlbusError, Unreachable
from .exchange import Limit, ServerClock, ask, ask_clock, push_all
from .param import Param
from .request import Part, Request, Statement, Upsert
from .requests import Draft, Item, RequestMaker, Settings
from .result import Result


class AsyncClient:
    """Client, for asyncio: the same calls with `await`, of one event loop.

    Sends take effect in the order of their calls, also where they are not awaited one by one.
    At most `connections_max` queries wait at once, each on a connection of its own; others wait
    for these.
    A task may be cancelled at any time: nobody else gets its answer.
    """

    def __init__(
        self,
        url: str,
        *,
        connections_max: int = 64,
        transport: AsyncTransport | None = None,
        **settings: Any,
    ) -> None:
        self._maker = RequestMaker(Settings(**settings))
        connect_timeout = self._maker.settings.connect_timeout
        self._pool = AsyncLinkPool(transport or AsyncRedisTransport(url, connect_timeout))
        self._clock = ServerClock()
        self._turn = asyncio.Lock()
        self._seats = asyncio.Semaphore(connections_max)

    async def send(
        self,
        statement: Statement,
        params: Sequence[Param] = (),
        *,
        queue: str | None = None,
        urgent: bool = False,
        timeout: float | None = None,
        **options: Any,
    ) -> str:
        """As Client.send()."""
        push = self._maker.push(queue, urgent)
        draft = self._maker.draft(Request(statement=statement, params=params, **options))
        await self._push([draft], push, timeout)
        return draft.request.uuid or ""

    async def send_many(
        self,
        items: Iterable[Item],
        *,
        queue: str | None = None,
        timeout: float | None = None,
        **options: Any,
    ) -> list[str]:
        """As Client.send_many()."""
        push = self._maker.push(queue, urgent=False)
        uuids: list[str] = []
        try:
            for batch in self._maker.batches(items, options):
                await self._push(batch, push, timeout)
                uuids += [draft.request.uuid or "" for draft in batch]
        except SqlbusError as error:
            error.accepted = uuids
            raise
        return uuids

    def buffer(
        self,
        *,
        queue: str | None = None,
        count_max: int = 500,
        bytes_max: int = 256 * 1024,
        age_max: float | None = 0.1,
    ) -> AsyncBuffer:
        """Requests that go to Redis together, see AsyncBuffer."""
        push = self._maker.push(queue, urgent=False)
        return AsyncBuffer(
            self._maker,
            lambda drafts: self._push(drafts, push, None),
            count_max=count_max,
            bytes_max=bytes_max,
            age_max=age_max,
        )

    async def query(
        self,
        statement: Statement,
        params: Sequence[Param] = (),
        *,
        timeout: float | None = None,
        expires: bool = True,
        queue: str | None = None,
        urgent: bool = False,
        typed: bool = True,
        **options: Any,
    ) -> Result:
        """As Client.query()."""
        push = self._maker.push(queue, urgent)
        request = Request(statement=statement, params=params, typed=typed, **options)
        question = self._maker.question(request, push, timeout, expires)
        limit = Limit(question.timeout)
        await _enter(self._seats, limit, question.uuid, "all connections are waiting for answers")
        try:
            answer = await carry_out(ask(question, self._clock, limit), self._pool)
        finally:
            self._seats.release()
        if answer.error is not None:
            raise answer.error
        return answer.result

    async def transaction(self, statements: list[Part], **options: Any) -> Result:
        """As Client.transaction()."""
        return await self.query(statements, **options)

    async def upsert(self, update: Part, insert: Part, **options: Any) -> Result:
        """As Client.upsert()."""
        return await self.query(Upsert(update, insert), **options)

    async def now(self) -> float:
        """As Client.now()."""
        limit = Limit(self._maker.settings.send_timeout)
        return await carry_out(ask_clock(self._clock, limit), self._pool)

    async def close(self) -> None:
        """Ends the idle connections; calls that are under way end by themselves."""
        await self._pool.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _push(self, drafts: Sequence[Draft], push: Any, timeout: float | None) -> None:
        limit = Limit(self._maker.settings.send_timeout if timeout is None else timeout)
        envelopes = [draft.envelope for draft in drafts]
        uuid = drafts[0].request.uuid if len(drafts) == 1 else None
        try:
            # One after the other: a push that is tried again must not be overtaken.
            await _enter(self._turn, limit, uuid, "earlier sends have not ended")
            try:
                await carry_out(push_all(envelopes, push, limit, uuid), self._pool)
            finally:
                self._turn.release()
        except SqlbusError as error:
            error.pending = [draft.request for draft in drafts]
            raise


async def _enter(
    gate: asyncio.Lock | asyncio.Semaphore, limit: Limit, uuid: str | None, why: str
) -> None:
    if not gate.locked():
        await gate.acquire()  # at once: a task that is not suspended here keeps its place
        return
    try:
        async with asyncio.timeout(limit.left()):
            await gate.acquire()
    except TimeoutError:
        raise Unreachable(f"nothing was sent: {why}", uuid=uuid) from None
