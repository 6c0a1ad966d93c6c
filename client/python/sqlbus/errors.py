"""What can go wrong, as exceptions. One table says which ERRORID is which."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .request import Request


class SqlbusError(Exception):
    """The base of all others.

    `error_id` and `sqlstate` are those of the answer, None and "" where there was none. `uuid`
    names the request, where there is one. `retriable` says that the same may succeed at another
    time. Whether the UUID may be used again: after Unreachable, Unclear, QueueFull and Timeout yes,
    that is what it is for; after an answer no, a copy of a request gets the same answer.
    """

    is_passing = False

    def __init__(
        self,
        message: str,
        *,
        uuid: str | None = None,
        error_id: int | None = None,
        sqlstate: str = "",
        retriable: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.uuid = uuid
        self.error_id = error_id
        self.sqlstate = sqlstate
        self.retriable = self.is_passing if retriable is None else retriable
        # Of sends: those of the push that failed. To send them again, as they are, is safe.
        self.pending: Sequence[Request] = ()
        self.accepted: Sequence[str] = ()  # of send_many(): the UUIDs that Redis has


class ArgumentError(SqlbusError, ValueError):
    """The request cannot be made, and nothing was sent."""


class TooLarge(ArgumentError):
    """The envelope exceeds `request_bytes_max`; nothing was sent."""


class Unreachable(SqlbusError):
    """Redis could not be reached in time; the request is not on the queue."""

    is_passing = True


class Unclear(SqlbusError):
    """No word came from Redis: the request may be on the queue or not.

    Sending it again under the same UUID is safe where the bus runs with exactly_once.
    """

    is_passing = True


class RedisRefused(SqlbusError):
    """Redis said no, and the message is its answer; the request is not on the queue."""


class QueueFull(SqlbusError):
    """`queue_limit` requests wait already; this one is not on the queue."""

    is_passing = True


class Timeout(SqlbusError, TimeoutError):
    """No answer came in time. What the statement did, if it ran, is not known."""

    is_passing = True


class BadAnswer(SqlbusError):
    """What came on the reply channel is no response."""


class Expired(Timeout):
    """The bus says so (1301, 1302): the DEADLINE passed, and nothing has taken effect."""


class NotFound(SqlbusError):
    """Neither UPDATE nor INSERT of a pair changed a row (100)."""


class DatabaseError(SqlbusError):
    """The database refused the statement (-1); `sqlstate` says why."""


class ConstraintViolation(DatabaseError):
    """A unique, foreign key, not null or check constraint (SQLSTATE class 23)."""


class RequestRefused(SqlbusError):
    """The bus does not take the request (1001-1003, 1101, 1102, 1201, 1304, 1305)."""


class DatabaseUnavailable(SqlbusError):
    """The database could not be reached until the DEADLINE (1202)."""

    is_passing = True


class ReplyTooLarge(SqlbusError):
    """The result exceeds the bus's `reply_max` (1303); a write has taken effect."""


class Exhausted(SqlbusError):
    """It failed each time for a passing cause (1401), or the daemon died with it (1402)."""


_CLASSES: dict[int, type[SqlbusError]] = {
    100: NotFound,
    -1: DatabaseError,
    1001: RequestRefused,
    1002: RequestRefused,
    1003: RequestRefused,
    1101: RequestRefused,
    1102: RequestRefused,
    1201: RequestRefused,
    1202: DatabaseUnavailable,
    1301: Expired,
    1302: Expired,
    1303: ReplyTooLarge,
    1304: RequestRefused,
    1305: RequestRefused,
    1401: Exhausted,
    1402: Exhausted,
}

# Connection, rollback by the database, resources, operator; and a lock that was not to be had.
_PASSING_SQLSTATES = ("08", "40", "53", "57P", "55P03")


def error_from_answer(error_id: int, message: str, sqlstate: str, uuid: str) -> SqlbusError:
    """The exception for an answer whose ERRORID is not 0; a number that is new is a SqlbusError."""
    kind = _CLASSES.get(error_id, SqlbusError)
    if kind is DatabaseError and sqlstate.startswith("23"):
        kind = ConstraintViolation
    retriable = None
    if error_id == -1:
        retriable = sqlstate.startswith(_PASSING_SQLSTATES)
    if error_id == 1401:
        retriable = True
    text = message or f"ERRORID {error_id}"
    return kind(text, uuid=uuid, error_id=error_id, sqlstate=sqlstate, retriable=retriable)
