/* The contract between the bus and a database driver: plain C, versioned and sized.
 *
 * A driver is a shared object that exports one function, sqlbus_driver_entry(), which returns a
 * table of functions. Any language and any compiler that can make a C shared object will do.
 *
 * Threads: a session belongs to one thread at a time. Only cancel() may be called from another
 * one, while a call on the session runs or not.
 * Memory: every text and array passed in is borrowed for the call; every text passed to a sink is
 * borrowed for that callback. Nothing is handed over but the session, which close() ends.
 * Errors: a function that can fail returns a sqlbus_class (0 is success) and fills *error. No
 * exception, signal or exit may leave a driver.
 *
 * docs/DRIVERS.md, "Write a driver", is the walk through it; `sqlbus driver-check` tells whether a
 * driver keeps it.
 */
#ifndef SQLBUS_DRIVER_H
#define SQLBUS_DRIVER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Raised when the meaning of an existing part changes. New functions are only added at the end of
 * sqlbus_driver, which struct_size tells; they come without a new version. */
#define SQLBUS_DRIVER_ABI_VERSION 1u
#define SQLBUS_DRIVER_ENTRY "sqlbus_driver_entry"
#define SQLBUS_MESSAGE_SIZE 2048

#if defined(__GNUC__)
#define SQLBUS_DRIVER_EXPORT __attribute__((visibility("default")))
#else
#define SQLBUS_DRIVER_EXPORT
#endif

/* Bytes that need not end with NUL. Text is UTF-8. */
typedef struct sqlbus_text {
  const char* data;
  size_t size;
} sqlbus_text;

/* ---- Errors ---------------------------------------------------------------------------------- */

typedef enum sqlbus_class {
  SQLBUS_OK = 0,
  SQLBUS_PERMANENT = 1,   /* the same statement will fail again */
  SQLBUS_TRANSIENT = 2,   /* deadlock, serialization, lock timeout: worth trying again */
  SQLBUS_CONNECTION = 3,  /* the session is gone; what ran last may or may not have taken effect */
  SQLBUS_READ_ONLY = 4,   /* the server or transaction takes no writes */
  SQLBUS_CANCELLED = 5,   /* by cancel() or the session's time limit */
  SQLBUS_UNSUPPORTED = 6, /* this driver cannot do that */
  SQLBUS_AGAIN = 7 /* something that the driver had prepared did not fit any more: run again at
                      once, from the begin of the transaction */
} sqlbus_class;

/* A statement that no transaction may hold is SQLSTATE 25001 there: the bus runs it by itself. */
typedef struct sqlbus_error {
  int32_t native_code; /* the database's own number, 0 where it has none */
  char sqlstate[6];    /* five characters and NUL; drivers without SQLSTATE map their codes */
  char message[SQLBUS_MESSAGE_SIZE]; /* UTF-8, NUL-terminated, no secrets */
} sqlbus_error;

/* ---- Values ---------------------------------------------------------------------------------- */

typedef enum sqlbus_value_kind {
  SQLBUS_VALUE_NULL = 0,
  SQLBUS_VALUE_BOOL = 1,    /* integer is 0 or 1 */
  SQLBUS_VALUE_INTEGER = 2, /* integer */
  SQLBUS_VALUE_NUMBER = 3,  /* text: a JSON number as it was written; only as a parameter */
  SQLBUS_VALUE_TEXT = 4,    /* text: as the database writes the value */
  SQLBUS_VALUE_BYTES = 5    /* text: the bytes themselves */
} sqlbus_value_kind;

/* A parameter of a kind that the driver does not know is SQLBUS_PERMANENT, and nothing has run. */

typedef struct sqlbus_value {
  uint32_t kind; /* sqlbus_value_kind */
  int64_t integer;
  sqlbus_text text;
} sqlbus_value;

/* In the order of TYPES in the protocol. */
typedef enum sqlbus_column_type {
  SQLBUS_COLUMN_BOOL = 0,
  SQLBUS_COLUMN_INT = 1,
  SQLBUS_COLUMN_DECIMAL = 2,
  SQLBUS_COLUMN_FLOAT = 3,
  SQLBUS_COLUMN_TEXT = 4,
  SQLBUS_COLUMN_BYTES = 5,
  SQLBUS_COLUMN_DATE = 6,
  SQLBUS_COLUMN_TIME = 7,
  SQLBUS_COLUMN_TIMESTAMP = 8,
  SQLBUS_COLUMN_JSON = 9,
  SQLBUS_COLUMN_UUID = 10,
  SQLBUS_COLUMN_OTHER = 11
} sqlbus_column_type;

typedef struct sqlbus_column {
  sqlbus_text name;
  uint32_t type; /* sqlbus_column_type */
} sqlbus_column;

/* Where rows go. columns() comes once before the first row() of a result set, also where there is
 * no row. row() returns 0 for more; otherwise no further row is wanted: row() is not called again,
 * the rest is never held in memory, and that is success. */
typedef struct sqlbus_sink {
  void* context;
  void (*columns)(void* context, const sqlbus_column* columns, size_t count);
  int (*row)(void* context, const sqlbus_value* cells, size_t count);
  /* Not 0: of a statement that only reads, rows behind so many will be refused: a driver whose
   * library gathers a result in memory may ask the database for no more than these. */
  size_t rows_max;
} sqlbus_sink;

/* ---- Statements ------------------------------------------------------------------------------ */

/* Exactly one SQL statement; semicolons, space and comments may follow. None, a second one behind
 * it or a NUL in it is SQLSTATE 42601, a number of parameters that does not match its placeholders
 * 07001, a NUL in a text parameter 22021; in all these cases nothing has run. */
typedef struct sqlbus_statement {
  sqlbus_text sql;
  const sqlbus_value* params;
  size_t param_count;
} sqlbus_statement;

/* READS_ONLY: a write is SQLSTATE 25006, class SQLBUS_READ_ONLY, and changes nothing. Where a sink
 * refuses more rows of such a statement the driver may cut it short; a statement that may write is
 * run to its end, so that all of its effect is there. */
typedef enum sqlbus_access { SQLBUS_READ_WRITE = 0, SQLBUS_READS_ONLY = 1 } sqlbus_access;

/* Of an item in a group, as bits. */
enum {
  SQLBUS_ITEM_SAVEPOINT = 1u, /* savepoint(0) before it */
  SQLBUS_ITEM_MERGE = 2u /* it may run as one statement with neighbours that bear this too, where
                            the database is the same afterwards as if each had run by itself */
};

/* One statement with its outcome. */
typedef struct sqlbus_item {
  sqlbus_statement statement;
  const sqlbus_sink* sink; /* NULL: the rows are not wanted */
  uint32_t access;         /* sqlbus_access of a statement by itself; in a transaction begin()'s */
  uint32_t flags;          /* SQLBUS_ITEM_…, looked at by execute_group */
  int64_t affected;        /* out: rows changed, or matched where an UPDATE changed none of them; of
                              items that ran merged the first may have the sum */
} sqlbus_item;

typedef enum sqlbus_transaction {
  SQLBUS_TRANSACTION_NONE = 0,   /* none is open: the one that begin() opened is over */
  SQLBUS_TRANSACTION_OPEN = 1,   /* the same one is open and sound */
  SQLBUS_TRANSACTION_FAILED = 2, /* open, but only rollback is possible */
  SQLBUS_TRANSACTION_LOST = 3,   /* the session is gone */
  SQLBUS_TRANSACTION_FOREIGN = 4 /* one is open that begin() did not open: a statement did */
} sqlbus_transaction;

/* ---- Ledger (optional) ----------------------------------------------------------------------- */

/* One row of the table sqlbus_ledger. Ids are bytes of any value, and compare as such. */
typedef struct sqlbus_ledger_row {
  sqlbus_text id;  /* 1 to 64 bytes */
  uint64_t digest; /* of what the request said */
  int64_t applied_at_us;
  sqlbus_text sqlstate; /* empty: applied; else the failure that is remembered */
  sqlbus_text message;
  sqlbus_text answer; /* empty where none is kept */
} sqlbus_ledger_row;

typedef struct sqlbus_session sqlbus_session;

/* ---- Groups (optional) -------------------------------------------------------------------------
 */

typedef enum sqlbus_group_step {
  SQLBUS_GROUP_BEGIN = 0,
  SQLBUS_GROUP_LEDGER = 1,
  SQLBUS_GROUP_ITEMS = 2,
  SQLBUS_GROUP_COMMIT = 3 /* of the transaction before, see commit_start */
} sqlbus_group_step;

/* What a transaction does before its end: these steps in order, in as few round trips as the driver
 * can. The first that fails ends it; nothing behind that has taken effect. */
typedef struct sqlbus_group {
  uint32_t begins;               /* not 0: begin(SQLBUS_READ_WRITE) */
  const sqlbus_ledger_row* rows; /* the ledger's insert of these, where one that exists is 23505 */
  size_t row_count;
  sqlbus_item* items; /* in order, in the open transaction */
  size_t item_count;
  uint32_t failed_step; /* out: sqlbus_group_step */
  size_t completed;     /* out: items that did not fail, before the one that did */
  size_t suspects;      /* out: the one that failed is among so many from there on */
  /* After commit_start: called as soon as the transaction before has been committed, while the
   * group may be running. Where it was not, failed_step is SQLBUS_GROUP_COMMIT, the error that of
   * commit_finish, and nothing of the group has taken effect. */
  void* context;
  void (*committed)(void* context);
} sqlbus_group;

typedef struct sqlbus_ledger {
  const char* ddl; /* what create() runs, for an operator to read or to run */
  /* Makes the tables sqlbus_ledger and sqlbus_ledger_version where they are absent; where they are
   * there it needs no right to make any. A version that the driver does not know is
   * SQLBUS_CONNECTION. */
  int (*create)(sqlbus_session*, sqlbus_error*);
  /* Inserts rows, sorted by id and distinct, in the open transaction. inserted == NULL: one that
   * exists is an error (SQLSTATE 23505). Otherwise those are passed over and inserted[i] says
   * whether row i is new. Waits for the outcome of another transaction that inserts the same id. */
  int (*insert)(sqlbus_session*, const sqlbus_ledger_row* rows, size_t count, uint8_t* inserted,
                sqlbus_error*);
  /* Calls found() for each id that has a row. */
  int (*lookup)(sqlbus_session*, const sqlbus_text* ids, size_t count, void* context,
                void (*found)(void* context, const sqlbus_ledger_row* row), sqlbus_error*);
  /* Where the row of that id holds a failure it becomes one that is applied, with this digest and
   * moment; *reopened says whether it did. Waits for another transaction that does the same. */
  int (*reopen)(sqlbus_session*, const sqlbus_ledger_row* row, uint8_t* reopened, sqlbus_error*);
  /* Deletes at most `limit` of the oldest rows that are older than that moment. */
  int (*prune)(sqlbus_session*, int64_t older_than_us, size_t limit, size_t* removed,
               sqlbus_error*);
  /* The moment of the row that has `rows_max` younger ones; 0 where there are not so many. */
  int (*horizon)(sqlbus_session*, size_t rows_max, int64_t* applied_at_us, sqlbus_error*);
  /* What create() runs on this session's database, where that is not the same for all that the
   * driver reaches; ddl is then for reading alone. NULL from it: no ledger is known for this one.
   * What it returns lives as long as the driver. */
  const char* (*ddl_of)(sqlbus_session*); /* optional */
} sqlbus_ledger;

/* ---- The driver ------------------------------------------------------------------------------ */

/* A setting of the database's section, named as in the documentation: server, port, username,
 * password, database, connection_string, odbc_driver, connect_timeout (milliseconds),
 * prepared_statements ("yes" or "no"), application_name; and idle_in_transaction_timeout
 * (milliseconds): the server may end the session when it is idle in a transaction for longer.
 * Unknown ones are to be ignored. */
typedef struct sqlbus_option {
  const char* name;
  const char* value;
} sqlbus_option;

enum {
  SQLBUS_CAN_TRANSACTIONS = 1u << 0,
  SQLBUS_CAN_PIPELINE = 1u << 1,  /* execute_group takes fewer round trips than its items */
  SQLBUS_CAN_MERGE = 1u << 2,     /* SQLBUS_ITEM_MERGE makes a difference */
  SQLBUS_CAN_READ_ONLY = 1u << 3, /* SQLBUS_READS_ONLY is enforced: a write gets SQLSTATE 25006 */
  SQLBUS_CAN_STEP = 1u << 4,      /* socket, start and step are there */
  SQLBUS_CAN_CANCEL = 1u << 5
};

/* What step() waits for, as bits. */
enum { SQLBUS_WANTS_READ = 1u, SQLBUS_WANTS_WRITE = 2u };
/* step() returns it while the statement runs; not a sqlbus_class. */
enum { SQLBUS_PENDING = -1 };

typedef struct sqlbus_driver {
  uint32_t abi_version; /* SQLBUS_DRIVER_ABI_VERSION */
  uint32_t struct_size; /* sizeof(sqlbus_driver) as the driver was built */
  const char* name;     /* "sqlite" */
  const char* version;  /* of the driver and its library, for people */
  uint64_t capabilities;

  /* Connects within connect_timeout. *session is set only on success. */
  int (*connect)(const sqlbus_option* options, size_t count, sqlbus_session** session,
                 sqlbus_error*);
  void (*close)(sqlbus_session*);
  /* DBTYPE of the protocol ("POSTGRESQL"); lives as long as the session. */
  const char* (*dbtype)(sqlbus_session*);

  /* Runs one statement, in the open transaction or else by itself. */
  int (*execute)(sqlbus_session*, sqlbus_item* item, sqlbus_error*);
  /* NULL: the bus calls the functions of the steps one by one. */
  int (*execute_group)(sqlbus_session*, sqlbus_group*, sqlbus_error*);

  /* SQLSTATE 25001 where one is open. */
  int (*begin)(sqlbus_session*, uint32_t access, sqlbus_error*);
  /* Before it, the rows of the ledger with these ids get this sqlstate, message and answer.
   * SQLBUS_CONNECTION: nobody knows whether it took effect. */
  int (*commit)(sqlbus_session*, const sqlbus_ledger_row* records, size_t count, sqlbus_error*);
  /* The same in two halves, both or none (NULL): commit_start sends it and waits for nothing.
   * Until commit_finish, or execute_group with `begins` in its place, has told its outcome, only
   * cancel and close may be called. An error of commit_start is as one of commit. */
  int (*commit_start)(sqlbus_session*, const sqlbus_ledger_row* records, size_t count,
                      sqlbus_error*);
  int (*commit_finish)(sqlbus_session*, sqlbus_error*);
  /* Where none is open there is nothing to do, and that is success. */
  int (*rollback)(sqlbus_session*, sqlbus_error*);
  int (*transaction)(sqlbus_session*); /* a sqlbus_transaction, told without a round trip */
  /* A point to come back to in the open transaction, of level 0 or 1. A later one hides an earlier
   * one of its level; going back to one of level 0 forgets those of level 1 behind it. */
  int (*savepoint)(sqlbus_session*, uint32_t level, sqlbus_error*);
  int (*rollback_to_savepoint)(sqlbus_session*, uint32_t level, sqlbus_error*);

  /* Brings the session back to what connect() made: no transaction, settings, locks or temporary
   * things of a statement. Where it fails the session is to be closed. */
  int (*reset)(sqlbus_session*, sqlbus_error*);
  /* Ends the running statement soon, with SQLBUS_CANCELLED; does nothing where none runs, or may
   * hit the next one. From any thread. */
  void (*cancel)(sqlbus_session*);
  /* One round trip; *is_writable tells whether the server takes writes now. */
  int (*ping)(sqlbus_session*, int* is_writable, sqlbus_error*);

  /* ---- optional, NULL where absent ---- */

  /* Statements of this session that run longer end with SQLBUS_CANCELLED; 0 takes the limit off. */
  int (*set_statement_timeout)(sqlbus_session*, uint32_t timeout_ms, sqlbus_error*);
  /* Ends the sessions that connected with application_name "sqlbus:<instance>:…". */
  int (*terminate)(sqlbus_session*, sqlbus_text instance, size_t* ended, sqlbus_error*);
  const sqlbus_ledger* ledger;

  /* Running a statement from an event loop: start(), then step() whenever the socket is ready for
   * what it wanted, until it returns something else than SQLBUS_PENDING. Neither waits for
   * anything. What start() cannot do so is SQLBUS_UNSUPPORTED, and nothing has run: execute() can.
   * The item, with all that it points to, stays where it is until the last step(). A sink that has
   * enough does not end the statement; the bus calls cancel(), which is then success. */
  int (*socket)(sqlbus_session*);
  int (*start)(sqlbus_session*, sqlbus_item* item, sqlbus_error*);
  int (*step)(sqlbus_session*, uint32_t* wants, sqlbus_error*);
} sqlbus_driver;

/* The one exported function. host_abi_version is the bus's SQLBUS_DRIVER_ABI_VERSION; a driver
 * that cannot serve it returns NULL. */
typedef const sqlbus_driver* (*sqlbus_driver_entry_function)(uint32_t host_abi_version);
SQLBUS_DRIVER_EXPORT const sqlbus_driver* sqlbus_driver_entry(uint32_t host_abi_version);

#ifdef __cplusplus
}
#endif

#endif /* SQLBUS_DRIVER_H */
