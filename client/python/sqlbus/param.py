"""Bind values as JSON texts."""

from __future__ import annotations

import base64
import datetime
import json
import math
import uuid
from decimal import Decimal
from typing import Union

from .errors import ArgumentError

Param = Union[
    None, bool, int, float, Decimal, str, bytes, bytearray, memoryview,
    datetime.datetime, datetime.date, datetime.time, uuid.UUID,
]  # fmt: skip

_INT64 = range(-(2**63), 2**63)
_encode_text = json.JSONEncoder(ensure_ascii=False).encode


def text_json(text: str, what: str) -> str:
    """A string of the envelope; `what` names it where the bus would not take it."""
    if "\0" in text:
        raise ArgumentError(f"{what} holds a NUL character")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ArgumentError(f"{what} is not UTF-8") from None
    return _encode_text(text)


def param_json(value: Param, what: str = "a value") -> str:
    """An element of PARAMS. Decimals keep their digits, bytes become BASE64, times ISO 8601."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return text_json(value, what)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        if value not in _INT64:
            raise ArgumentError(f"{what} does not fit 64 bits; pass a Decimal")
        return str(int(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ArgumentError(f"{what} is not a finite number")
        return float.__repr__(
            value
        )  # with a point or an exponent: no database takes it for an integer
    if isinstance(value, Decimal):
        return _decimal_json(value, what)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return '{"BASE64":"' + base64.b64encode(value).decode() + '"}'
    if isinstance(value, (datetime.date, datetime.time)):  # a datetime is a date
        return f'"{value.isoformat()}"'
    if isinstance(value, uuid.UUID):
        return f'"{value}"'
    raise ArgumentError(f"{what} is a {type(value).__name__}, which is no bind value")


def _decimal_json(value: Decimal, what: str) -> str:
    if not value.is_finite():
        raise ArgumentError(f"{what} is not a finite number")
    if math.isinf(float(value)):
        raise ArgumentError(f"{what} is beyond the range of a double, which the bus does not take")
    return str(value)
