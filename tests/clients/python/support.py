"""Servers of a test's own: a Redis and a daemon in a temporary folder, ended by their pids."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

BUILD = Path(os.environ.get("SQLBUS_BUILD_DIR", ""))
VECTORS = Path(__file__).resolve().parents[2] / "vectors"


def eventually(condition: Callable[[], bool], limit_s: float = 20.0) -> bool:
    end = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


class Server:
    """A child process that ends with us (the thread that started it), whatever becomes of us."""

    def __init__(self, argv: list[str], log: Path) -> None:
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *argv],
                stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            )  # fmt: skip

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def code(self) -> int | None:
        """Its exit status, or the negative signal; None while it runs."""
        return self._child.poll()

    def is_running(self) -> bool:
        return self.code is None

    def end(self, *, kill: bool = False) -> None:
        if kill:
            self._child.kill()
        else:
            self._child.terminate()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class PrivateRedis:
    def __init__(self, folder: Path, *arguments: str) -> None:
        self._folder = folder
        self._arguments = arguments
        self.socket = str(folder / "redis.sock")
        self.url = f"unix://{self.socket}"
        self.start()

    def start(self) -> None:
        argv = ["redis-server", "--port", "0", "--unixsocket", self.socket,
                "--unixsocketperm", "700", "--dir", str(self._folder), "--save", "",
                "--appendonly", "yes",
                "--appendfsync", "always", "--daemonize", "no", *self._arguments]  # fmt: skip
        self._server = Server(argv, self._folder / "redis.log")
        assert eventually(self._answers), (self._folder / "redis.log").read_text()

    @property
    def pid(self) -> int:
        return self._server.pid

    def end(self, *, kill: bool = False) -> None:
        self._server.end(kill=kill)

    def command(self, *words: str) -> bytes:
        """The first line of the reply: enough to ask one thing."""
        return self.commands(" ".join(words))[0]

    def commands(self, *lines: str) -> list[bytes]:
        """Each with a reply of one line."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(10)
            link.connect(self.socket)
            link.sendall("".join(f"{line}\r\n" for line in lines).encode())
            replies = link.makefile("rb")
            return [replies.readline().strip() for _ in lines]

    def _answers(self) -> bool:
        try:
            return self.command("PING").startswith((b"+PONG", b"-NOAUTH"))
        except OSError:
            return False


class PrivateBus:
    def __init__(self, folder: Path, redis: PrivateRedis) -> None:
        self._folder = folder
        self._log = folder / "sqlbusd.log"
        self.database = folder / "main.db"
        (folder / "sqlbus.ini").write_text(
            "[default]\ndatabase = main\n"
            f"[redis]\nunix_socket = {redis.socket}\n"
            "[limits]\nlease = 1s\n"
            f"[main]\ndriver = sqlite\ndatabase = {self.database}\n"
        )
        self.start()

    def start(self) -> None:
        self._log.unlink(missing_ok=True)
        argv = [str(BUILD / "sqlbusd"), "--config", str(self._folder / "sqlbus.ini")]
        self._server = Server(argv, self._log)
        assert eventually(
            lambda: "msg=ready" in self._log.read_text().replace('"', "")
        ), self._log.read_text()

    def end(self, *, kill: bool = False) -> None:
        self._server.end(kill=kill)

    def select(self, sql: str) -> list[tuple[object, ...]]:
        """What the database holds, past the bus."""
        database = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=10)
        try:
            return database.execute(sql).fetchall()
        finally:
            database.close()


class Scene:
    """A Redis, and a daemon on SQLite."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sqlbus-py-"))
        self.redis = PrivateRedis(self.folder)
        self.bus = PrivateBus(self.folder, self.redis)

    def close(self) -> None:
        self.bus.end()
        self.redis.end()
        shutil.rmtree(self.folder)
