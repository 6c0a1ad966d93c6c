"""What is done to the bus while it works. Belongs to the thread that started the servers."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

from bus import QUEUES, Bus, Daemon, Ran, command
from stores import Store
from support import PrivateRedis, eventually

RELOAD_LIMIT_S = 20.0
Act = Callable[[], None]


class Harm:
    def __init__(self, bus: Bus, redis: PrivateRedis, stores: dict[str, Store], seed: int) -> None:
        self.counts: Counter[str] = Counter()
        self.faults: list[str] = []
        self._bus = bus
        self._redis = redis
        self._stores = stores
        self._draw = random.Random(f"{seed} harm")
        self._open: list[tuple[float, Act]] = []  # what is mended at a later moment
        self._harmed: set[str] = set()  # stores that are not mended yet
        self._spared: Daemon | None = None

    def turmoil(self, until: float) -> None:
        """Daemons die too."""
        self._run(until, [self._kill_owner, self._end_owner, self._kill_standby, *self._mild()])

    def spare_owner(self) -> Daemon:
        """From now on one daemon owns everything and is left alone; the other stands by."""
        owner = self._bus.wait_owner()
        standby = self._bus.other(owner)
        self._end(standby)
        if not eventually(lambda: self._bus.owners() == {owner.pid}, RELOAD_LIMIT_S):
            raise RuntimeError(f"the owner does not take over: {self._bus.owners()}")
        standby.start()
        self._spared = owner
        return owner

    def calm(self, until: float) -> None:
        self._run(until, [self._kill_standby, self._end_standby, *self._mild()])

    def end(self) -> None:
        """Both daemons, as systemd would end them: first the one that stands by."""
        owner = self._bus.wait_owner()
        self._end(self._bus.other(owner))
        self._end(owner)

    # All of them in an order that is drawn, then again in another.
    def _run(self, until: float, acts: list[Act]) -> None:
        left: list[Act] = []
        while time.monotonic() < until:
            left = left or self._draw.sample(acts, len(acts))
            self._mend(time.monotonic())
            left.pop()()
            self._bus.wait_owner()
            time.sleep(self._draw.uniform(0.1, 1.5))  # the pace of the harm, nothing is waited for
        self._mend(None)
        for daemon in self._bus.daemons:
            daemon.write_good(self._draw)
            if daemon is self._bus.wait_owner():
                self._check(daemon.reload(), "the last good file was not taken over")

    def _mild(self) -> list[Act]:
        return [self._pause_queue, self._pause_database, self._reload, self._reload_broken,
                self._hang_up_standby, self._restart_redis, self._harm_store]  # fmt: skip

    def _standby(self) -> Daemon:
        return self._bus.other(self._spared or self._bus.wait_owner())

    def _later(self, act: Act) -> None:
        self._open.append((time.monotonic() + self._draw.uniform(0.2, 2.5), act))

    def _mend(self, now: float | None) -> None:
        due = [act for at, act in self._open if now is None or at <= now]
        self._open = [(at, act) for at, act in self._open if act not in due]
        for act in due:
            act()

    def _pause_queue(self) -> None:
        self._pause(self._draw.choice(QUEUES), "pauses of a queue")

    def _pause_database(self) -> None:
        self._pause(self._draw.choice(sorted(self._stores)), "pauses of a database")

    def _pause(self, name: str, what: str) -> None:
        self.counts[what] += 1
        self._tell("pause", name)
        self._later(lambda: self._tell("resume", name))

    def _tell(self, verb: str, name: str) -> None:
        ran = command(verb, name, "--config", str(self._good_file()))
        self._check(ran, f"sqlbus {verb} {name} failed")

    def _check(self, ran: Ran, fault: str) -> None:
        if ran.code != 0:
            self.faults.append(f"{fault}, {ran}")

    def _good_file(self) -> object:
        owner = self._bus.wait_owner()
        owner.write_good(self._draw)
        return owner.file

    def _reload(self) -> None:
        self.counts["reloads"] += 1
        owner = self._bus.wait_owner()
        owner.write_good(self._draw)
        self._check(owner.reload(), "a good file was not taken over")

    def _reload_broken(self) -> None:
        self.counts["reloads of a broken file"] += 1
        owner = self._bus.wait_owner()
        before = self._bus.verdict(owner)
        owner.write_broken(self._draw)
        owner.hang_up()

        def is_told() -> bool:
            return self._bus.verdict(owner) not in ("", before)

        if not eventually(is_told, RELOAD_LIMIT_S):
            self.faults.append("nothing was said of a broken file")
        elif " taken" in self._bus.verdict(owner).splitlines()[0]:
            self.faults.append(f"a broken file was taken over: {owner.file.read_text()!r}")
        owner.write_good(self._draw)

    def _hang_up_standby(self) -> None:
        self.counts["reloads of the stand-by"] += 1
        standby = self._standby()
        if eventually(lambda: bool(standby.get("/healthz")), RELOAD_LIMIT_S):
            standby.write_good(self._draw)
            standby.hang_up()

    def _kill_owner(self) -> None:
        self._kill(self._bus.wait_owner(), "owners killed")

    def _kill_standby(self) -> None:
        self._kill(self._standby(), "stand-bys killed")

    def _kill(self, daemon: Daemon, what: str) -> None:
        self.counts[what] += 1
        daemon.end(kill=True)
        daemon.start()

    def _end_owner(self) -> None:
        self.counts["owners ended"] += 1
        owner = self._bus.wait_owner()
        self._end(owner)
        owner.start()

    def _end_standby(self) -> None:
        self.counts["stand-bys ended"] += 1
        standby = self._standby()
        self._end(standby)
        standby.start()

    def _end(self, daemon: Daemon) -> None:
        if not eventually(lambda: bool(daemon.get("/healthz")), RELOAD_LIMIT_S):
            self.faults.append(f"the {daemon.name} daemon does not tell its health")
        if (code := daemon.end()) != 0:
            self.faults.append(f"the {daemon.name} daemon ended with {code} at SIGTERM")

    # Where one daemon is to go on as the owner the other is away meanwhile: it would be a race.
    def _restart_redis(self) -> None:
        is_kill = self._draw.random() < 0.5
        self.counts["Redis killed" if is_kill else "Redis restarted"] += 1
        standby = self._bus.other(self._spared) if self._spared else None
        if standby:
            standby.end(kill=True)
        self._redis.end(kill=is_kill)
        time.sleep(self._draw.uniform(0, 1))  # how long it is away
        self._redis.start()
        if self._spared and standby:
            self._bus.wait_renewed(self._spared)
            standby.start()

    def _harm_store(self) -> None:
        name = self._draw.choice(sorted(self._stores))
        if name in self._harmed:  # the last of one round and the first of the next
            return
        self._harmed.add(name)
        self.counts[f"{name}: {self._stores[name].harm()}"] += 1
        self._later(lambda: self._mend_store(name))

    def _mend_store(self, name: str) -> None:
        self._stores[name].mend()
        self._harmed.discard(name)
