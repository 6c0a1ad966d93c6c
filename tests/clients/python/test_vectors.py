"""The vectors that every client has to pass: tests/vectors/README.md."""

from __future__ import annotations

import base64
import datetime
import json
import math
import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlbus
from sqlbus.request import Caller, Request, caller_members, envelope_of, request_members
from sqlbus.result import read_answer
from support import VECTORS


def load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text())


def named(vectors: list[Any]) -> Any:
    return pytest.mark.parametrize("vector", vectors, ids=[vector["name"] for vector in vectors])


READERS = {
    "null": lambda _: None,
    "bool": lambda text: text == "true",
    "integer": int,
    "float": float,
    "decimal": Decimal,
    "text": str,
    "bytes": base64.b64decode,
    "date": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "timestamp": datetime.datetime.fromisoformat,
    "json": json.loads,
    "uuid": uuid.UUID,
}


def value_of(vector: dict[str, str]) -> Any:
    return READERS[vector["kind"]](vector.get("value", ""))


def sql_of(part: dict[str, Any]) -> sqlbus.Sql:
    return sqlbus.Sql(part["sql"], [value_of(param) for param in part.get("params", [])])


def members_of(call: dict[str, Any]) -> dict[str, str]:
    call = dict(call)
    bytes_max = call.pop("request_bytes_max", 32 << 20)
    repeat = call.pop("repeat", 1)
    params = [value_of(param) for param in call.pop("params", [])]
    if "transaction" in call:
        statement: Any = [sql_of(part) for part in call.pop("transaction")] * repeat
    elif "upsert" in call:
        pair = call.pop("upsert")
        statement = sqlbus.Upsert(sql_of(pair["update"]), sql_of(pair["insert"]))
    else:
        statement = call.pop("statement")
    call.setdefault("uuid", "u")
    request = Request(statement=statement, params=params, **call)
    caller = caller_members(Caller("python", bytes_max), request, pid=1, timestamp=0, sync=False)
    members = caller | request_members(request)
    json.loads(envelope_of(members, bytes_max))
    return members


REQUESTS = load("client_requests.json")
ALWAYS = {"UUID", "APP", "PID", "TYPE", "SYNC", "TIMESTAMP"}


@named([vector for vector in REQUESTS if "expect" in vector])
def test_a_call_becomes_the_members_of_its_envelope(vector: Any) -> None:
    members = members_of(vector["call"])
    expected = vector["expect"]
    assert set(members) == set(expected) | ALWAYS
    assert {name: members[name] for name in expected} == expected


@named([vector for vector in REQUESTS if "refused" in vector])
def test_a_call_that_the_bus_would_not_take_is_refused_before(vector: Any) -> None:
    with pytest.raises(sqlbus.ArgumentError) as caught:
        members_of(vector["call"])
    assert type(caught.value).__name__ == vector["refused"]
    assert vector["message"] in str(caught.value)


ANSWERS = load("client_answers.json")


@named(ANSWERS["cells"])
def test_a_cell_becomes_a_value_by_the_type_of_its_column(vector: Any) -> None:
    response = (
        f'{{"UUID":"u","ERRORID":0,"FIELD":["c"],"TYPES":["{vector["type"]}"],'
        f'"RESULT":[[{vector["cell"]}]]}}'
    )
    cell = read_answer(response, typed=True).result.scalar()
    expected = value_of(vector["value"])
    assert type(cell) is type(expected)
    if isinstance(expected, float) and math.isnan(expected):
        assert math.isnan(cell)
    else:
        assert cell == expected
        assert str(cell) == str(expected)  # of a decimal, its last zeros too


@named(ANSWERS["errors"])
def test_an_error_becomes_an_exception(vector: Any) -> None:
    error = read_answer(vector["response"], typed=True).error
    assert error is not None
    assert type(error).__name__ == vector["error"]
    assert error.error_id == vector["error_id"]
    assert error.sqlstate == vector["sqlstate"]
    assert str(error) == vector["message"]
    assert error.retriable == vector["retriable"]
    assert error.uuid == "018f3c2e-7d11-7aaa-8bbb-0123456789ab"


RESPONSES = load("responses.json")
# A client need not notice these two.
PASSED_OVER = {"a repeated member", "ERRORID of 64 bits"}


@named(RESPONSES["valid"])
def test_a_valid_response_is_read(vector: Any) -> None:
    answer = read_answer(vector["response"], typed=True)
    expect = vector["expect"]
    result = answer.result
    assert answer.uuid == expect["uuid"]
    assert (answer.error.error_id if answer.error else 0) == expect["errorid"]
    assert [column.name for column in result.columns] == expect["fields"]
    assert [c.type for c in result.columns] == (expect["types"] or ["other"] * len(result.columns))
    assert len(result.rows) == len(expect["rows"])
    assert result.affected == expect["affected"]
    assert result.duplicate == expect["duplicate"]
    assert result.truncated == expect["truncated"]
    assert result.traceparent == expect["traceparent"]
    assert result.queued_ms == expect.get("queued_ms")
    assert result.executed_ms == expect.get("executed_ms")


@named([vector for vector in RESPONSES["invalid"] if vector["name"] not in PASSED_OVER])
def test_an_invalid_response_is_a_bad_answer(vector: Any) -> None:
    with pytest.raises(sqlbus.BadAnswer):
        read_answer(vector["response"], typed=True)
