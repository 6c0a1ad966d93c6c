"""The examples of client/python/README.md run as they stand, and are short."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support import Scene

README = Path(__file__).resolve().parents[3] / "client" / "python" / "README.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


def run(example: str, *arguments: str) -> str:
    assert len(example.strip().splitlines()) < 15
    done = subprocess.run(
        [sys.executable, "-c", example, *arguments], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_first_examples_talk_to_a_bus(own_scene: Scene) -> None:
    assert run(EXAMPLES[0], own_scene.redis.url) == "42 bolts\n"
    assert run(EXAMPLES[1], own_scene.redis.url) == "2\n"


@pytest.mark.parametrize("example", EXAMPLES[2:])
def test_the_others_need_none(example: str) -> None:
    assert run(example) == ""
