"""UUIDs of version 7: ordered by time, so that the bus's ledger stays fast."""

from __future__ import annotations

import os
import threading
import time


class Uuid7Maker:
    """Each UUID is greater than the one before, from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def make(self) -> str:
        # Milliseconds, and 12 bits of their fraction; a clock that stands still is counted up.
        moment_ns = time.time_ns()
        ticks = (moment_ns // 1_000_000 << 12) | (moment_ns % 1_000_000 * 4096 // 1_000_000)
        with self._lock:
            self._last = ticks = max(ticks, self._last + 1)
        noise = int.from_bytes(os.urandom(8), "big") & 0x3FFF_FFFF_FFFF_FFFF | 1 << 63
        digits = f"{ticks >> 12:012x}7{ticks & 0xFFF:03x}{noise:016x}"
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
