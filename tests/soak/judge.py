"""What was pushed, against what became of it: each difference is a sentence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from caller import LATE
from envelopes import OPEN, NONE, SURE
from stores import Row

EXECUTION_FAILED, CANCELLED = -1, 1302


def judge_rows(states: Mapping[int, bytearray], rows: Iterable[Row]) -> list[str]:
    """Of one database: what was accepted is there once, in each caller's order."""
    faults = []
    counts: Counter[tuple[int, int]] = Counter()
    last: dict[int, int] = {}
    for caller, number, hits in rows:
        counts[caller, number] += 1
        if hits != 1:
            faults.append(f"TWICE: caller {caller} number {number} was hit {hits} times")
        if caller < LATE and counts[caller, number] == 1:
            if number < last.get(caller, 0):
                faults.append(f"OUT OF ORDER: caller {caller} number {number}"
                              f" behind {last[caller]}")  # fmt: skip
            last[caller] = max(number, last.get(caller, 0))
    for (caller, number), count in counts.items():
        known = states.get(caller, b"")
        state = known[number - 1] if 0 < number <= len(known) else None
        if count > 1:
            faults.append(f"TWICE: caller {caller} number {number} is there {count} times")
        if state not in (SURE, OPEN):
            what = "which failed" if state == NONE else "which nobody pushed"
            faults.append(f"UNASKED: caller {caller} number {number}, {what}")
    for caller, known in states.items():
        faults += [f"MISSING: caller {caller} number {i + 1}" for i, state in enumerate(known)
                   if state == SURE and not counts[caller, i + 1]]  # fmt: skip
    return faults


def judge_letters(
    bad: Mapping[str, int], deadlined: set[str], letters: Iterable[bytes]
) -> list[str]:
    """Of what fails and nobody waits for, and of what was cancelled at its DEADLINE."""
    faults = []
    found: Counter[str] = Counter()
    for text in letters:
        letter = json.loads(text)
        uuid, error = json.loads(letter.get("REQUEST", "{}")).get("UUID", ""), letter["ERRORID"]
        is_refused = error == EXECUTION_FAILED and uuid in bad
        if not is_refused and not (error == CANCELLED and uuid in deadlined):
            faults.append(f"WRONGLY DEAD: {uuid}: {error} {letter['MESSAGE']}")
        found[uuid] += 1
    for uuid, tries in bad.items():
        if not 1 <= found[uuid] <= tries:
            faults.append(f"DEAD LETTERS: {uuid} has {found[uuid]}, was pushed {tries} times")
    return faults


def judge_keys(queues: Iterable[str], keys: Mapping[str, bool]) -> list[str]:
    """`keys` of Redis at the end, and whether each expires: dead letters alone stay for ever."""
    dead = {f"{{{queue}}}:dead" for queue in queues}
    return [f"LEFT IN REDIS: {key}" for key, expires in sorted(keys.items())
            if not expires and key not in dead]  # fmt: skip
