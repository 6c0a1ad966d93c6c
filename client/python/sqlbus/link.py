"""Connections to Redis for threads: redis-py's, each used by one exchange at a time."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from .exchange import (
    CannotConnect,
    Command,
    Drop,
    Exchange,
    Limit,
    LinkBroken,
    Open,
    Pause,
    Read,
    Refused,
    Write,
)

T = TypeVar("T")


class Link(Protocol):
    """One connection; replies come in the order of the commands."""

    def write(self, commands: Sequence[Command], seconds: float) -> None:
        ...

    def read(self, seconds: float) -> Any:
        ...

    def is_sound(self) -> bool:
        ...

    def close(self) -> None:
        ...


class Transport(Protocol):
    def open(self, seconds: float) -> Link:
        ...


def redis_url(url: str) -> str:
    return f"unix://{url}" if url.startswith("/") else url


class RedisTransport:
    def __init__(self, url: str, connect_timeout: float) -> None:
        self._connect_timeout = connect_timeout
        # Only a maker of connections: what is tried again, and when, the exchange decides.
        self._pool = redis.ConnectionPool.from_url(redis_url(url), retry=Retry(NoBackoff(), 0))
        self._pool.connection_kwargs.update(decode_responses=False, retry_on_timeout=False)

    def open(self, seconds: float) -> Link:
        connection = self._pool.make_connection()
        limit = max(min(seconds, self._connect_timeout), 0.001)
        connection.socket_connect_timeout = limit
        connection.socket_timeout = limit
        try:
            connection.connect()
        except (redis.AuthenticationError, redis.ResponseError) as fault:
            raise Refused(str(fault)) from None
        except redis.BusyLoadingError as fault:
            raise CannotConnect(str(fault)) from None
        except (redis.RedisError, OSError) as fault:
            raise CannotConnect(str(fault)) from None
        return RedisLink(connection)


class RedisLink:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def write(self, commands: Sequence[Command], seconds: float) -> None:
        try:
            self._limit(seconds)
            packed = self._connection.pack_commands(commands)
            self._connection.send_packed_command(packed, check_health=False)
        except (redis.RedisError, OSError) as fault:
            raise LinkBroken(str(fault)) from None

    def read(self, seconds: float) -> Any:
        try:
            self._limit(seconds)
            return self._connection.read_response()
        except redis.BusyLoadingError as fault:
            raise Refused(f"LOADING {fault}") from None
        except redis.exceptions.ReadOnlyError as fault:
            raise Refused(f"READONLY {fault}") from None
        except redis.exceptions.MasterDownError as fault:
            raise Refused(f"MASTERDOWN {fault}") from None
        except redis.ResponseError as fault:
            raise Refused(str(fault)) from None
        except (redis.RedisError, OSError) as fault:
            raise LinkBroken(str(fault)) from None

    def is_sound(self) -> bool:
        """Nothing is read on an idle connection but its end."""
        try:
            return not self._connection.can_read(timeout=0)
        except (redis.RedisError, OSError):
            return False

    def close(self) -> None:
        try:
            self._connection.disconnect()
        except (redis.RedisError, OSError):
            pass

    def _limit(self, seconds: float) -> None:
        # redis-py sets a connection's limit once; ours is what is left of the caller's time.
        sock = self._connection._sock
        if sock is None:
            raise LinkBroken("the connection is closed")
        sock.settimeout(max(seconds, 0.001))


class LinkPool:
    """Idle connections. Any thread; a child of fork() begins with none."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._lock = threading.Lock()
        self._idle: list[Link] = []
        self._pid = os.getpid()
        self._is_closed = False

    def take(self, seconds: float) -> tuple[Link, bool]:
        """A connection, and whether it is new."""
        while (link := self._pop()) is not None:
            if link.is_sound():
                return link, False
            link.close()
        return self._transport.open(seconds), True

    def give_back(self, link: Link) -> None:
        with self._lock:
            if not self._is_closed and self._pid == os.getpid():
                self._idle.append(link)
                return
        link.close()

    def close(self) -> None:
        with self._lock:
            links, self._idle, self._is_closed = self._idle, [], True
        for link in links:
            link.close()

    def _pop(self) -> Link | None:
        with self._lock:
            if self._is_closed:
                raise ValueError("the client is closed")
            if self._pid != os.getpid():
                self._idle, self._pid = [], os.getpid()  # the parent's, which goes on using them
            return self._idle.pop() if self._idle else None


def carry_out(exchange: Exchange[T], pool: LinkPool) -> T:
    """The steps of an exchange, on a connection that goes back where every reply was read."""
    link: Link | None = None
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
                        link, outcome = pool.take(step.seconds)
                elif isinstance(step, Pause):
                    time.sleep(step.seconds)
                elif isinstance(step, Drop):
                    if link is not None:
                        link.close()
                    link, replies_due = None, 0
                elif link is None:
                    raise LinkBroken("there is no connection")
                elif isinstance(step, Write):
                    replies_due += len(step.commands)
                    link.write(step.commands, step.seconds)
                else:
                    outcome = link.read(step.seconds)
                    replies_due -= 1
            except Refused as refused:
                replies_due -= isinstance(step, Read)
                fault = refused
            except (CannotConnect, LinkBroken) as broken:
                fault = broken
    finally:
        if link is not None:
            if replies_due == 0:
                pool.give_back(link)
            else:
                link.close()


__all__ = ["Limit", "Link", "LinkPool", "RedisTransport", "Transport", "carry_out"]
