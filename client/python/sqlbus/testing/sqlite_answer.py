"""Requests executed on an SQLite in memory, answered as the bus answers."""

from __future__ import annotations

import base64
import json
import sqlite3
import time
from decimal import Decimal
from typing import Any

# The SQLSTATEs that the bus's SQLite driver gives for SQLite's codes.
_SQLSTATES = {
    "SQLITE_CONSTRAINT_UNIQUE": "23505",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "23505",
    "SQLITE_CONSTRAINT_ROWID": "23505",
    "SQLITE_CONSTRAINT_NOTNULL": "23502",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "23503",
    "SQLITE_CONSTRAINT_CHECK": "23514",
    "SQLITE_READONLY": "25006",
    "SQLITE_TOOBIG": "54000",
}
_SQLSTATES_BY_TEXT = (
    ("no such table", "42P01"),
    ("no such column", "42703"),
    ("has no column named", "42703"),
    ("no such function", "42883"),
    ("already exists", "42P07"),
    ("syntax error", "42601"),
    ("incomplete input", "42601"),
    ("one statement at a time", "42601"),
    ("values were supplied", "42601"),
    ("number of bindings", "07001"),
)
_SAFE_INTEGER = 2**53


class _Failed(Exception):
    def __init__(self, error_id: int, message: str, sqlstate: str = "") -> None:
        super().__init__(message)
        self.error_id = error_id
        self.sqlstate = sqlstate


class SqliteAnswers:
    """One connection; the caller sees to it that one thread uses it at a time."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self.connection.execute("pragma foreign_keys = on")
        # What has taken effect, or failed for good: by UUID, what was asked and the answer.
        self._first: dict[str, tuple[str, dict[str, Any]]] = {}

    def answer(self, envelope: bytes) -> dict[str, Any]:
        request = json.loads(envelope, parse_float=Decimal)
        asked = json.dumps(
            [request.get(n) for n in ("APP", "STATEMENT", "PARAMS", "KEY")], default=str
        )
        if request["UUID"] in self._first:
            first_asked, first = self._first[request["UUID"]]
            if first_asked != asked:
                return response(request, error_id=1305, message="the UUID was applied before")
            return first | {"DUPLICATE": True}
        changes_before = self.connection.total_changes
        try:
            answer = self._execute(request)
        except _Failed as failed:
            answer = response(
                request, error_id=failed.error_id, message=str(failed), sqlstate=failed.sqlstate
            )
        is_write = self.connection.total_changes != changes_before or not answer["FIELD"]
        if is_write or not request["SYNC"]:
            self._first[request["UUID"]] = (asked, answer)
        return answer

    def _execute(self, request: dict[str, Any]) -> dict[str, Any]:
        statement = request["STATEMENT"]
        self.connection.execute("begin")
        try:
            if isinstance(statement, str):
                answer = self._run(request, {"SQL": statement, "PARAMS": request.get("PARAMS", [])})
            elif isinstance(statement, dict):
                answer = self._upsert(request, statement)
            else:
                answer = self._all(request, statement)
        except _Failed:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")
        return answer

    def _all(self, request: dict[str, Any], parts: list[Any]) -> dict[str, Any]:
        affected = 0
        for number, part in enumerate(parts, 1):
            try:
                answer = self._run(request, part)
            except _Failed as failed:
                text = f"statement {number} of {len(parts)}: {failed}"
                raise _Failed(failed.error_id, text, failed.sqlstate) from None
            affected += answer["AFFECTED"]
        return answer | {"AFFECTED": affected}

    def _upsert(self, request: dict[str, Any], pair: dict[str, Any]) -> dict[str, Any]:
        answer = self._run(request, pair["UPDATE"])
        if answer["AFFECTED"] == 0:
            answer = self._run(request, pair["INSERT"])
        if answer["AFFECTED"] == 0:
            raise _Failed(100, "neither UPDATE nor INSERT changed a row")
        return answer

    def _run(self, request: dict[str, Any], part: Any) -> dict[str, Any]:
        if isinstance(part, str):
            part = {"SQL": part}
        params = [_bind(value) for value in part.get("PARAMS", [])]
        try:
            cursor = self.connection.execute(part["SQL"], params)
            rows = cursor.fetchall()
        except (sqlite3.Error, sqlite3.Warning) as error:
            raise _Failed(-1, str(error), _sqlstate(error)) from None
        names = [column[0] for column in cursor.description or ()]
        limit = request.get("MAX_ROWS", len(rows))
        answer = response(request) | _result(names, rows[:limit], bool(request.get("TYPED")))
        answer["AFFECTED"] = max(cursor.rowcount, 0)
        if len(rows) > limit:
            answer["TRUNCATED"] = True
        return answer


def response(
    request: dict[str, Any], *, error_id: int = 0, message: str = "", sqlstate: str = ""
) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "UUID": request["UUID"], "APP": "SQLBUS-SERVER", "PID": 0, "TYPE": "RESPONSE",
        "DBTYPE": "SQLITE", "TIMESTAMP": int(time.time()), "MESSAGE": message, "ERRORID": error_id,
        "FIELDS": 0, "FIELD": [], "ROWS": 0, "RESULT": [], "AFFECTED": 0, "TYPES": [],
    }  # fmt: skip
    if sqlstate:
        answer["SQLSTATE"] = sqlstate
    if "TRACEPARENT" in request:
        answer["TRACEPARENT"] = request["TRACEPARENT"]
    return answer


def _bind(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return base64.b64decode(value["BASE64"])
    return value


def _result(names: list[str], rows: list[tuple[Any, ...]], typed: bool) -> dict[str, Any]:
    types = [_type_of([row[i] for row in rows]) for i in range(len(names))]
    cells = [[_cell(cell, typed) for cell in row] for row in rows]
    return {
        "FIELDS": len(names), "FIELD": names, "TYPES": types, "ROWS": len(rows), "RESULT": cells,
    }  # fmt: skip


def _type_of(cells: list[Any]) -> str:
    kinds = {int: "int", float: "float", str: "text", bytes: "bytes"}
    return next((kinds[type(cell)] for cell in cells if cell is not None), "other")


def _cell(cell: Any, typed: bool) -> Any:
    if isinstance(cell, bytes):
        return base64.b64encode(cell).decode()
    if cell is None or isinstance(cell, str):
        return cell
    is_safe = isinstance(cell, float) or abs(cell) <= _SAFE_INTEGER
    return cell if typed and is_safe else str(cell)


def _sqlstate(error: Exception) -> str:
    name = getattr(error, "sqlite_errorname", "")
    text = str(error)
    if name in _SQLSTATES:
        return _SQLSTATES[name]
    if name.startswith("SQLITE_CONSTRAINT"):
        return "23000"
    return next((state for part, state in _SQLSTATES_BY_TEXT if part in text), "HY000")
