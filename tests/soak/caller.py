"""A business process: pushes, waits, and keeps what it was told."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from typing import Any

import redis
from envelopes import NONE, OPEN, SURE, Writer, dump
from redis.backoff import NoBackoff
from redis.retry import Retry
from support import eventually

LATE = 1000  # added to a caller's number: its requests with NOT_BEFORE, which keep no order
PUSH_LIMIT_S = 60.0
ANSWER_LIMIT_S = 60.0
DEADLINE_ANSWERS = (0, 1202, 1301, 1302)


class Caller(threading.Thread):
    """Runs until `stop` is set. One queue and one database: in their order means these."""

    def __init__(self, *, number: int, queue: str, database: str, placeholder: str, socket: str,
                 seed: int, stop: threading.Event) -> None:  # fmt: skip
        super().__init__(name=f"caller {number}")
        key = f"key {number}" if number % 3 == 0 else None
        self.database = database
        self.writer = Writer(number, database, placeholder, key)
        self.late = Writer(number + LATE, database, placeholder, None)
        self.bad: dict[str, int] = {}  # UUID of what fails and nobody waits for: pushed so often
        self.deadlined: set[str] = set()  # UUIDs of what nobody waits for and may be cancelled
        self.faults: list[str] = []
        self.counts: Counter[str] = Counter()
        self.waits: list[tuple[float, float]] = []  # seconds, and of which second of the run
        self._begun = time.monotonic()
        self._queue = queue
        self._stop_event = stop
        self._random = random.Random(f"{seed} {number}")
        self._redis = redis.Redis(unix_socket_path=socket, socket_timeout=10,
                                  retry=Retry(NoBackoff(), 0))  # fmt: skip

    def run(self) -> None:
        try:
            while not self._stop_event.is_set():
                self._push(self._burst())
                if self._random.random() < 0.7:
                    self._wait_for_one()
                self._stop_event.wait(self._random.uniform(0, 0.4))
        except Exception as error:  # noqa: BLE001: whatever ends a caller is told
            self.faults.append(f"{self.name} ended: {error!r}")

    def _burst(self) -> list[dict[str, Any]]:
        envelopes: list[dict[str, Any]] = []
        for _ in range(self._random.choice([1, 1, 2, 10, 40, 120])):
            envelope = self._async_request()
            envelopes.append(envelope)
            if "DEADLINE" not in envelope and self._random.random() < 0.03:
                envelopes.append(envelope)
                self.counts["pushed twice"] += 1
        return envelopes

    def _async_request(self) -> dict[str, Any]:
        draw = self._random.random()
        if draw < 0.80:
            return self.writer.insert(self._random, SURE)
        if draw < 0.87:
            return self.writer.pair()
        if draw < 0.94:
            return self.writer.array(self._random)
        if draw < 0.96:
            return self.late.insert(self._random, SURE, NOT_BEFORE=self._moment(0.1, 3))
        if draw < 0.98:
            made = self.writer.insert(self._random, OPEN, DEADLINE=self._moment(0.05, 3))
            self.deadlined.add(made["UUID"])
            return made
        if draw < 0.99:
            return self.writer.bad()
        return self.writer.bad_array(self._random)

    def _moment(self, least_s: float, most_s: float) -> float:
        return time.time() + self._random.uniform(least_s, most_s)

    # One LPUSH is there as a whole or not at all; where Redis died under it, it comes again.
    def _push(self, envelopes: list[dict[str, Any]]) -> None:
        texts = [dump(envelope) for envelope in envelopes]
        tries = 0

        def push_once() -> bool:
            nonlocal tries
            tries += 1
            try:
                self._redis.lpush(self._queue, *texts)
                return True
            except (redis.ConnectionError, redis.TimeoutError):
                return False

        if not eventually(push_once, PUSH_LIMIT_S):
            raise RuntimeError("Redis is away for too long to push")
        self.counts["requests"] += len({envelope["UUID"] for envelope in envelopes})
        self.counts["pushed again"] += tries > 1
        for envelope in envelopes:
            if not envelope["SYNC"] and "nowhere" in str(envelope["STATEMENT"]):
                uuid = envelope["UUID"]
                self.bad[uuid] = self.bad.get(uuid, 0) + tries

    def _wait_for_one(self) -> None:
        draw = self._random.random()
        if draw < 0.35:
            self._ask_highest()
        elif draw < 0.50:
            self._expect(self.writer.many_rows(self._random), (0,))
        elif draw < 0.60:
            self._expect(self.writer.large(self._random), (0,))
        elif draw < 0.70:
            self._expect(self.writer.bad(sync=True), (-1,))
        elif draw < 0.85:
            self._insert_and_wait()
        elif draw < 0.95:
            self._expect(self.writer.highest(DEADLINE=self._moment(0.02, 2)), DEADLINE_ANSWERS)
        else:
            self._push([self.writer.highest()])  # a caller that dies before its answer
            self.counts["answers not fetched"] += 1

    def _ask_highest(self) -> None:
        states = self.writer.states
        least, most = states.rfind(SURE) + 1, len(states)
        answer = self._expect(self.writer.highest(), (0,))
        if answer and not least <= int(answer["RESULT"][0][0] or 0) <= most:
            self.faults.append(f"{self.name} was told {answer['RESULT']}, not its own writes:"
                               f" {least} to {most}")  # fmt: skip

    def _insert_and_wait(self) -> None:
        if self._random.random() < 0.5:
            made = self.writer.insert(self._random, SURE, sync=True)
            self._expect(made, (0,))
            return
        made = self.writer.insert(self._random, OPEN, sync=True, DEADLINE=self._moment(0.02, 2))
        answer = self._expect(made, DEADLINE_ANSWERS)
        if answer and answer["ERRORID"] != 1202:
            self.writer.states[-1] = SURE if answer["ERRORID"] == 0 else NONE

    def _expect(self, envelope: dict[str, Any], errors: tuple[int, ...]) -> dict[str, Any] | None:
        begun = time.monotonic()
        self._push([envelope])
        self.counts["blocking"] += 1
        answer = self._answer(envelope["RCHANNEL"])
        self.waits.append((time.monotonic() - begun, begun - self._begun))
        if answer is None:
            self.faults.append(f"{self.name}: no answer to {envelope['UUID']}")
        elif answer["UUID"] != envelope["UUID"] or answer["ERRORID"] not in errors:
            self.faults.append(f"{self.name}: {envelope['UUID']} was answered {answer['UUID']}"
                               f" {answer['ERRORID']} {answer['MESSAGE']}")  # fmt: skip
        else:
            self.counts[f"answered {answer['ERRORID']}"] += 1
            return answer
        return None

    # It is turned round in its list and then deleted, so that it cannot get lost between a dying
    # Redis and us.
    def _answer(self, channel: str) -> dict[str, Any] | None:
        found: list[bytes] = []

        def is_there() -> bool:
            try:
                text = self._redis.blmove(channel, channel, 1, "RIGHT", "LEFT")
                if text:
                    found.append(text)
                    self._redis.delete(channel)
            except (redis.ConnectionError, redis.TimeoutError):
                pass
            return bool(found)

        eventually(is_there, ANSWER_LIMIT_S)
        return json.loads(found[0]) if found else None
