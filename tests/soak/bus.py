"""Two daemons on one Redis: one works, the other stands by."""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import redis
from stores import Store
from support import BUILD, PrivateRedis, Server, eventually

QUEUES = ("SoakUrgent", "SoakCommon")
OWNER_LIMIT_S = 30.0
LEASE_MS = 3000

BROKEN = (
    "[limits]\nlease = 1s\nclaim_maximum = 3\n",
    "[limits]\ninflight_max = many\n",
    "[redis]\nunix_socket = /nowhere\n[main]\ndriver = sqlite\nlanes = 65\n",
    "[default\nno section\n",
    "",
)


@dataclass
class Ran:
    """A run of the command, and when: for a sentence where it failed."""

    code: int
    output: str
    begun: float
    ended: float

    def __str__(self) -> str:
        clock = time.strftime("%H:%M:%S", time.gmtime(self.begun))
        return f"at {clock}, after {self.ended - self.begun:.1f} s: {self.code}, {self.output!r}"


def command(*words: str) -> Ran:
    argv = [str(BUILD / "sqlbus"), *words]
    begun = time.time()
    ran = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return Ran(ran.returncode, ran.stdout, begun, time.time())


class _Http(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost", timeout=5)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(5)
        self.sock.connect(self._path)


class Daemon:
    def __init__(
        self, name: str, folder: Path, server: PrivateRedis, stores: dict[str, Store]
    ) -> None:
        self.name = name
        self.file = folder / f"{name}.ini"
        self._http = str(folder / f"{name}.http")
        self._folder = folder
        self._redis = server
        self._stores = stores
        self.write_good(random.Random(0))
        self.start()

    @property
    def pid(self) -> int:
        return self._server.pid

    def is_running(self) -> bool:
        return self._server.is_running()

    def start(self) -> None:
        argv = [str(BUILD / "sqlbusd"), "--config", str(self.file)]
        self._server = Server(argv, self._folder / f"{self.name}.output")

    def end(self, *, kill: bool = False) -> int | None:
        """The exit status; a kill's where it does not end at SIGTERM."""
        self._server.end(kill=kill)
        return self._server.code

    def write_good(self, draw: random.Random) -> None:
        """Other lanes, limits and log level each time."""
        lines = [
            "[default]\ndatabase = main",
            f"[redis]\nunix_socket = {self._redis.socket}\nqueue = {', '.join(QUEUES)}",
            "connect_timeout = 1s\noperate_timeout = 2s\nresponse_timeout = 1m",
            f"[limits]\nlease = {LEASE_MS}ms\ndrain_timeout = 5s",
            f"claim_max = {draw.choice([20, 100, 250])}",
            f"group_max = {draw.choice([16, 200, 500])}",
            f"inflight_max = {draw.choice([300, 2000, 5000])}",
            # What the kills of the first minutes may cost one request, and more.
            "deliveries_max = 50",
            f"[log]\ncatalog = {self._folder}\nfilename = {self.name}.log",
            f"level = {draw.choice(['info', 'info', 'debug', 'warning'])}",
            "maxsize = 4MiB\nkeep_files = 2",
            f"[http]\nlisten = {self._http}",
        ]
        for name, store in self._stores.items():
            lines += [f"[{name}]\n{store.section()}connect_timeout = 2s",
                      f"lanes = {draw.choice([1, 2, 3])}"]  # fmt: skip
        self._write("\n".join(lines) + "\n")

    def write_broken(self, draw: random.Random) -> None:
        self._write(draw.choice(BROKEN))

    def _write(self, text: str) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(text)
        fresh.rename(self.file)

    def reload(self) -> Ran:
        return command("reload", "--timeout", "20s", "--config", str(self.file))

    def hang_up(self) -> None:
        os.kill(self.pid, signal.SIGHUP)

    def get(self, path: str) -> str:
        """Empty where it does not answer now."""
        link = _Http(self._http)
        try:
            link.request("GET", path)
            return link.getresponse().read().decode()
        except (OSError, http.client.HTTPException):
            return ""
        finally:
            link.close()

    def metric(self, name: str) -> float:
        """The sum over its labels."""
        lines = [line.rsplit(" ", 1) for line in self.get("/metrics").splitlines()]
        return sum(float(value) for key, value in lines if key.split("{")[0] == name)


class Bus:
    def __init__(self, folder: Path, server: PrivateRedis, stores: dict[str, Store]) -> None:
        self.client = redis.Redis(unix_socket_path=server.socket, socket_timeout=10)
        self.daemons = [Daemon("first", folder, server, stores)]
        self.wait_owner()
        self.daemons.append(Daemon("second", folder, server, stores))

    def owners(self) -> set[int]:
        """The pids that own a queue; 0 where one of the queues has no owner."""
        pids = set()
        for queue in QUEUES:
            id_ = self._bulk("GET", f"{{{queue}}}:owner")
            pids.add(int(self._bulk("HGET", f"{{{queue}}}:instance:{id_}", "pid") or 0))
        return pids

    def wait_owner(self) -> Daemon:
        """The running daemon that owns the first queue; all queues have an owner then."""
        owner: list[Daemon] = []

        def is_owned() -> bool:
            pids = self.owners()
            owner[:] = [daemon for daemon in self.daemons if daemon.pid in pids]
            return 0 not in pids and all(daemon.is_running() for daemon in owner) and bool(owner)

        if not eventually(is_owned, OWNER_LIMIT_S):
            raise RuntimeError(f"nobody owns the queues: {self.owners()}")
        return owner[0]

    def wait_renewed(self, owner: Daemon) -> None:
        """What it had renewed before Redis went might end before it is back."""

        def is_renewed() -> bool:
            left = [self.client.pttl(f"{{{queue}}}:owner") for queue in QUEUES]
            return self.owners() == {owner.pid} and min(left) > LEASE_MS * 0.7

        if not eventually(is_renewed, OWNER_LIMIT_S):
            raise RuntimeError(f"the {owner.name} daemon does not renew its lease")

    def other(self, daemon: Daemon) -> Daemon:
        return self.daemons[1 - self.daemons.index(daemon)]

    def verdict(self, daemon: Daemon) -> str:
        """What it said of the reload before; only an owner's is known."""
        for queue in QUEUES:
            id_ = self._bulk("GET", f"{{{queue}}}:owner")
            if self._bulk("HGET", f"{{{queue}}}:instance:{id_}", "pid") == str(daemon.pid):
                return self._bulk("HGET", f"{{{queue}}}:instance:{id_}", "reload")
        return ""

    def _bulk(self, *words: str) -> str:
        return (self.client.execute_command(*words) or b"").decode()
