"""A request, and the envelope that it becomes."""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Union

from .errors import ArgumentError, TooLarge
from .param import Param, param_json, text_json

_UUID = re.compile(r"[!-~]{1,64}\Z")
_STATEMENTS_MAX = 1000
_PARAMS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Sql:
    """One SQL statement with its bind values."""

    text: str
    params: Sequence[Param] = ()


# A string, ("insert … values (?)", [42]), or Sql("insert … values (?)", [42]).
Part = Union[str, "tuple[str, Sequence[Param]]", Sql]


@dataclass(frozen=True, slots=True)
class Upsert:
    """Runs UPDATE; where it matches no row, INSERT; in one transaction."""

    update: Part
    insert: Part


# A list of parts is one transaction, all of them or none.
Statement = Union[str, Sql, Upsert, "list[Part]"]
Moment = Union[float, datetime.datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is to be executed. Moments are seconds since 1970, or datetimes with a time zone, both
    by the clock of the Redis server. `uuid` is named only to send a request again."""

    statement: Statement
    params: Sequence[Param] = ()
    database: str | None = None
    key: str | None = None
    deadline: Moment | None = None
    not_before: Moment | None = None
    max_rows: int | None = None
    typed: bool = False
    traceparent: str | None = None
    app: str | None = None
    uuid: str | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and what its requests may measure."""

    app: str
    request_bytes_max: int


def request_members(request: Request) -> dict[str, str]:
    """The members that say what is to be done, each as JSON text."""
    members = _statement_members(request)
    if request.database is not None:
        members["DATABASE"] = _bounded_text("DATABASE", request.database, None)
    if request.key is not None:
        members["KEY"] = _bounded_text("KEY", request.key, 512)
    if request.deadline is not None:
        members["DEADLINE"] = _moment_json("DEADLINE", request.deadline)
    if request.not_before is not None:
        members["NOT_BEFORE"] = _moment_json("NOT_BEFORE", request.not_before)
    if request.typed:
        members["TYPED"] = "true"
    if request.max_rows is not None:
        if type(request.max_rows) is not int or not 1 <= request.max_rows < 2**63:
            raise ArgumentError("MAX_ROWS must be an integer of at least 1")
        members["MAX_ROWS"] = str(request.max_rows)
    if request.traceparent is not None:
        members["TRACEPARENT"] = text_json(request.traceparent, "TRACEPARENT")
    return members


def caller_members(
    caller: Caller, request: Request, *, pid: int, timestamp: float, sync: bool
) -> dict[str, str]:
    """The members that say who asks, and where the answer goes."""
    if request.uuid is None or not _UUID.match(request.uuid):
        raise ArgumentError("UUID must be 1 to 64 printable ASCII characters without spaces")
    uuid = text_json(request.uuid, "UUID")
    app = caller.app if request.app is None else request.app
    members = {
        "UUID": uuid,
        "APP": _bounded_text("APP", app, 128),
        "PID": str(pid),
        "TYPE": '"REQUEST"',
        "SYNC": "true" if sync else "false",
        "TIMESTAMP": f"{timestamp:.6f}",
    }
    if sync:
        # A channel of its own: a late answer is never taken by another request.
        members["RCHANNEL"] = uuid
    return members


def envelope_of(members: dict[str, str], bytes_max: int) -> bytes:
    text = "{" + ",".join(f'"{name}":{value}' for name, value in members.items()) + "}"
    envelope = text.encode()
    if len(envelope) > bytes_max:
        raise TooLarge(f"the request has {len(envelope)} bytes, request_bytes_max is {bytes_max}")
    return envelope


def _statement_members(request: Request) -> dict[str, str]:
    statement = request.statement
    if isinstance(statement, str):
        return _single_members(Sql(statement, request.params))
    if request.params:
        raise ArgumentError("PARAMS stand in Sql(), or with each statement where there are several")
    if isinstance(statement, Sql):
        return _single_members(statement)
    if isinstance(statement, Upsert):
        parts: list[Part] = [statement.update, statement.insert]
        update, insert = _parts_json(parts)
        return {"STATEMENT": f'{{"UPDATE":{update},"INSERT":{insert}}}'}
    if not isinstance(statement, list):
        raise ArgumentError("STATEMENT must be a string, Sql, Upsert or a list of statements")
    if not 1 <= len(statement) <= _STATEMENTS_MAX:
        raise ArgumentError("STATEMENT must have 1 to 1000 statements")
    return {"STATEMENT": "[" + ",".join(_parts_json(statement)) + "]"}


def _single_members(statement: Sql) -> dict[str, str]:
    members = {"STATEMENT": _sql_json(statement.text)}
    if _checked_params(statement.params):
        members["PARAMS"] = _params_json(statement.params)
    return members


def _parts_json(parts: list[Part]) -> list[str]:
    wanted = [_part(part) for part in parts]
    if sum(len(_checked_params(part.params)) for part in wanted) > _PARAMS_MAX:
        raise ArgumentError("PARAMS has more than 1,000,000 values")
    return [_part_json(part) for part in wanted]


def _part(part: Part) -> Sql:
    if isinstance(part, Sql):
        return part
    if isinstance(part, str):
        return Sql(part)
    if isinstance(part, tuple) and len(part) == 2:
        return Sql(part[0], part[1])
    raise ArgumentError("a statement must be a string, (sql, params) or Sql")


def _part_json(part: Sql) -> str:
    if not part.params:
        return _sql_json(part.text)
    return f'{{"SQL":{_sql_json(part.text)},"PARAMS":{_params_json(part.params)}}}'


def _sql_json(sql: str) -> str:
    if not isinstance(sql, str):
        raise ArgumentError("STATEMENT must be a string")
    if not sql:
        raise ArgumentError("STATEMENT is empty")
    return text_json(sql, "STATEMENT")


def _checked_params(params: Sequence[Param]) -> Sequence[Param]:
    if not isinstance(params, (list, tuple)):
        raise ArgumentError("PARAMS must be a list or a tuple")
    if len(params) > _PARAMS_MAX:
        raise ArgumentError("PARAMS has more than 1,000,000 values")
    return params


def _params_json(params: Iterable[Param]) -> str:
    values = (param_json(value, f"value {i} of PARAMS") for i, value in enumerate(params, 1))
    return "[" + ",".join(values) + "]"


def _bounded_text(name: str, text: str, bytes_max: int | None) -> str:
    if not isinstance(text, str) or not text:
        raise ArgumentError(f"{name} must be a string that is not empty")
    json_text = text_json(text, name)
    if bytes_max is not None and len(text.encode()) > bytes_max:
        raise ArgumentError(f"{name} must be a string of 1 to {bytes_max} bytes")
    return json_text


def _moment_json(name: str, moment: Moment) -> str:
    if isinstance(moment, datetime.datetime):
        if moment.tzinfo is None:
            raise ArgumentError(f"{name} is a datetime without a time zone")
        moment = moment.timestamp()
    if isinstance(moment, bool) or not isinstance(moment, (int, float)):
        raise ArgumentError(f"{name} must be seconds since 1970 or a datetime")
    if not math.isfinite(moment) or not 0 <= moment < 1e11:
        raise ArgumentError(f"{name} must be seconds since 1970")
    return f"{moment:.6f}".rstrip("0").rstrip(".")
