"""Resident size and open descriptors of the daemons, each second, and their slope."""

from __future__ import annotations

import math
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from bus import Bus, Daemon

PERIOD_S = 1.0


@dataclass
class Life:
    """One process."""

    name: str
    at_s: list[float] = field(default_factory=list)
    rss_kib: list[float] = field(default_factory=list)
    descriptors: list[float] = field(default_factory=list)

    def since(self, from_s: float) -> Life:
        first = next((i for i, at in enumerate(self.at_s) if at >= from_s), len(self.at_s))
        return Life(self.name, self.at_s[first:], self.rss_kib[first:], self.descriptors[first:])


@dataclass
class Slope:
    """Least squares, per minute; the error as if the samples were independent of one another."""

    per_minute: float
    error: float


def slope(at_s: list[float], values: list[float]) -> Slope:
    count = len(at_s)
    if count < 3:
        return Slope(0, math.inf)
    middle_at, middle = sum(at_s) / count, sum(values) / count
    spread = sum((at - middle_at) ** 2 for at in at_s)
    steep = (
        sum((at - middle_at) * (v - middle) for at, v in zip(at_s, values, strict=True)) / spread
    )
    rest = sum((v - middle - steep * (at - middle_at)) ** 2
               for at, v in zip(at_s, values, strict=True))  # fmt: skip
    return Slope(steep * 60, math.sqrt(rest / (count - 2) / spread) * 60)


class Meter(threading.Thread):
    def __init__(self, bus: Bus) -> None:
        super().__init__(name="meter", daemon=True)
        self.lives: dict[int, Life] = {}
        self.begun = time.monotonic()
        self._bus = bus
        self._stop_event = threading.Event()

    def now_s(self) -> float:
        return time.monotonic() - self.begun

    def run(self) -> None:
        while not self._stop_event.wait(PERIOD_S):
            for daemon in self._bus.daemons:
                self._look_at(daemon)
                daemon.get("/metrics")  # is scraped, as a real one

    def end(self) -> None:
        self._stop_event.set()
        self.join()

    def _look_at(self, daemon: Daemon) -> None:
        pid = daemon.pid
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        except OSError:
            return
        rss = [line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:")]
        if not rss:  # it ends just now
            return
        life = self.lives.setdefault(pid, Life(daemon.name))
        life.at_s.append(self.now_s())
        life.rss_kib.append(float(rss[0]))
        life.descriptors.append(descriptors)
