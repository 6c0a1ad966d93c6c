"""A connection that owes a reply is never used again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest
from sqlbus import async_link, link
from sqlbus.exchange import Command, Exchange, Open, Read, Refused, Write


class EchoLink:
    """Answers each command with its first word."""

    def __init__(self) -> None:
        self.is_closed = False
        self._replies: list[Any] = []

    def write(self, commands: Sequence[Command], seconds: float) -> None:
        self._replies += [command[0] for command in commands]

    def read(self, seconds: float) -> Any:
        reply = self._replies.pop(0)
        if reply == "FAIL":
            raise Refused("ERR")
        return reply

    def is_sound(self) -> bool:
        return not self.is_closed

    def close(self) -> None:
        self.is_closed = True


class EchoTransport:
    def __init__(self) -> None:
        self.links: list[EchoLink] = []

    def open(self, seconds: float) -> EchoLink:
        self.links.append(EchoLink())
        return self.links[-1]


class AsyncEchoLink:
    def __init__(self, echo: EchoLink) -> None:
        self._echo = echo

    async def write(self, commands: Sequence[Command], seconds: float) -> None:
        self._echo.write(commands, seconds)

    async def read(self, seconds: float) -> Any:
        return self._echo.read(seconds)

    def is_sound(self) -> bool:
        return self._echo.is_sound()

    async def close(self) -> None:
        self._echo.close()


class AsyncEchoTransport:
    def __init__(self, echoes: EchoTransport) -> None:
        self._echoes = echoes

    async def open(self, seconds: float) -> AsyncEchoLink:
        return AsyncEchoLink(self._echoes.open(seconds))


def talk(commands: Sequence[str], reads: int) -> Exchange[list[Any]]:
    yield Open(1)
    yield Write([(command,) for command in commands], 1)
    replies: list[Any] = []
    for _ in range(reads):
        replies.append((yield Read(1)))
    return replies


def run_in_turn(
    exchanges: Sequence[Exchange[Any]], transport: EchoTransport, is_async: bool
) -> None:
    """On one pool; Refused ends an exchange, not the others."""
    if not is_async:
        pool = link.LinkPool(transport)
        for exchange in exchanges:
            try:
                link.carry_out(exchange, pool)
            except Refused:
                pass
        return

    async def run() -> None:
        pool = async_link.AsyncLinkPool(AsyncEchoTransport(transport))
        for exchange in exchanges:
            try:
                await async_link.carry_out(exchange, pool)
            except Refused:
                pass

    asyncio.run(run())


@pytest.mark.parametrize("is_async", [False, True], ids=["threads", "asyncio"])
@pytest.mark.parametrize(
    ("commands", "reads", "links"),
    [
        (["A", "B"], 2, 1),  # every reply was read: the connection serves again
        (["A", "B"], 1, 2),  # one is left
        (["FAIL"], 1, 1),  # an error is a reply
        (["FAIL", "B"], 2, 2),  # the exchange ended before the second
    ],
)
def test_a_connection_goes_back_only_where_every_reply_was_read(
    commands: list[str], reads: int, links: int, is_async: bool
) -> None:
    transport = EchoTransport()
    run_in_turn([talk(commands, reads), talk(["C"], 1)], transport, is_async)
    assert len(transport.links) == links
    assert transport.links[0].is_closed == (links == 2)
