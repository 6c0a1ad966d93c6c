"""AsyncClient against a real Redis and a real daemon on SQLite."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable

import pytest
import sqlbus
from support import Scene

Talk = Callable[[sqlbus.AsyncClient], Awaitable[None]]


def talk(scene: Scene, what: Talk, **settings: object) -> None:
    async def run() -> None:
        async with sqlbus.AsyncClient(scene.redis.url, **settings) as bus:
            await what(bus)

    asyncio.run(run())


def test_sends_that_are_not_awaited_one_by_one_keep_their_order(
    shared_scene: Scene, table: str
) -> None:
    async def what(bus: sqlbus.AsyncClient) -> None:
        sql = f"insert into {table} (name) values (?)"
        await asyncio.gather(*(bus.send(sql, [f"{i}"]) for i in range(300)))
        rows = (await bus.query(f"select name from {table} order by i")).rows
        assert rows == [(f"{i}",) for i in range(300)]

    talk(shared_scene, what)


def test_queries_at_once_get_their_own_answers_over_few_connections(shared_scene: Scene) -> None:
    async def what(bus: sqlbus.AsyncClient) -> None:
        results = await asyncio.gather(*(bus.query("select ?", [i]) for i in range(200)))
        assert [result.scalar() for result in results] == list(range(200))
        assert len(bus._pool._idle) <= 5

    talk(shared_scene, what, connections_max=4)


def test_a_cancelled_query_leaves_its_answer_to_nobody(shared_scene: Scene) -> None:
    async def what(bus: sqlbus.AsyncClient) -> None:
        for i in range(50):
            task = asyncio.create_task(bus.query("select ?", [f"cancelled {i}"]))
            await asyncio.sleep(0.0002 * (i % 5))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert (await bus.query("select ?", [i])).scalar() == i

    talk(shared_scene, what)


def test_errors_transactions_and_upserts_are_as_those_of_client(
    shared_scene: Scene, table: str
) -> None:
    async def what(bus: sqlbus.AsyncClient) -> None:
        insert = f"insert into {table} values (?, 'x')"
        with pytest.raises(sqlbus.ConstraintViolation):
            await bus.transaction([(insert, [1]), (insert, [1])])
        update = f"update {table} set name = 'y' where i = 2"
        assert (await bus.upsert(update, (insert, [2]))).affected == 1
        assert (await bus.query(f"select * from {table}")).rows == [(2, "x")]
        with pytest.raises(sqlbus.ArgumentError):
            await bus.send("select ?", [object()])  # type: ignore[list-item]

    talk(shared_scene, what)


def test_many_and_a_buffer(shared_scene: Scene, table: str) -> None:
    async def what(bus: sqlbus.AsyncClient) -> None:
        count = f"select count(*) from {table}"
        insert = f"insert into {table} (name) values ('a')"
        await bus.send_many([insert] * 1200)
        assert (await bus.query(count)).scalar() == 1200
        async with bus.buffer(age_max=0.02) as buffer:
            await buffer.add(insert)
            while len(buffer):
                await asyncio.sleep(0.005)
            assert (await bus.query(count)).scalar() == 1201
            await buffer.add(insert)
        assert (await bus.query(count)).scalar() == 1202

    talk(shared_scene, what)


def test_nothing_waits_beyond_its_timeout(shared_scene: Scene, tmp_path: os.PathLike[str]) -> None:
    async def run() -> None:
        async with sqlbus.AsyncClient(os.path.join(tmp_path, "nobody.sock")) as bus:
            begun = time.monotonic()
            faults = await asyncio.gather(
                *(bus.send("select 1", timeout=0.3) for _ in range(5)), return_exceptions=True
            )
            assert [type(fault) for fault in faults] == [sqlbus.Unreachable] * 5
            with pytest.raises(sqlbus.Unreachable):
                await bus.query("select 1", timeout=0.3)
            assert time.monotonic() - begun < 1.5

    asyncio.run(run())


def test_late_answers_are_never_taken_by_another_query(shared_scene: Scene) -> None:
    slow = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 40000) "
        "select ?, count(*) from n"
    )

    async def what(bus: sqlbus.AsyncClient) -> None:
        late = 0
        for i in range(40):
            try:
                result = await bus.query(slow, [f"slow {i}"], timeout=0.004, expires=False)
                assert result.one()[0] == f"slow {i}"
            except sqlbus.Timeout:
                late += 1
            except sqlbus.Unreachable:
                pass  # short as it is, the time may be over before there is a connection
            assert (await bus.query("select ?", [f"quick {i}"])).scalar() == f"quick {i}"
        assert late > 0

    talk(shared_scene, what)


def test_redis_and_the_daemon_die_in_the_middle_and_nothing_is_lost_or_doubled(
    own_scene: Scene,
) -> None:
    async def what(bus: sqlbus.AsyncClient) -> None:
        await bus.query("create table t (i integer)")
        counts = [0] * 5
        is_over = False

        async def ask(lane: int) -> None:
            while not is_over:
                number = lane * 1_000_000 + counts[lane]
                result = await bus.query("insert into t values (?)", [number], key=str(lane))
                assert result.affected == 1
                assert (await bus.query("select ?", [number])).scalar() == number
                counts[lane] += 1

        async def send() -> None:
            while not is_over:
                rows = range(4_000_000 + counts[4], 4_000_000 + counts[4] + 20)
                await asyncio.gather(*(bus.send("insert into t values (?)", [i]) for i in rows))
                counts[4] += 20

        work = [asyncio.create_task(ask(lane)) for lane in range(4)] + [asyncio.create_task(send())]
        for server in (own_scene.redis, own_scene.bus, own_scene.redis):
            before = list(counts)
            while not all(now > then for now, then in zip(counts, before)):
                await asyncio.sleep(0.005)
                assert not any(task.done() for task in work), await asyncio.gather(*work)
            server.end(kill=True)
            await asyncio.to_thread(server.start)
        is_over = True
        await asyncio.gather(*work)
        total = sum(counts)
        found = await bus.query("select count(*), count(distinct i) from t")
        assert found.one() == (total, total)
        sent = (await bus.query("select i from t where i >= 4000000 order by rowid")).rows
        assert sent == sorted(sent)

    talk(own_scene, what, send_timeout=20)
