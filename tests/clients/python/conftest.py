from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import sqlbus
from support import BUILD, Scene

# The daemon that was built, for what looks for one.
os.environ["PATH"] = f"{BUILD}{os.pathsep}{os.environ['PATH']}"

# As where the package is installed.
pytest_plugins = ["sqlbus.testing.pytest_plugin"]


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
