"""The databases of a run, seen past the bus: made, harmed for a moment, and read at the end."""

from __future__ import annotations

import os
import pwd
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from support import Server, eventually

Row = tuple[int, int, int]  # caller, number, hits: in the order in which they were written

START_LIMIT_S = 60.0


def table_ddl(key: str) -> list[str]:
    """No unique key but that of the order: a second copy of a row is seen."""
    return [
        f"create table effects (n {key}, caller integer, number integer, hits integer, note text)",
        "create index effects_by_caller on effects (caller, number)",
    ]


READ = "select caller, number, hits from effects order by n"


class SqliteStore:
    placeholder = "?"

    def __init__(self, folder: Path, name: str) -> None:
        self._file = folder / f"{name}.db"
        link = self._open()
        for sql in table_ddl("integer primary key autoincrement"):
            link.execute(sql)
        link.close()
        self._lock: sqlite3.Connection | None = None

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=30, isolation_level=None)

    def section(self) -> str:
        return f"driver = sqlite\ndatabase = {self._file}\n"

    def harm(self) -> str:
        """A file has no server: somebody else holds it instead."""
        self._lock = self._open()
        self._lock.execute("begin immediate")
        return "file locked by somebody else"

    def mend(self) -> None:
        if self._lock:
            self._lock.execute("rollback")
            self._lock.close()
            self._lock = None

    def rows(self) -> Iterator[Row]:
        yield from self._open().execute(READ)

    def close(self) -> None:
        self.mend()


def user_prefix(user: str, death_signal: str) -> list[str]:
    """Database servers refuse to run as root."""
    words = ["setpriv", "--pdeathsig", death_signal]
    if os.geteuid() == 0:
        words += ["--reuid", user, "--regid", str(pwd.getpwnam(user).pw_gid), "--init-groups"]
    return words


def give_to(folder: Path, user: str) -> None:
    if os.geteuid() == 0:
        entry = pwd.getpwnam(user)
        os.chown(folder, entry.pw_uid, entry.pw_gid)


def rows_of(command: list[str]) -> Iterator[Row]:
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        caller, number, hits = line.split()
        yield int(caller), int(number), int(hits)


class ServerStore:
    """A database with a server of its own, which is restarted."""

    placeholder: str
    user: str
    stop_signal: signal.Signals
    death_signal: str
    ask: list[str]

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "server.log"
        give_to(folder, self.user)

    def section(self) -> str:
        raise NotImplementedError

    def _argv(self) -> list[str]:
        raise NotImplementedError

    def _run(self, command: list[str], user: str | None = None) -> None:
        prefix = user_prefix(user, "KILL") if user else []
        subprocess.run([*prefix, *command], check=True, capture_output=True, cwd=self._folder)

    def _start(self) -> None:
        argv = [*user_prefix(self.user, self.death_signal), *self._argv()]
        self._server = Server(argv, self._log)
        if not eventually(self._answers, START_LIMIT_S):
            raise RuntimeError(self._log.read_text())

    def _answers(self) -> bool:
        return subprocess.run([*self.ask, "select 1"], capture_output=True).returncode == 0

    def harm(self) -> str:
        os.kill(self._server.pid, self.stop_signal)
        self._server.end()
        return "server stopped"

    def mend(self) -> None:
        if not self._server.is_running():
            self._start()

    def rows(self) -> Iterator[Row]:
        return rows_of([*self.ask, READ])

    def close(self) -> None:
        os.kill(self._server.pid, self.stop_signal)
        self._server.end()


class PostgresStore(ServerStore):
    placeholder = "$"
    user = "postgres"
    stop_signal = signal.SIGINT  # without waiting for those who are connected
    death_signal = "QUIT"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.ask = ["psql", "-X", "-At", "-F", " ", "-h", str(folder), "-U", "postgres", "-c"]
        self._data = folder / "data"
        self._run([self._program("initdb"), "-D", str(self._data), "-U", "postgres", "--no-sync",
                   "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8"], self.user)  # fmt: skip
        self._start()
        for sql in table_ddl("bigserial"):
            self._run([*self.ask, sql])

    @staticmethod
    def _program(name: str) -> str:
        found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        return str(found[-1]) if found else name

    def _argv(self) -> list[str]:
        settings = {"listen_addresses": "", "unix_socket_directories": self._folder, "fsync": "off",
                    "full_page_writes": "off"}  # fmt: skip
        words = [word for item in settings.items() for word in ("-c", "=".join(map(str, item)))]
        return [self._program("postgres"), "-D", str(self._data), *words]

    def section(self) -> str:
        return (f"driver = postgres\nserver = {self._folder}\nport = 5432\n"
                "username = postgres\ndatabase = postgres\n")  # fmt: skip


class MariaStore(ServerStore):
    placeholder = "?"
    user = "mysql"
    stop_signal = signal.SIGTERM
    death_signal = "KILL"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._socket = folder / "socket"
        self.ask = ["mariadb", "--no-defaults", f"--socket={self._socket}", "-u", "root", "-N",
                    "-B", "-e"]  # fmt: skip
        self._run(["mariadb-install-db", "--no-defaults", f"--datadir={folder / 'data'}",
                   f"--tmpdir={folder}", "--auth-root-authentication-method=normal",
                   "--skip-test-db", "--skip-name-resolve"]
                  + (["--user=mysql"] if os.geteuid() == 0 else []))  # fmt: skip
        self._start()
        self._run([*self.ask, "create database soak character set utf8mb4"])
        self.ask[-1:] = ["soak", "-e"]
        for sql in table_ddl("bigint auto_increment primary key"):
            self._run([*self.ask, sql])

    def _argv(self) -> list[str]:
        return ["mariadbd", "--no-defaults", f"--datadir={self._folder / 'data'}",
                f"--tmpdir={self._folder}", f"--socket={self._socket}",
                f"--pid-file={self._folder / 'pid'}", "--skip-networking",
                "--character-set-server=utf8mb4", "--max-allowed-packet=64M",
                "--innodb-flush-log-at-trx-commit=2"]  # fmt: skip

    def section(self) -> str:
        return ("driver = odbc\nconnection_string = DRIVER={MariaDB Unicode};SERVER=localhost;"
                f"UID=root;DATABASE=soak;SOCKET={self._socket}\n")  # fmt: skip


Store = SqliteStore | ServerStore


def make_store(kind: str, folder: Path) -> Store:
    if kind == "sqlite":
        return SqliteStore(folder, "main")
    own = folder / kind
    own.mkdir()
    return PostgresStore(own) if kind == "postgres" else MariaStore(own)
