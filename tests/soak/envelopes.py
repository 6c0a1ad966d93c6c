"""What callers push: each kind of request, and what is known of it beforehand."""

from __future__ import annotations

import json
import random
import time
from typing import Any

SURE, OPEN, NONE = b"SON"  # there exactly once; once or not at all; not at all


class Writer:
    """Makes the envelopes of one caller. Its requests have the numbers 1, 2, … of its rows."""

    def __init__(self, caller: int, database: str, placeholder: str, key: str | None) -> None:
        self.caller = caller
        self.states = bytearray()  # by number - 1
        self._base = {"APP": "soak", "PID": caller, "TYPE": "REQUEST", "DATABASE": database}
        if key:
            self._base["KEY"] = key
        self._placeholder = placeholder
        self._made = 0

    def mark(self, position: int) -> str:
        return f"${position}" if self._placeholder == "$" else "?"

    def envelope(self, statement: Any, *, sync: bool = False, **more: Any) -> dict[str, Any]:
        self._made += 1
        uuid = f"{time.time_ns():016x}-{self.caller}-{self._made}"
        made = {**self._base, "UUID": uuid, "SYNC": sync, "TIMESTAMP": time.time(),
                "STATEMENT": statement, **more}  # fmt: skip
        if sync:
            made["RCHANNEL"] = f"soak:reply:{uuid}"
        return made

    def next_number(self, state: int) -> int:
        self.states.append(state)
        return len(self.states)

    def insert(self, random_: random.Random, state: int, **more: Any) -> dict[str, Any]:
        number = self.next_number(state)
        if random_.random() < 0.5:
            return self.envelope(self._with_params(), PARAMS=self._values(number, random_), **more)
        return self.envelope(self._literal(number), **more)

    def pair(self) -> dict[str, Any]:
        """A second run would count its hits to 2."""
        number = self.next_number(SURE)
        update = (f"update effects set hits = hits + 1 where caller = {self.caller}"
                  f" and number = {number}")  # fmt: skip
        return self.envelope({"UPDATE": update, "INSERT": self._literal(number)})

    def array(self, random_: random.Random) -> dict[str, Any]:
        first, second = self.next_number(SURE), self.next_number(SURE)
        item = {"SQL": self._with_params(), "PARAMS": self._values(second, random_)}
        return self.envelope([self._literal(first), item])

    def bad(self, *, sync: bool = False) -> dict[str, Any]:
        return self.envelope(f"insert into nowhere values ({self.caller})", sync=sync)

    def bad_array(self, random_: random.Random) -> dict[str, Any]:
        """Its first statement is taken back with the second."""
        number = self.next_number(NONE)
        item = {"SQL": self._with_params(), "PARAMS": self._values(number, random_)}
        return self.envelope([item, "insert into nowhere values (1)"])

    def highest(self, **more: Any) -> dict[str, Any]:
        sql = f"select max(number) from effects where caller = {self.caller}"
        return self.envelope(sql, sync=True, **more)

    def many_rows(self, random_: random.Random) -> dict[str, Any]:
        sql = f"select number, note from effects where caller = {self.mark(1)} order by number desc"
        return self.envelope(f"{sql} limit {random_.choice([10, 300, 1000])}", sync=True,
                             PARAMS=[self.caller], MAX_ROWS=500, TYPED=True)  # fmt: skip

    def large(self, random_: random.Random) -> dict[str, Any]:
        cast = "::text" if self._placeholder == "$" else ""
        return self.envelope(f"select length({self.mark(1)}{cast})", sync=True,
                             PARAMS=["x" * random_.choice([1_000, 30_000, 300_000])])  # fmt: skip

    def _with_params(self) -> str:
        marks = ", ".join(self.mark(i) for i in range(1, 5))
        return f"insert into effects (caller, number, hits, note) values ({marks})"

    def _values(self, number: int, random_: random.Random) -> list[Any]:
        return [self.caller, number, 1, "p" * random_.randrange(200)]

    def _literal(self, number: int) -> str:
        return ("insert into effects (caller, number, hits, note) values "
                f"({self.caller}, {number}, 1, 'literal {number}')")  # fmt: skip


def dump(envelope: dict[str, Any]) -> str:
    return json.dumps(envelope, separators=(",", ":"))
