"""The client for programs with threads, or without."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import TracebackType
from typing import Any

from .buffer import Buffer
from .errors import SqlbusError
from .exchange import Limit, ServerClock, ask, ask_clock, push_all
from .link import LinkPool, RedisTransport, Transport, carry_out
from .param import Param
from .request import Part, Request, Statement, Upsert
from .requests import Draft, Item, RequestMaker, Settings
from .result import Result


class Client:
    """Hands requests over to the bus, by way of the Redis at `url`.

    `url` is redis://, rediss:// or unix:// as redis-py takes it, or the path of a socket. Nothing
    is connected before the first call. `settings` are those of Settings, by name.

    Threads: one client serves many threads; each call uses a connection of its own while it lasts.
    After fork() a child that goes on with its parent's client begins with new connections.
    A connection that breaks is replaced, and what was under way is sent again under the same UUID,
    until the time of the call is over; with resend=False the call raises Unclear instead.
    """

    def __init__(self, url: str, *, transport: Transport | None = None, **settings: Any) -> None:
        self._maker = RequestMaker(Settings(**settings))
        connect_timeout = self._maker.settings.connect_timeout
        self._pool = LinkPool(transport or RedisTransport(url, connect_timeout))
        self._clock = ServerClock()

    def send(
        self,
        statement: Statement,
        params: Sequence[Param] = (),
        *,
        queue: str | None = None,
        urgent: bool = False,
        timeout: float | None = None,
        **options: Any,
    ) -> str:
        """Puts a request on the queue and does not wait for its effect. Returns its UUID, once
        Redis has it. `options` are those of Request, by name."""
        push = self._maker.push(queue, urgent)
        draft = self._maker.draft(Request(statement=statement, params=params, **options))
        self._push([draft], push, timeout)
        return draft.request.uuid or ""

    def send_many(
        self,
        items: Iterable[Item],
        *,
        queue: str | None = None,
        timeout: float | None = None,
        **options: Any,
    ) -> list[str]:
        """Many at once, in their order: statements, (sql, params) or Requests. `timeout` is for
        each push of some hundred. An error's `accepted` are the UUIDs of those that Redis has, and
        its `pending` those of the push that failed; what `items` has behind these was not taken
        from it."""
        push = self._maker.push(queue, urgent=False)
        uuids: list[str] = []
        try:
            for batch in self._maker.batches(items, options):
                self._push(batch, push, timeout)
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
    ) -> Buffer:
        """Requests that go to Redis together, see Buffer."""
        push = self._maker.push(queue, urgent=False)
        return Buffer(
            self._maker,
            lambda drafts: self._push(drafts, push, None),
            count_max=count_max,
            bytes_max=bytes_max,
            age_max=age_max,
        )

    def query(
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
        """Executes and waits for the answer, `timeout` seconds at most.

        Its DEADLINE comes from the timeout: a statement that has not ended by then is not started,
        or cancelled and undone. With expires=False it runs all the same, and only the waiting ends.
        Rows have Python's types by those of the columns; with typed=False each cell is a str or
        None.
        """
        push = self._maker.push(queue, urgent)
        request = Request(statement=statement, params=params, typed=typed, **options)
        question = self._maker.question(request, push, timeout, expires)
        limit = Limit(question.timeout)
        answer = carry_out(ask(question, self._clock, limit), self._pool)
        if answer.error is not None:
            raise answer.error
        return answer.result

    def transaction(self, statements: list[Part], **options: Any) -> Result:
        """All in one transaction, or none. The rows are the last one's, `affected` is the sum."""
        return self.query(statements, **options)

    def upsert(self, update: Part, insert: Part, **options: Any) -> Result:
        """UPDATE; where it matches no row, INSERT; in one transaction."""
        return self.query(Upsert(update, insert), **options)

    def now(self) -> float:
        """The time by the Redis server, which deadlines go by, in seconds since 1970."""
        limit = Limit(self._maker.settings.send_timeout)
        return carry_out(ask_clock(self._clock, limit), self._pool)

    def close(self) -> None:
        """Ends the idle connections; calls that are under way end by themselves."""
        self._pool.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _push(self, drafts: Sequence[Draft], push: Any, timeout: float | None) -> None:
        limit = Limit(self._maker.settings.send_timeout if timeout is None else timeout)
        envelopes = [draft.envelope for draft in drafts]
        uuid = drafts[0].request.uuid if len(drafts) == 1 else None
        try:
            carry_out(push_all(envelopes, push, limit, uuid), self._pool)
        except SqlbusError as error:
            error.pending = [draft.request for draft in drafts]
            raise
