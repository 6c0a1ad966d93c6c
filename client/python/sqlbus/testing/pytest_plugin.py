"""Fixtures for pytest: it finds them by itself where the package is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from ..client import Client
from .fake_bus import FakeBus


@pytest.fixture
def fake_bus() -> FakeBus:
    """A bus in this process, anew for each test."""
    return FakeBus()


@pytest.fixture
def fake_bus_client(fake_bus: FakeBus) -> Iterator[Client]:
    with fake_bus.client() as client:
        yield client


@pytest.fixture(scope="session")
def ephemeral_bus_url() -> Iterator[str]:
    """The address of a real bus that ends with the tests; skips where there is no such sqlbusd."""
    program = shutil.which("sqlbusd")
    if program is None:
        pytest.skip("there is no sqlbusd")
    usage = subprocess.run([program, "--help"], capture_output=True, text=True, check=False).stdout
    if "--ephemeral" not in usage:
        pytest.skip("this sqlbusd has no --ephemeral")
    daemon = subprocess.Popen([program, "--ephemeral"], stdout=subprocess.PIPE, text=True)
    try:
        assert daemon.stdout is not None
        yield str(json.loads(daemon.stdout.readline())["url"])
    finally:
        daemon.terminate()
        daemon.wait()
