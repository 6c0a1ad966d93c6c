"""The bus for tests answers as the real one; what is asked of both stands in test_client.py."""

from __future__ import annotations

import asyncio
import threading

import pytest
import sqlbus
from sqlbus.testing import FakeBus


@pytest.fixture
def fake() -> FakeBus:
    bus = FakeBus()
    bus.execute("create table t (i integer primary key, name text)")
    return bus


def test_what_is_sent_is_executed_and_recorded(fake: FakeBus) -> None:
    with fake.client(app="shop") as bus:
        uuid = bus.send("insert into t values (?, ?)", [1, "bolts"], key="k")
    assert fake.execute("select * from t") == [(1, "bolts")]
    [envelope] = fake.envelopes
    assert envelope["UUID"] == uuid
    assert (envelope["APP"], envelope["KEY"], envelope["SYNC"]) == ("shop", "k", False)
    assert envelope["PARAMS"] == [1, "bolts"]


def test_values_come_back_as_they_went(fake: FakeBus) -> None:
    row = (None, 1, 2**63 - 1, 0.5, "ä", b"\0\xff")
    with fake.client() as bus:
        assert bus.query("select ?, ?, ?, ?, ?, ?", row).one() == row


def test_a_failure_for_good_is_answered_or_a_dead_letter(fake: FakeBus) -> None:
    with fake.client() as bus:
        with pytest.raises(sqlbus.DatabaseError) as caught:
            bus.query("select * from nowhere")
        bus.send("insert into nowhere values (1)")
    assert caught.value.sqlstate == "42P01"
    [(envelope, error_id, message)] = fake.dead
    assert (envelope["SYNC"], error_id, message) == (False, -1, "no such table: nowhere")


def test_a_transaction_is_all_or_nothing(fake: FakeBus) -> None:
    with fake.client() as bus:
        with pytest.raises(sqlbus.ConstraintViolation, match="^statement 2 of 2: "):
            bus.transaction(["insert into t values (1, 'a')", "insert into t values (1, 'b')"])
        assert fake.execute("select count(*) from t") == [(0,)]
        result = bus.transaction(
            [("insert into t values (?, 'a')", [1]), "update t set name = 'b'"]
        )
    assert result.affected == 2


def test_an_upsert_updates_or_inserts_or_finds_nothing(fake: FakeBus) -> None:
    update = ("update t set name = ? where i = 1", ["new"])
    with fake.client() as bus:
        assert bus.upsert(update, "insert into t values (1, 'first')").affected == 1
        assert fake.execute("select name from t") == [("first",)]
        assert bus.upsert(update, "insert into t values (1, 'first')").affected == 1
        assert fake.execute("select name from t") == [("new",)]
        with pytest.raises(sqlbus.NotFound):
            bus.upsert("update t set i = 9 where i = 8", "insert into t select 1, 'x' where false")


def test_the_same_uuid_takes_effect_once(fake: FakeBus) -> None:
    with fake.client() as bus:
        uuid = bus.send("insert into t values (1, 'a')")
        assert bus.send("insert into t values (1, 'a')", uuid=uuid) == uuid
        assert fake.execute("select count(*) from t") == [(1,)]
        assert fake.dead == []
        with pytest.raises(sqlbus.RequestRefused) as caught:
            bus.query("insert into t values (2, 'b')", uuid=uuid)
    assert caught.value.error_id == 1305


def test_a_connection_that_breaks_around_a_push_costs_nothing(fake: FakeBus) -> None:
    with fake.client() as bus:
        for when in ("before", "after"):
            fake.break_next(when)
            bus.send("insert into t (name) values (?)", [when])
            fake.break_next(when)
            assert bus.query("insert into t (name) values (?)", [when]).affected == 1
    assert fake.execute("select count(*) from t") == [(4,)]
    assert len(fake.envelopes) == 6  # those that broke afterwards came twice
    assert len({envelope["UUID"] for envelope in fake.envelopes}) == 4


def test_without_resend_a_broken_push_is_unclear(fake: FakeBus) -> None:
    with fake.client(resend=False) as bus:
        fake.break_next("after")
        with pytest.raises(sqlbus.Unclear) as caught:
            bus.send("insert into t values (1, 'a')")
        [request] = caught.value.pending
        assert request.uuid == caught.value.uuid
        bus.send_many(caught.value.pending)
    assert fake.execute("select count(*) from t") == [(1,)]


def test_scripted_failures_come_once(fake: FakeBus) -> None:
    with fake.client() as bus:
        fake.fail_next(-1, "deadlock", sqlstate="40P01")
        with pytest.raises(sqlbus.DatabaseError) as caught:
            bus.query("select 1")
        assert caught.value.retriable
        assert bus.query("select 1").scalar() == 1


def test_an_answer_after_the_timeout_is_nobodys(fake: FakeBus) -> None:
    with fake.client() as bus:
        fake.pause()
        with pytest.raises(sqlbus.Timeout):
            bus.query("select 1", timeout=0.05, expires=False)
        fake.resume()
        assert bus.query("select 2").scalar() == 2


def test_a_request_past_its_deadline_is_not_run(fake: FakeBus) -> None:
    with fake.client() as bus:
        now = bus.now()
        fake.advance(10)
        with pytest.raises(sqlbus.Expired):
            bus.query("insert into t values (1, 'a')", deadline=now + 5)
    assert fake.execute("select count(*) from t") == [(0,)]


def test_not_before_waits_for_its_time(fake: FakeBus) -> None:
    with fake.client() as bus:
        bus.send("insert into t values (1, 'a')", not_before=bus.now() + 60)
        assert fake.execute("select count(*) from t") == [(0,)]
        fake.advance(61)
    assert fake.execute("select count(*) from t") == [(1,)]


def test_a_limited_queue_is_full_for_exactly_that_many(fake: FakeBus) -> None:
    with fake.client(queue_limit=3) as bus:
        fake.pause()
        bus.send_many(["insert into t (name) values ('a')"] * 2)
        with pytest.raises(sqlbus.QueueFull):
            bus.send_many(["insert into t (name) values ('b')"] * 2)
        bus.send("insert into t (name) values ('c')")
        with pytest.raises(sqlbus.QueueFull):
            bus.query("select 1")
        fake.resume()
        assert bus.query("select count(*) from t").scalar() == 3


def test_many_that_break_off_can_be_gone_on_with(fake: FakeBus) -> None:
    items = iter([("insert into t values (?, 'a')", [i]) for i in range(1200)])
    with fake.client(queue_limit=700) as bus:
        fake.pause()
        with pytest.raises(sqlbus.QueueFull) as caught:
            bus.send_many(items)
        error = caught.value
        assert (len(error.accepted), len(error.pending)) == (500, 500)
        fake.resume()
        bus.send_many(error.pending)
        bus.send_many(items)
    assert fake.execute("select count(*), max(i) from t") == [(1200, 1199)]


def test_urgent_requests_are_taken_first(fake: FakeBus) -> None:
    with fake.client() as bus:
        fake.pause()
        bus.send("insert into t (name) values ('later')")
        bus.send("insert into t (name) values ('first')", urgent=True)
        fake.resume()
    assert fake.execute("select name from t order by i") == [("first",), ("later",)]


def test_an_unplugged_bus_is_unreachable_in_time_and_serves_again(fake: FakeBus) -> None:
    with fake.client() as bus:
        fake.unplug()
        with pytest.raises(sqlbus.Unreachable):
            bus.send("select 1", timeout=0.1)
        threading.Timer(0.05, fake.plug).start()
        assert bus.query("select 1", timeout=10).scalar() == 1


def test_rows_are_cut_and_it_is_said(fake: FakeBus) -> None:
    with fake.client() as bus:
        result = bus.query("select 1 union select 2 union select 3", max_rows=2)
        assert (len(result), result.truncated) == (2, True)


def test_asyncio_clients_are_served_too(fake: FakeBus) -> None:
    async def talk() -> None:
        async with fake.async_client() as bus:
            await bus.send("insert into t values (1, 'a')")
            results = await asyncio.gather(*(bus.query("select ?", [i]) for i in range(50)))
            assert [result.scalar() for result in results] == list(range(50))
            fake.pause()
            with pytest.raises(sqlbus.Timeout):
                await bus.query("select 1", timeout=0.05)

    asyncio.run(talk())
    assert fake.execute("select count(*) from t") == [(1,)]


def test_a_buffer_goes_when_it_is_full_or_old_or_flushed(fake: FakeBus) -> None:
    sql = "insert into t (name) values ('a')"
    with fake.client() as bus:
        with bus.buffer(count_max=3, age_max=None) as buffer:
            for _ in range(4):
                buffer.add(sql)
            assert (len(fake.envelopes), len(buffer)) == (3, 1)
            assert buffer.flush() == 4
            buffer.add(sql)
        assert len(fake.envelopes) == 5
        with bus.buffer(bytes_max=1, age_max=None) as buffer:
            buffer.add(sql)
            assert len(buffer) == 0


def test_a_buffer_that_cannot_be_sent_keeps_what_it_has(fake: FakeBus) -> None:
    with fake.client(send_timeout=0.05) as bus, bus.buffer(count_max=2, age_max=None) as buffer:
        fake.unplug()
        first = buffer.add("insert into t values (1, 'a')")
        buffer.add("insert into t values (2, 'b')")
        with pytest.raises(sqlbus.Unreachable) as caught:
            buffer.add("insert into t values (3, 'c')")
        assert [request.uuid for request in caught.value.pending][0] == first
        assert len(buffer) == 2
        fake.plug()
        assert buffer.flush() == 2
        buffer.add("insert into t values (3, 'c')")
    assert fake.execute("select count(*) from t") == [(3,)]


PARITY: list[tuple[str, object]] = [
    ("drop table if exists parity", ()),
    ("create table parity (i integer primary key, n real, s text not null, b blob)", ()),
    ("create table parity (i integer)", ()),
    ("insert into parity values (?, ?, ?, ?)", [1, 0.5, "ä", b"\0\xff"]),
    ("insert into parity values (2, null, '', x'')", ()),
    ("insert into parity values (1, 0, 'again', null)", ()),
    ("insert into parity values (3, 0, null, null)", ()),
    ("insert into parity values (3)", ()),
    ("insert into parity (nothing) values (3)", ()),
    ("update parity set s = 'x' where i > 0", ()),
    ("update parity set s = 'x' where i > 5", ()),
    ("select * from parity order by i", ()),
    ("select i, s from parity where i = ?", [7]),
    ("select * from parity where i = ?", ()),
    ("select count(*), max(n), null from parity", ()),
    ("select 9223372036854775807, -9007199254740993", ()),
    ("select nothing from parity", ()),
    ("select * from nowhere", ()),
    ("select nothing()", ()),
    ("selec 1", ()),
    ("select 1; select 2", ()),
    ("delete from parity", ()),
]


def outcome(bus: sqlbus.Client, sql: str, params: object) -> object:
    try:
        result = bus.query(sql, params)  # type: ignore[arg-type]
    except sqlbus.SqlbusError as error:
        return type(error), error.error_id, error.sqlstate
    return [column.name for column in result.columns], result.rows, result.affected


def test_the_same_statements_end_as_on_the_real_bus(bus: sqlbus.Client) -> None:
    with FakeBus().client() as fake:
        for sql, params in PARITY:
            assert outcome(fake, sql, params) == outcome(bus, sql, params), sql
