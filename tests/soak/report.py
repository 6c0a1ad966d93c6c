"""The page at the end of a run."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass

from caller import Caller
from meter import Life, Slope, slope

# About five bytes for each request at the pace of a run. Connections that come and go by reloads move
# the size by 2 MiB up and down, which is some 200 KiB a minute either way.
KIB_PER_MINUTE_MAX = 256.0
DESCRIPTORS_PER_MINUTE_MAX = 0.25
# A shorter look does not tell caches that fill from what never ends.
JUDGED_FROM_S = 300.0
FAULTS_SHOWN = 20


@dataclass
class Window:
    """The measured daemon, since nobody kills owners any more and its first caches are full."""

    life: Life
    from_s: float  # from here on it has to be level
    to_s: float
    is_owner: bool = True  # still, of both queues

    def faults(self) -> list[str]:
        if not self.is_judged():
            return []
        size, descriptors = slopes(self.life.since(self.from_s))
        faults = []
        if not self.is_owner:
            faults.append("IDLE: the measured daemon lost its queues to the other one")
        if size.per_minute > KIB_PER_MINUTE_MAX:
            faults.append(f"GROWS: {size.per_minute:.1f} KiB a minute")
        if descriptors.per_minute > DESCRIPTORS_PER_MINUTE_MAX:
            faults.append(f"GROWS: {descriptors.per_minute:.2f} descriptors a minute")
        return faults

    def is_judged(self) -> bool:
        return self.to_s - self.from_s >= JUDGED_FROM_S


def slopes(life: Life) -> tuple[Slope, Slope]:
    return slope(life.at_s, life.rss_kib), slope(life.at_s, life.descriptors)


@dataclass
class Report:
    window: Window
    settled: float
    harm: Counter[str]
    callers: list[Caller]
    lives: dict[int, Life]
    seconds: float
    calm_from_s: float  # from here on no owner is killed or ended
    faults: list[str]

    def all_faults(self) -> list[str]:
        return self.faults + self.window.faults()

    def is_good(self) -> bool:
        return not self.all_faults()

    def show(self, options: argparse.Namespace) -> None:
        print(f"soak: {options.minutes:g} minutes, seed {options.seed}, {options.store} and sqlite,"
              f" {len(self.callers)} callers, two queues\n")  # fmt: skip
        self._show_load()
        self._show_harm()
        self._show_size()
        if options.samples:
            self._save(options)
        faults = self.all_faults()
        for fault in faults[:FAULTS_SHOWN]:
            print(fault)
        print(f"\n{'good' if not faults else f'NOT GOOD: {len(faults)} faults'}")

    def _show_load(self) -> None:
        counts = sum((caller.counts for caller in self.callers), Counter[str]())
        rows = sum(len(caller.writer.states) + len(caller.late.states) for caller in self.callers)
        print(f"requests           {counts['requests']}, {counts['requests'] / self.seconds:.0f}/s,"
              f" {counts['blocking']} of them blocking; {rows} rows")  # fmt: skip
        print(f"pushed twice       {counts['pushed twice']}; again where Redis died under it:"
              f" {counts['pushed again']}")  # fmt: skip
        answers = {key: count for key, count in counts.items() if key.startswith("answered ")}
        print("answers            " + ", ".join(f"{key.split()[1]}: {count}"
                                                for key, count in sorted(answers.items()))
              + f"; not fetched: {counts['answers not fetched']}")  # fmt: skip
        waits = [wait for caller in self.callers for wait in caller.waits]
        for name, from_s in (("slowest answer", 0.0), ("owners left alone", self.calm_from_s)):
            took, at = max((wait for wait in waits if wait[1] >= from_s), default=(0.0, 0.0))
            print(f"{name:18} {took:.1f} s, to what was asked in second {at:.0f}")
        print()

    def _show_harm(self) -> None:
        for what, count in sorted(self.harm.items()):
            print(f"{what:26} {count}")
        print(f"{'daemon processes':26} {len(self.lives)}\n")

    def _show_size(self) -> None:
        window, life = self.window, self.window.life
        if not life.rss_kib:
            return
        print(f"measured daemon: {len(life.at_s)} samples, {self.settled:.0f} requests settled")
        self._show_part(life.since(window.from_s), f"second {window.from_s:.0f} to {window.to_s:.0f}")
        print(f"  may grow by        {KIB_PER_MINUTE_MAX:g} KiB,"
              f" {DESCRIPTORS_PER_MINUTE_MAX:g} descriptors a minute"
              + ("" if window.is_judged() else "; too short to be judged"))  # fmt: skip
        half = (window.from_s + window.to_s) / 2
        self._show_part(life.since(half), f"of these, second {half:.0f} to {window.to_s:.0f}")

    def _show_part(self, life: Life, name: str) -> None:
        size, descriptors = slopes(life)
        print(name)
        for what, values, steep in (("resident KiB", life.rss_kib, size),
                                    ("descriptors", life.descriptors, descriptors)):  # fmt: skip
            if values:
                print(f"  {what:18} first {values[0]:.0f}, least {min(values):.0f}, most"
                      f" {max(values):.0f}, last {values[-1]:.0f}; {steep.per_minute:+.2f} a minute"
                      f" (error {steep.error:.2f})")  # fmt: skip

    def _save(self, options: argparse.Namespace) -> None:
        lines = ["pid,name,second,rss_kib,descriptors"]
        for pid, life in self.lives.items():
            lines += [f"{pid},{life.name},{at:.1f},{rss:.0f},{count:.0f}" for at, rss, count
                      in zip(life.at_s, life.rss_kib, life.descriptors, strict=True)]  # fmt: skip
        options.samples.write_text("\n".join(lines) + "\n")
