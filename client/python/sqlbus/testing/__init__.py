"""For the tests of programs that use the bus."""

from .fake_bus import FakeBus

__all__ = ["FakeBus"]
