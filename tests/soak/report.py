"""The page at the end of a run."""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass

from caller import Caller
from meter import Life, Slope, slope

# About a byte for each request at the pace of a run: nothing that grows with the work is smaller.
KIB_PER_MINUTE_MAX = 64.0
DESCRIPTORS_PER_MINUTE_MAX = 0.25
# A shorter look tells the caches that fill from nothing else.
JUDGED_FROM_S = 240.0
FAULTS_SHOWN = 20


@dataclass
class Window:
    """The measured daemon, from the moment at which it is to be flat."""

    life: Life
    from_s: float
    to_s: float
    is_owner: bool = True  # still, of both queues

    def faults(self) -> list[str]:
        if self.to_s - self.from_s < JUDGED_FROM_S:
            return []
        size, descriptors = self.slopes()
        faults = []
        if not self.is_owner:
            faults.append("IDLE: the measured daemon lost its queues to the other one")
        if size.per_minute > KIB_PER_MINUTE_MAX:
            faults.append(f"GROWS: {size.per_minute:.1f} KiB a minute")
        if descriptors.per_minute > DESCRIPTORS_PER_MINUTE_MAX:
            faults.append(f"GROWS: {descriptors.per_minute:.2f} descriptors a minute")
        return faults

    def slopes(self) -> tuple[Slope, Slope]:
        return (slope(self.life.at_s, self.life.rss_kib),
                slope(self.life.at_s, self.life.descriptors))  # fmt: skip


@dataclass
class Report:
    window: Window
    settled: float
    harm: Counter[str]
    callers: list[Caller]
    lives: dict[int, Life]
    seconds: float
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
        slowest, at = max(caller.slowest for caller in self.callers)
        print(f"slowest answer     {slowest:.1f} s, to what was asked in second {at:.0f}\n")

    def _show_harm(self) -> None:
        for what, count in sorted(self.harm.items()):
            print(f"{what:26} {count}")
        print(f"{'daemon processes':26} {len(self.lives)}\n")

    def _show_size(self) -> None:
        window, life = self.window, self.window.life
        if not life.rss_kib:
            return
        size, descriptors = window.slopes()
        print(f"measured daemon, second {window.from_s:.0f} to {window.to_s:.0f},"
              f" {len(life.at_s)} samples, {self.settled:.0f} requests settled")  # fmt: skip
        print(f"resident KiB       first {life.rss_kib[0]:.0f}, least {min(life.rss_kib):.0f},"
              f" most {max(life.rss_kib):.0f}, last {life.rss_kib[-1]:.0f}")  # fmt: skip
        print(f"  slope            {size.per_minute:+.1f} KiB a minute (error {size.error:.1f},"
              f" may be {KIB_PER_MINUTE_MAX:g})")  # fmt: skip
        print(f"descriptors        first {life.descriptors[0]:.0f}, most"
              f" {max(life.descriptors):.0f}, last {life.descriptors[-1]:.0f}")  # fmt: skip
        print(f"  slope            {descriptors.per_minute:+.3f} a minute"
              f" (error {descriptors.error:.3f}, may be {DESCRIPTORS_PER_MINUTE_MAX:g})")  # fmt: skip
        if window.to_s - window.from_s < JUDGED_FROM_S:
            print(f"  not judged: shorter than {JUDGED_FROM_S:.0f} s")

    def _save(self, options: argparse.Namespace) -> None:
        lines = ["pid,name,second,rss_kib,descriptors"]
        for pid, life in self.lives.items():
            lines += [f"{pid},{life.name},{at:.1f},{rss:.0f},{count:.0f}" for at, rss, count
                      in zip(life.at_s, life.rss_kib, life.descriptors, strict=True)]  # fmt: skip
        options.samples.write_text("\n".join(lines) + "\n")
