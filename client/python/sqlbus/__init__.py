"""Hands SQL over to SQLBUS, and asks it.

    with sqlbus.Client("redis://127.0.0.1") as bus:
        bus.send("insert into orders values (?, ?)", [42, "bolts"])
        for order in bus.query("select * from orders").dicts():
            print(order)

The package prints nothing, and keeps nothing outside of its clients.
"""

from .async_buffer import AsyncBuffer
from .async_client import AsyncClient
from .buffer import Buffer
from .client import Client
from .errors import (
    ArgumentError,
    BadAnswer,
    ConstraintViolation,
    DatabaseError,
    DatabaseUnavailable,
    Exhausted,
    Expired,
    NotFound,
    QueueFull,
    RedisRefused,
    ReplyTooLarge,
    RequestRefused,
    SqlbusError,
    Timeout,
    TooLarge,
    Unclear,
    Unreachable,
)
from .request import Request, Sql, Upsert
from .result import Column, Result

__version__ = "0.1.0"

__all__ = [
    "ArgumentError",
    "AsyncBuffer",
    "AsyncClient",
    "BadAnswer",
    "Buffer",
    "Client",
    "Column",
    "ConstraintViolation",
    "DatabaseError",
    "DatabaseUnavailable",
    "Exhausted",
    "Expired",
    "NotFound",
    "QueueFull",
    "RedisRefused",
    "ReplyTooLarge",
    "Request",
    "RequestRefused",
    "Result",
    "Sql",
    "SqlbusError",
    "Timeout",
    "TooLarge",
    "Unclear",
    "Unreachable",
    "Upsert",
]
