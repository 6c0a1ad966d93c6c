"""Connections to Redis for asyncio: redis-py's, each used by one exchange at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import redis
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from .exchange import (
    CannotConnect,
    Command,
    Drop,
    Exchange,
    LinkBroken,
    Open,
    Pause,
    Read,
    Refused,
    Write,
)
from .link import redis_url

T = TypeVar("T")


class AsyncLink(Protocol):
    """One connection; replies come in the order of the commands."""

    async def write(self, commands: Sequence[Command], seconds: float) -> None:
        ...

    async def read(self, seconds: float) -> Any:
        ...

    def is_sound(self) -> bool:
        ...

    async def close(self) -> None:
        ...


class AsyncTransport(Protocol):
    async def open(self, seconds: float) -> AsyncLink:
        ...


class AsyncRedisTransport:
    def __init__(self, url: str, connect_timeout: float) -> None:
        self._connect_timeout = connect_timeout
        self._pool = ConnectionPool.from_url(redis_url(url), retry=Retry(NoBackoff(), 0))
        # Without limits of its own: each step has one.
        self._pool.connection_kwargs.update(
            decode_responses=False, retry_on_timeout=False, socket_timeout=None
        )

    async def open(self, seconds: float) -> AsyncLink:
        connection = self._pool.make_connection()
        if not hasattr(connection, "host"):
            # redis-py 4.3 names both where it reports a broken connection, also of a unix socket.
            connection.host, connection.port = connection.path, 0
        link = AsyncRedisLink(connection)
        is_open = False
        try:
            async with asyncio.timeout(max(min(seconds, self._connect_timeout), 0.001)):
                await connection.connect()
            is_open = True
        except (redis.AuthenticationError, redis.ResponseError) as fault:
            raise Refused(str(fault)) from None
        except (TimeoutError, redis.RedisError, OSError) as fault:
            raise CannotConnect(str(fault) or "Redis does not answer") from None
        finally:
            if not is_open:
                await link.close()
        return link


class AsyncRedisLink:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def write(self, commands: Sequence[Command], seconds: float) -> None:
        try:
            packed = self._connection.pack_commands(commands)
            async with asyncio.timeout(max(seconds, 0.001)):
                await self._connection.send_packed_command(packed, check_health=False)
        except (TimeoutError, redis.RedisError, OSError) as fault:
            raise LinkBroken(str(fault) or "Redis does not answer") from None

    async def read(self, seconds: float) -> Any:
        if not self._connection.is_connected:
            raise LinkBroken("the connection is closed")
        try:
            async with asyncio.timeout(max(seconds, 0.001)):
                return await self._connection.read_response()
        except redis.BusyLoadingError as fault:
            raise Refused(f"LOADING {fault}") from None
        except redis.exceptions.ReadOnlyError as fault:
            raise Refused(f"READONLY {fault}") from None
        except redis.exceptions.MasterDownError as fault:
            raise Refused(f"MASTERDOWN {fault}") from None
        except redis.ResponseError as fault:
            raise Refused(str(fault)) from None
        except (TimeoutError, redis.RedisError, OSError) as fault:
            raise LinkBroken(str(fault) or "Redis does not answer") from None

    def is_sound(self) -> bool:
        """The loop has noticed the end of an idle connection by itself."""
        reader = getattr(self._connection, "_reader", None)
        return bool(self._connection.is_connected) and reader is not None and not reader.at_eof()

    async def close(self) -> None:
        try:
            async with asyncio.timeout(1.0):
                await self._connection.disconnect()
        except (TimeoutError, redis.RedisError, OSError):
            pass


class AsyncLinkPool:
    """Idle connections, of one event loop."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport
        self._idle: list[AsyncLink] = []
        self._is_closed = False

    async def take(self, seconds: float) -> tuple[AsyncLink, bool]:
        if self._is_closed:
            raise ValueError("the client is closed")
        while self._idle:
            link = self._idle.pop()
            if link.is_sound():
                return link, False
            await link.close()
        return await self._transport.open(seconds), True

    async def give_back(self, link: AsyncLink) -> None:
        if self._is_closed:
            await link.close()
        else:
            self._idle.append(link)

    async def close(self) -> None:
        self._is_closed = True
        while self._idle:
            await self._idle.pop().close()


async def carry_out(exchange: Exchange[T], pool: AsyncLinkPool) -> T:
    """The steps of an exchange, on a connection that goes back where every reply was read."""
    link: AsyncLink | None = None
    replies_due = 0
    outcome: Any = None
    fault: Exception | None = None
    try:
        while True:
            try:
                step = exchange.throw(fault) if fault is not None else exchange.send(outcome)
            except StopIteration as end:
                return end.value  # type: ignore[no-any-return]
            outcome, fault = None, None
            try:
                if isinstance(step, Open):
                    outcome = False
                    if link is None:
                        link, outcome = await pool.take(step.seconds)
                elif isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                elif isinstance(step, Drop):
                    if link is not None:
                        await link.close()
                    link, replies_due = None, 0
                elif link is None:
                    raise LinkBroken("there is no connection")
                elif isinstance(step, Write):
                    replies_due += len(step.commands)
                    await link.write(step.commands, step.seconds)
                else:
                    outcome = await link.read(step.seconds)
                    replies_due -= 1
            except Refused as refused:
                replies_due -= isinstance(step, Read)
                fault = refused
            except (CannotConnect, LinkBroken) as broken:
                fault = broken
    finally:
        # A task that is cancelled leaves a reply due: nobody else may read that.
        if link is not None:
            if replies_due == 0:
                await pool.give_back(link)
            else:
                await link.close()
