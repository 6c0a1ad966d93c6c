"""The fixtures that the package brings."""

from __future__ import annotations

import sqlbus
from sqlbus.testing import FakeBus


def test_the_fake_bus_and_its_client_belong_together(
    fake_bus: FakeBus, fake_bus_client: sqlbus.Client
) -> None:
    fake_bus_client.query("create table t (i integer)")
    fake_bus_client.send("insert into t values (1)")
    assert fake_bus.execute("select * from t") == [(1,)]
    assert len(fake_bus.envelopes) == 2


def test_each_test_has_a_bus_of_its_own(fake_bus: FakeBus) -> None:
    assert fake_bus.execute("select count(*) from sqlite_master") == [(0,)]


def test_an_ephemeral_bus_answers_where_the_daemon_has_one(ephemeral_bus_url: str) -> None:
    with sqlbus.Client(ephemeral_bus_url) as bus:
        assert bus.query("select 1").scalar() == 1
