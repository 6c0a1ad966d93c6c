#include "manual/prose.hpp"

namespace sqlbus::manual {

CommandProse daemon_prose() {
  return {.section = 8,
          .summary = "asynchronous SQL forwarding bus",
          .description = R"(
sqlbusd takes requests with SQL from lists in Redis and runs them on the databases of its
configuration: in the order of each caller, and exactly once. A caller who waits gets its rows on a
list of its own. It is ready, and says so, also while Redis or a database is away.

Several daemons with the same Redis and queue stand by for one another: one owns the queue, and
another one takes over when the owner has not renewed its lease.
)",
          .ending = R"(
# SIGNALS

SIGTERM, SIGINT: drains. What runs is finished, the rest goes back to its queue in order; exit
status 0. After drain_timeout the running statement is cancelled. A second signal ends the process
where it stands: what is in flight stays in Redis for the next owner.

SIGHUP: reads the configuration again, and opens the log file again. SIGUSR1: opens the log file
again.

# EXIT STATUS

0 drained, or done. 1 could not start or run, or another daemon holds the pidfile. 2 wrong flags. 6
the configuration is missing or has faults. 7 --kill found no daemon.

# ENVIRONMENT

${NAME} in the configuration is the environment variable NAME. NOTIFY_SOCKET and WATCHDOG_USEC are
systemd's. ODBCSYSINI and the like are those of the ODBC driver manager.

# FILES

/etc/sqlbus.ini, the configuration; /etc/sqlbus/NAME.ini, that of the service sqlbusd@NAME;
/var/lib/sqlbus, for SQLite files; /var/log/sqlbus, for log files.

# SEE ALSO

sqlbus.ini(5), sqlbus(1), redis-server(1), systemd.service(5)
)"};
}

CommandProse command_prose() {
  return {.section = 1,
          .summary = "sends SQL to the bus, and looks after what became of it",
          .description = R"(
sqlbus query sends a statement, waits, and prints its rows; sqlbus exec hands one over and goes on;
sqlbus load does so with a file of many, and may be repeated. sqlbus shell is a prompt for people.
The other commands are for those who operate a bus: what has become of a request (trace), requests
that will not be tried again (dead), and the table by which effects are exactly once (ledger).
)",
          .ending = R"(
# ENVIRONMENT

SQLBUS_REDIS is the Redis that is used where neither --redis nor --config says one. NO_COLOR, where
it is not empty, keeps colours away. XDG_STATE_HOME is where the history of the shell is. EDITOR edits
a dead letter. CREDENTIALS_DIRECTORY is the folder of the passwords, where the bus's file names it.

# FILES

/etc/sqlbus.ini, the bus's configuration: its group, sqlbus, may read it.
$XDG_STATE_HOME/sqlbus/history, else ~/.local/state/sqlbus/history: the history of the shell.
~/.editrc: how its line editor behaves, see editrc(5).

# SEE ALSO

sqlbusd(8), sqlbus.ini(5), sqlbus-driver-check(1)
)"};
}

CommandProse driver_check_prose() {
  return {.section = 1,
          .summary = "does a database driver keep the contract of the SQL forwarding bus?",
          .description = R"(
It loads a driver as sqlbusd(8) does and puts the questions of the bus's own suite to it, on a
database that may be thrown away. sqlbus driver-check starts it.
)",
          .ending = R"(
# SEE ALSO

sqlbus(1), sqlbusd(8)
)"};
}

}  // namespace sqlbus::manual
