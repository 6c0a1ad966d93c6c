"""A response, and the rows that it brings."""

from __future__ import annotations

import base64
import binascii
import datetime
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .errors import BadAnswer, SqlbusError, error_from_answer


@dataclass(frozen=True, slots=True)
class Column:
    """`type` is one of bool, int, decimal, float, text, bytes, date, time, timestamp, json, uuid,
    other."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Result:
    """What a statement brought: iterating yields its rows as tuples."""

    uuid: str
    columns: tuple[Column, ...]
    rows: list[tuple[Any, ...]]
    affected: int = 0
    truncated: bool = False  # MAX_ROWS cut the rows
    duplicate: bool = False  # the UUID had been applied before: this is the first answer
    dbtype: str = ""
    queued_ms: float | None = None
    executed_ms: float | None = None
    traceparent: str = ""

    def dicts(self) -> list[dict[str, Any]]:
        """The rows by column names; of columns of one name the last is seen."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row)) for row in self.rows]

    def one(self) -> tuple[Any, ...]:
        """The only row; LookupError where there is none, or another one."""
        if len(self.rows) != 1:
            raise LookupError(f"one row was expected, {len(self.rows)} came")
        return self.rows[0]

    def scalar(self) -> Any:
        """The first cell of the first row, None where there is no row."""
        return self.rows[0][0] if self.rows else None

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Answer:
    """A response as it came: it has a result, or an error."""

    uuid: str
    error: SqlbusError | None
    result: Result


def read_answer(text: bytes | str, typed: bool) -> Answer:
    """Raises BadAnswer where the text is no response. Unknown members are passed over."""
    members = _members(text)
    uuid_text = _member(members, "UUID", str, None)
    error_id = _member(members, "ERRORID", int, None)
    names = _member(members, "FIELD", list, [])
    types = _member(members, "TYPES", list, [])
    if types and len(types) != len(names):
        raise BadAnswer("TYPES: not one for each FIELD")
    if not all(isinstance(text, str) for text in [*names, *types]):
        raise BadAnswer("FIELD: of a wrong type")
    columns = tuple(Column(n, t) for n, t in zip(names, types or ["other"] * len(names)))
    result = Result(
        uuid=uuid_text,
        columns=columns,
        rows=_rows(_member(members, "RESULT", list, []), columns, typed),
        affected=_member(members, "AFFECTED", int, 0),
        truncated=_member(members, "TRUNCATED", bool, False),
        duplicate=_member(members, "DUPLICATE", bool, False),
        dbtype=_member(members, "DBTYPE", str, ""),
        queued_ms=_member(members, "QUEUED_MS", float, -1.0) if "QUEUED_MS" in members else None,
        executed_ms=_member(members, "EXECUTED_MS", float, -1.0)
        if "EXECUTED_MS" in members
        else None,
        traceparent=_member(members, "TRACEPARENT", str, ""),
    )
    message = _member(members, "MESSAGE", str, "")
    sqlstate = _member(members, "SQLSTATE", str, "")
    error = error_from_answer(error_id, message, sqlstate, uuid_text) if error_id != 0 else None
    return Answer(uuid_text, error, result)


def _members(text: bytes | str) -> dict[str, Any]:
    try:
        if isinstance(text, bytes):
            text = text.decode()
        response = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise BadAnswer(f"a response is no JSON: {fault}") from None
    if not isinstance(response, dict):
        raise BadAnswer("a response is not an object")
    return {name.upper(): value for name, value in response.items() if value is not None}


def _member(members: dict[str, Any], name: str, kind: type, default: Any) -> Any:
    value = members.get(name, default)
    if value is None:
        raise BadAnswer(f"{name}: missing")
    if kind is float and type(value) is int:
        value = float(value)
    if type(value) is not kind:
        raise BadAnswer(f"{name}: of a wrong type")
    return value


def _rows(rows: list[Any], columns: tuple[Column, ...], typed: bool) -> list[tuple[Any, ...]]:
    if not all(isinstance(row, list) and len(row) == len(columns) for row in rows):
        raise BadAnswer("RESULT: a row has not one cell for each FIELD")
    if not typed:
        return [tuple(row) for row in rows]
    readers = [_READERS.get(column.type) for column in columns]
    return [tuple(_cell(cell, reader) for cell, reader in zip(row, readers)) for row in rows]


def _cell(cell: Any, reader: Callable[[str], Any] | None) -> Any:
    """What comes native is native already; a text that Python's type cannot hold stays a text."""
    if reader is None or not isinstance(cell, str):
        return cell
    try:
        return reader(cell)
    except (ValueError, ArithmeticError):
        return cell


def _number(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    # Python takes 1_000 and blanks around a number, which in a text column of SQLite are a text.
    def read(text: str) -> Any:
        if "_" in text or text.strip() != text:
            raise ValueError(text)
        return kind(text)

    return read


def _bool(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError(text)
    return text == "true"


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as fault:
        raise ValueError(text) from fault


# A json column comes native; where it is a string, that is its value.
_READERS: dict[str, Callable[[str], Any]] = {
    "bool": _bool,
    "int": _number(int),
    "decimal": _number(Decimal),
    "float": _number(float),
    "bytes": _bytes,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timestamp": datetime.datetime.fromisoformat,
    "uuid": uuid.UUID,
}
