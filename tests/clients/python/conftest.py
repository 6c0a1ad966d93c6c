from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlbus
from support import Scene


@pytest.fixture(scope="session")
def shared_scene() -> Iterator[Scene]:
    scene = Scene()
    yield scene
    scene.close()


@pytest.fixture
def own_scene() -> Iterator[Scene]:
    """For a test that ends the servers."""
    scene = Scene()
    yield scene
    scene.close()


@pytest.fixture
def bus(shared_scene: Scene) -> Iterator[sqlbus.Client]:
    with sqlbus.Client(shared_scene.redis.url) as client:
        yield client


@pytest.fixture
def table(request: pytest.FixtureRequest, bus: sqlbus.Client) -> str:
    """A table of this test's own: (i integer primary key, name text)."""
    name = "t_" + "".join(letter if letter.isalnum() else "_" for letter in request.node.name)[:50]
    bus.query(f"drop table if exists {name}")
    bus.query(f"create table {name} (i integer primary key, name text)")
    return name
