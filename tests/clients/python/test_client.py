"""Client against a real Redis and a real daemon on SQLite; node/client.test.js asks the same."""

from __future__ import annotations

import datetime
import os
import signal
import threading
import time
import uuid as uuids
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import sqlbus
from support import Scene, eventually

FOR_EVER = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n"


def test_what_is_sent_takes_effect_in_order_and_a_query_sees_it(
    bus: sqlbus.Client, table: str
) -> None:
    receipts = [bus.send(f"insert into {table} values (?, ?)", [i, f"n{i}"]) for i in range(20)]
    result = bus.query(f"select * from {table} order by i")
    assert result.rows == [(i, f"n{i}") for i in range(20)]
    assert result.dicts()[3] == {"i": 3, "name": "n3"}
    assert [column.type for column in result.columns] == ["int", "text"]
    assert receipts == sorted(receipts) and {uuids.UUID(r).version for r in receipts} == {7}


def test_values_of_every_type_come_back(bus: sqlbus.Client, table: str) -> None:
    values = (
        None,
        True,
        -(2**63),
        2**63 - 1,
        2**53 + 1,
        0.1,
        "ä\n\"'",
        "",
        b"\0\xff",
        b"",
        1e300,
    )
    row = bus.query("select " + ", ".join(["?"] * len(values)), values).one()
    assert row == (None, 1, *values[2:])
    day, moment = datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 13, 14, 15, 123456)
    identity = uuids.uuid4()
    texts = bus.query("select ?, ?, ?, ?", [day, moment, moment.time(), identity]).one()
    assert texts == ("2024-02-29", "2024-02-29T13:14:15.123456", "13:14:15.123456", str(identity))


def test_columns_of_declared_types_come_as_pythons_types(bus: sqlbus.Client) -> None:
    bus.query("drop table if exists typed")
    bus.query(
        "create table typed (b boolean, d date, t timestamp, n decimal(10,2), j json, x blob)"
    )
    day, moment = datetime.date(2024, 2, 29), datetime.datetime(2024, 2, 29, 13, 14, 15)
    bus.query(
        "insert into typed values (?, ?, ?, ?, ?, ?)",
        [True, day, moment, Decimal("1.25"), '{"a": [1]}', b"\1"],
    )
    result = bus.query("select * from typed")
    native = dict(zip((column.type for column in result.columns), result.one()))
    assert native == {
        "bool": True, "date": day, "timestamp": moment, "decimal": Decimal("1.25"),
        "json": {"a": [1]}, "bytes": b"\1",
    }  # fmt: skip
    assert bus.query("select b, d from typed", typed=False).one() == ("true", "2024-02-29")


def test_an_error_carries_what_the_bus_said(bus: sqlbus.Client, table: str) -> None:
    with pytest.raises(sqlbus.DatabaseError) as caught:
        bus.query("select * from nowhere")
    assert (caught.value.error_id, caught.value.sqlstate) == (-1, "42P01")
    assert "nowhere" in str(caught.value) and caught.value.uuid and not caught.value.retriable
    bus.query(f"insert into {table} values (1, 'a')")
    with pytest.raises(sqlbus.ConstraintViolation) as violated:
        bus.query(f"insert into {table} values (1, 'b')")
    assert violated.value.sqlstate == "23505"
    with pytest.raises(sqlbus.RequestRefused) as refused:
        bus.query("select 1", database="nobody's")
    assert refused.value.error_id == 1201
    with pytest.raises(sqlbus.RequestRefused) as statement:
        bus.query("begin")
    assert statement.value.error_id == 1304


def test_a_transaction_is_all_or_nothing(bus: sqlbus.Client, table: str) -> None:
    insert = f"insert into {table} values (?, 'x')"
    with pytest.raises(sqlbus.ConstraintViolation, match="^statement 3 of 3: "):
        bus.transaction([(insert, [1]), (insert, [2]), (insert, [1])])
    assert bus.query(f"select count(*) from {table}").scalar() == 0
    assert bus.transaction([(insert, [1]), (insert, [2])]).affected == 2
    bus.send([(insert, [3]), sqlbus.Sql(insert, [4])])
    assert bus.query(f"select count(*) from {table}").scalar() == 4


def test_an_upsert_updates_or_inserts_or_finds_nothing(bus: sqlbus.Client, table: str) -> None:
    update = (f"update {table} set name = ? where i = ?", ["new", 1])
    insert = (f"insert into {table} values (?, ?)", [1, "first"])
    assert bus.upsert(update, insert).affected == 1
    assert bus.query(f"select name from {table}").scalar() == "first"
    bus.upsert(update, insert)
    assert bus.query(f"select name from {table}").scalar() == "new"
    bus.query(f"delete from {table}")
    with pytest.raises(sqlbus.NotFound) as caught:
        bus.upsert(update, f"insert into {table} select 1, 'x' where 1 = 0")
    assert caught.value.error_id == 100


def test_rows_are_cut_and_it_is_said(bus: sqlbus.Client, table: str) -> None:
    bus.send_many([(f"insert into {table} values (?, 'a')", [i]) for i in range(10)])
    result = bus.query(f"select i from {table} order by i", max_rows=4)
    assert (result.rows, result.truncated) == ([(0,), (1,), (2,), (3,)], True)
    whole = bus.query(f"select i from {table}", max_rows=10)
    assert (len(whole), whole.truncated) == (10, False)


def test_many_are_sent_in_their_order(bus: sqlbus.Client, table: str) -> None:
    receipts = bus.send_many((f"insert into {table} values (?, ?)", [i, "x"]) for i in range(3000))
    assert len(set(receipts)) == 3000
    assert bus.query(f"select count(*), max(i) from {table}").one() == (3000, 2999)
    order = bus.query(f"select i from {table} order by rowid").rows
    assert order == sorted(order)


def test_a_buffer_goes_by_its_age_without_another_add(bus: sqlbus.Client, table: str) -> None:
    with bus.buffer(age_max=0.02) as buffer:
        buffer.add(f"insert into {table} values (1, 'a')")
        assert eventually(lambda: len(buffer) == 0)
        assert bus.query(f"select count(*) from {table}").scalar() == 1
        buffer.add(f"insert into {table} values (2, 'b')")
    assert bus.query(f"select count(*) from {table}").scalar() == 2


def test_the_same_uuid_again_gets_the_first_answer(bus: sqlbus.Client, table: str) -> None:
    insert = f"insert into {table} values (1, 'a')"
    first = bus.query(insert)
    again = bus.query(insert, uuid=first.uuid)
    assert (first.duplicate, again.duplicate, again.affected) == (False, True, 1)
    with pytest.raises(sqlbus.RequestRefused) as caught:
        bus.query(insert + " ", uuid=first.uuid)
    assert caught.value.error_id == 1305


def test_a_request_is_held_back_until_its_time(bus: sqlbus.Client, table: str) -> None:
    bus.send(f"insert into {table} values (1, 'a')", not_before=bus.now() + 0.3)
    assert bus.query(f"select count(*) from {table}").scalar() == 0
    assert eventually(lambda: bus.query(f"select count(*) from {table}").scalar() == 1)


def test_a_deadline_that_has_passed_is_said(bus: sqlbus.Client) -> None:
    with pytest.raises(sqlbus.Expired) as caught:
        bus.query("select 1", deadline=bus.now() - 1)
    assert caught.value.error_id == 1301


def test_a_statement_that_takes_too_long_is_cancelled_in_time(bus: sqlbus.Client) -> None:
    begun = time.monotonic()
    with pytest.raises(sqlbus.Timeout) as caught:
        bus.query(FOR_EVER, timeout=0.5)
    assert time.monotonic() - begun < 1
    assert caught.value.retriable
    assert bus.query("select 7").scalar() == 7


def test_a_late_answer_is_never_taken_by_another_query(bus: sqlbus.Client) -> None:
    slow = FOR_EVER.replace("from n)", "from n where i < 40000)").replace("count(*)", "?, count(*)")
    late = 0
    for i in range(40):
        try:
            assert (
                bus.query(slow, [f"slow {i}"], timeout=0.004, expires=False).one()[0] == f"slow {i}"
            )
        except sqlbus.Timeout:
            late += 1
        except sqlbus.Unreachable:
            pass  # short as it is, the time may be over before there is a connection
        assert bus.query("select ?", [f"quick {i}"]).scalar() == f"quick {i}"
    assert late > 0


def test_what_exceeds_request_max_is_refused_before(shared_scene: Scene) -> None:
    with sqlbus.Client(shared_scene.redis.url, request_bytes_max=10_000) as bus:
        with pytest.raises(sqlbus.TooLarge):
            bus.query("select ?", ["x" * 10_000])
        assert bus.query("select length(?)", ["x" * 9_000]).scalar() == 9_000


def test_large_values_pass_both_ways(bus: sqlbus.Client) -> None:
    text = "ä" * 2_000_000
    assert bus.query("select ?", [text]).scalar() == text


def test_threads_share_a_client_and_get_their_own_answers(bus: sqlbus.Client, table: str) -> None:
    def work(number: int) -> None:
        for i in range(30):
            key = number * 1000 + i
            bus.send(f"insert into {table} values (?, ?)", [key, f"{number}"], key=f"{number}")
            found = bus.query(
                f"select ?, name from {table} where i = ?", [key, key], key=f"{number}"
            )
            assert found.rows == [(key, f"{number}")]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert bus.query(f"select count(*) from {table}").scalar() == 240


def test_a_child_of_fork_goes_on_with_connections_of_its_own(
    bus: sqlbus.Client, table: str
) -> None:
    bus.query("select 1")
    child = os.fork()
    if child == 0:
        is_well = False
        try:
            is_well = bus.query(f"insert into {table} values (1, 'child')").affected == 1
        finally:
            os._exit(0 if is_well else 1)
    assert bus.query("select 2").scalar() == 2
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert bus.query(f"select name from {table}").scalar() == "child"


def test_a_redis_that_is_not_there_is_said_in_time(tmp_path: os.PathLike[str]) -> None:
    with sqlbus.Client(os.path.join(tmp_path, "nobody.sock")) as bus:
        begun = time.monotonic()
        with pytest.raises(sqlbus.Unreachable) as sent:
            bus.send("select 1", timeout=0.3)
        with pytest.raises(sqlbus.Unreachable):
            bus.query("select 1", timeout=0.3)
        assert time.monotonic() - begun < 1.5
        assert sent.value.uuid and sent.value.retriable


def test_a_redis_that_says_no_is_heard(shared_scene: Scene) -> None:
    shared_scene.redis.command("SET", "no-list", "x")
    with sqlbus.Client(shared_scene.redis.url, queue="no-list") as bus:
        with pytest.raises(sqlbus.RedisRefused, match="WRONGTYPE"):
            bus.send("select 1")
        with pytest.raises(sqlbus.RedisRefused, match="WRONGTYPE"):
            bus.query("select 1")
    with sqlbus.Client(shared_scene.redis.url.replace("unix://", "unix://nobody:wrong@")) as bus:
        begun = time.monotonic()
        with pytest.raises(sqlbus.RedisRefused):
            bus.send("select 1")
        assert time.monotonic() - begun < 1


def test_a_full_queue_takes_exactly_as_many_as_it_may(own_scene: Scene) -> None:
    own_scene.bus.end()
    with sqlbus.Client(own_scene.redis.url, queue_limit=50) as bus:
        bus.send_many(["create table t (i integer)"] + ["insert into t values (1)"] * 29)

        def push(_: int) -> bool:
            try:
                bus.send("insert into t values (1)")
                return True
            except sqlbus.QueueFull:
                return False

        with ThreadPoolExecutor(8) as pool:
            assert sum(pool.map(push, range(80))) == 20
        with pytest.raises(sqlbus.QueueFull):
            bus.query("select 1")
        assert own_scene.redis.command("LLEN", "SqlBusDefaultQueue") == b":50"
        own_scene.bus.start()
        assert eventually(lambda: own_scene.redis.command("LLEN", "SqlBusDefaultQueue") == b":0")
        assert bus.query("select count(*) from t").scalar() == 49


def test_redis_restarts_in_the_middle_and_nothing_is_lost_or_doubled(own_scene: Scene) -> None:
    with sqlbus.Client(own_scene.redis.url, send_timeout=20) as bus:
        bus.query("create table t (i integer, by text)")
        end = threading.Event()
        counts = [0, 0]

        def send() -> None:
            while not end.is_set():
                rows = range(counts[0], counts[0] + 400)
                bus.send_many([("insert into t values (?, 'many')", [i]) for i in rows])
                counts[0] += 400

        def ask() -> None:
            while not end.is_set():
                number = counts[1]
                assert bus.query("insert into t values (?, 'one')", [number]).affected == 1
                assert bus.query("select ?", [number]).scalar() == number
                counts[1] += 1

        with ThreadPoolExecutor(2) as pool:
            work = [pool.submit(send), pool.submit(ask)]
            for _ in range(3):
                before = list(counts)
                assert eventually(lambda: all(now > then for now, then in zip(counts, before)))
                own_scene.redis.end(kill=True)
                own_scene.redis.start()
            end.set()
            for thread in work:
                thread.result()
        assert bus.query("select count(*), count(distinct i) from t where by = 'many'").one() == (
            counts[0],
            counts[0],
        )
        assert bus.query("select count(*), count(distinct i) from t where by = 'one'").one() == (
            counts[1],
            counts[1],
        )


def test_a_killed_daemon_answers_after_its_restart_and_doubles_nothing(own_scene: Scene) -> None:
    with sqlbus.Client(own_scene.redis.url) as bus:
        bus.query("create table t (i integer)")
        end = threading.Event()
        counts = [0] * 4

        def ask(lane: int) -> None:
            while not end.is_set():
                number = lane * 1_000_000 + counts[lane]
                assert bus.query("insert into t values (?)", [number], key=str(lane)).affected == 1
                assert bus.query("select ?", [number], key=str(lane)).scalar() == number
                counts[lane] += 1

        with ThreadPoolExecutor(4) as pool:
            work = [pool.submit(ask, lane) for lane in range(4)]
            for _ in range(3):
                before = list(counts)
                assert eventually(lambda: all(now > then for now, then in zip(counts, before)))
                own_scene.bus.end(kill=True)
                own_scene.bus.start()
            end.set()
            for thread in work:
                thread.result()
        total = sum(counts)
        assert own_scene.bus.select("select count(*), count(distinct i) from t") == [(total, total)]


def test_without_a_daemon_a_query_times_out_and_takes_no_effect_later(own_scene: Scene) -> None:
    with sqlbus.Client(own_scene.redis.url) as bus:
        bus.query("create table t (i integer)")
        own_scene.bus.end()
        begun = time.monotonic()
        with pytest.raises(sqlbus.Timeout):
            bus.query("insert into t values (1)", timeout=0.5)
        assert time.monotonic() - begun < 0.8
        own_scene.bus.start()
        assert bus.query("select count(*) from t").scalar() == 0


def test_redis_that_does_not_answer_holds_nobody_beyond_the_timeout(own_scene: Scene) -> None:
    with sqlbus.Client(own_scene.redis.url) as bus:
        bus.query("select 1")
        os.kill(own_scene.redis.pid, signal.SIGSTOP)
        try:
            begun = time.monotonic()
            with pytest.raises(sqlbus.Timeout):
                bus.query("select 1", timeout=0.4)
            with pytest.raises((sqlbus.Unclear, sqlbus.Unreachable)):
                bus.send("select 1", timeout=0.4)
            assert time.monotonic() - begun < 1.3
        finally:
            os.kill(own_scene.redis.pid, signal.SIGCONT)
        assert bus.query("select 2").scalar() == 2
