"""What both clients do before and after they talk to Redis."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Union

from .errors import ArgumentError
from .exchange import Push, Question
from .request import (
    Caller,
    Part,
    Request,
    Sql,
    Statement,
    caller_members,
    envelope_of,
    request_members,
)
from .uuid7 import Uuid7Maker

# What send_many() takes: a statement, (sql, params), or a whole Request.
Item = Union[Statement, "tuple[str, Any]", Request]

BATCH_COUNT_MAX = 500
BATCH_BYTES_MAX = 256 * 1024
_APP_BYTES_MAX = 128
_DEADLINE_BYTES = 32


@dataclass(frozen=True, slots=True)
class Settings:
    """`timeout`, `send_timeout` and `connect_timeout` in seconds."""

    queue: str = "SqlBusDefaultQueue"
    app: str | None = None
    database: str | None = None
    timeout: float = 30.0
    send_timeout: float = 5.0
    connect_timeout: float = 5.0
    request_bytes_max: int = 32 * 1024 * 1024
    queue_limit: int | None = None
    resend: bool = True


@dataclass(frozen=True, slots=True)
class Draft:
    """A request with its UUID, and its envelope."""

    request: Request
    envelope: bytes


class RequestMaker:
    def __init__(self, settings: Settings) -> None:
        if not settings.queue or "{" in settings.queue or "}" in settings.queue:
            raise ArgumentError("a queue's name is not empty and holds no { or }")
        self.settings = settings
        self._uuids = Uuid7Maker()
        self._caller = Caller(settings.app or _program_name(), settings.request_bytes_max)

    def named(self, request: Request) -> Request:
        if request.database is None and self.settings.database is not None:
            request = replace(request, database=self.settings.database)
        return request if request.uuid is not None else replace(request, uuid=self._uuids.make())

    def draft(self, request: Request) -> Draft:
        """Of a request that nobody waits for."""
        request = self.named(request)
        members = self._caller_members(request, sync=False) | request_members(request)
        return Draft(request, envelope_of(members, self._caller.request_bytes_max))

    def question(
        self, request: Request, push: Push, timeout: float | None, expires: bool
    ) -> Question:
        """Of a request whose caller waits. Its own deadline, if any, goes before `timeout`."""
        limit = self.settings.timeout if timeout is None else timeout
        if not 0 < limit < 1e9:
            raise ArgumentError("timeout must be more than 0 seconds")
        request = self.named(request)
        assert request.uuid is not None
        members = self._caller_members(request, sync=True) | request_members(request)
        bytes_max = self._caller.request_bytes_max
        expires = expires and request.deadline is None
        # Refused before Redis is asked anything: a DEADLINE has less than this.
        envelope_of(members, bytes_max - (_DEADLINE_BYTES if expires else 0))

        def envelope_by(deadline: float | None) -> bytes:
            if deadline is not None:
                members["DEADLINE"] = f"{deadline:.6f}"
            return envelope_of(members, bytes_max)

        return Question(request.uuid, envelope_by, push, limit, expires, request.typed)

    def push(self, queue: str | None, urgent: bool) -> Push:
        settings = self.settings
        name = settings.queue if queue is None else queue
        if not name or "{" in name or "}" in name:
            raise ArgumentError("a queue's name is not empty and holds no { or }")
        return Push(name, urgent, settings.queue_limit, settings.resend)

    def batches(self, items: Iterable[Item], options: dict[str, Any]) -> Iterator[list[Draft]]:
        """Drafts that go together: up to 500, or until they have 256 KiB. No item is taken from
        `items` before the batches without it have been dealt with."""
        batch: list[Draft] = []
        size = 0
        for item in items:
            draft = self.draft(as_request(item, options))
            batch.append(draft)
            size += len(draft.envelope)
            if len(batch) == BATCH_COUNT_MAX or size >= BATCH_BYTES_MAX:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _caller_members(self, request: Request, sync: bool) -> dict[str, str]:
        return caller_members(
            self._caller, request, pid=os.getpid(), timestamp=time.time(), sync=sync
        )


def as_request(item: Item, options: dict[str, Any]) -> Request:
    if isinstance(item, Request):
        return item
    if isinstance(item, tuple):
        if len(item) != 2:
            raise ArgumentError(
                "a statement must be a string, (sql, params), Sql, Upsert or a list"
            )
        item = Sql(item[0], item[1])
    return Request(statement=item, **options)


def _program_name() -> str:
    name = os.path.basename(sys.argv[0]) if sys.argv and sys.argv[0] else ""
    cut = name.replace("\0", "").encode(errors="replace")[:_APP_BYTES_MAX].decode(errors="ignore")
    return cut or "python"


__all__ = ["Draft", "Item", "Part", "RequestMaker", "Settings", "as_request"]
