"""The judgement of a soak finds what it is there for, on made-up evidence."""

from __future__ import annotations

import json
import random

import pytest
from envelopes import NONE, OPEN, SURE
from judge import judge_keys, judge_letters, judge_rows
from meter import Life, slope
from report import KIB_PER_MINUTE_MAX, Window

STATES = {1: bytearray([SURE, SURE, OPEN, NONE]), 1001: bytearray([SURE, SURE])}
GOOD = [(1, 1, 1), (1001, 2, 1), (1, 2, 1), (1001, 1, 1)]  # with NOT_BEFORE there is no order


def test_what_was_accepted_and_is_there_once_in_order_is_no_fault() -> None:
    assert judge_rows(STATES, GOOD) == []
    assert judge_rows(STATES, [*GOOD, (1, 3, 1)]) == []


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (GOOD[1:], "MISSING: caller 1 number 1"),
        ([*GOOD, (1, 2, 1)], "TWICE: caller 1 number 2 is there 2 times"),
        ([(1, 1, 2), *GOOD[1:]], "TWICE: caller 1 number 1 was hit 2 times"),
        ([*GOOD[1:], GOOD[0]], "OUT OF ORDER: caller 1 number 1 behind 2"),
        ([*GOOD, (1, 4, 1)], "UNASKED: caller 1 number 4, which failed"),
        ([*GOOD, (1, 5, 1)], "UNASKED: caller 1 number 5, which nobody pushed"),
        ([*GOOD, (2, 1, 1)], "UNASKED: caller 2 number 1, which nobody pushed"),
    ],
)
def test_each_fault_of_the_rows_is_told(rows: list[tuple[int, int, int]], fault: str) -> None:
    assert judge_rows(STATES, rows) == [fault]


def letter(uuid: str, error: int) -> bytes:
    made = {"REQUEST": json.dumps({"UUID": uuid}), "ERRORID": error, "MESSAGE": "no"}
    return json.dumps(made).encode()


def test_dead_letters_are_of_what_fails_or_was_cancelled() -> None:
    bad, deadlined = {"a": 1, "b": 2}, {"c"}
    right = [letter("a", -1), letter("b", -1), letter("b", -1), letter("c", 1302)]
    assert judge_letters(bad, deadlined, right) == []
    assert judge_letters(bad, deadlined, right[1:]) == ["DEAD LETTERS: a has 0, was pushed 1 times"]
    assert len(judge_letters(bad, deadlined, [*right, letter("a", -1)])) == 1
    for wrong in letter("x", -1), letter("c", -1), letter("b", 1302), letter("x", 1402):
        faults = judge_letters(bad, deadlined, [*right, wrong])
        assert any("WRONGLY DEAD" in fault for fault in faults)


def test_only_dead_letters_and_what_expires_may_stay_in_redis() -> None:
    keys = {"{q}:dead": False, "soak:reply:1": True, "{q}:batches": False}
    assert judge_keys(["q"], keys) == ["LEFT IN REDIS: {q}:batches"]


def window(growth_per_minute: float, noise: float) -> Window:
    draw = random.Random(1)
    at = [120.0 + second for second in range(480)]
    sizes = [20_000 + growth_per_minute * s / 60 + draw.uniform(-noise, noise) for s in range(480)]
    return Window(Life("first", at, sizes, [26.0] * 480), 120, 600)


def test_what_fills_until_the_middle_is_told_and_what_goes_up_and_down_is_not() -> None:
    filling = window(0, 200)
    sizes = filling.life.rss_kib
    filling.life.rss_kib = [size - max(0, 180 - i) * 50 for i, size in enumerate(sizes)]
    (fault,) = filling.faults()
    assert fault.startswith("GROWS: ")
    filling.life.rss_kib = [size - (1500 if 30 < i < 150 else 0) for i, size in enumerate(sizes)]
    assert filling.faults() == []


def test_a_leak_of_little_more_than_the_limit_is_told_and_noise_is_not() -> None:
    assert slope([0, 60, 120], [1, 3, 5]).per_minute == pytest.approx(2)
    assert window(0, 200).faults() == []
    (fault,) = window(KIB_PER_MINUTE_MAX * 1.2, 200).faults()
    assert fault.startswith("GROWS")
    leaking = window(0, 200)
    leaking.life.descriptors = [26 + second / 60 for second in range(480)]
    assert leaking.faults() == ["GROWS: 1.00 descriptors a minute"]
    idle = window(0, 200)
    idle.is_owner = False
    assert idle.faults() == ["IDLE: the measured daemon lost its queues to the other one"]
