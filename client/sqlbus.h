/* libsqlbus: what a process calls to hand SQL over to the bus, and to ask it. Plain C.
 *
 *   sqlbus_handle* bus;
 *   sqlbus_result* result = NULL;
 *   sqlbus_open("redis://127.0.0.1", NULL, &bus);
 *   if (sqlbus_execute(bus, "insert into orders values (?, ?)",
 *                      SQLBUS_PARAMS(sqlbus_param_int(42), sqlbus_param_text("bolts"))) != 0 ||
 *       sqlbus_ask(bus, "select item from orders where id = ?",
 *                  SQLBUS_PARAMS(sqlbus_param_int(42)), 5000, &result) != 0)
 *     fprintf(stderr, "%s\n", sqlbus_error_text(bus));
 *   for (size_t row = 0; row < sqlbus_result_rows(result); ++row)
 *     printf("%s\n", sqlbus_result_text(result, row, 0));
 *   sqlbus_result_free(result);
 *   sqlbus_close(bus);
 *
 * Threads: a handle is used by one thread at a time; threads that each have a handle of their own
 * do not meet. A result may be read by any number of threads, also when its handle is closed. A
 * handle belongs to the process that opened it: a child of fork() opens its own, and may only close
 * what it inherited.
 * Memory: what is passed in is borrowed for the call. Handles, results and queries under way are
 * the caller's to close, free, and wait for or forget.
 * Text: UTF-8 without NUL characters.
 * The library writes nothing to standard output or error, installs no signal handlers, raises no
 * SIGPIPE and lets no exception out.
 */
#ifndef SQLBUS_H
#define SQLBUS_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define SQLBUS_API __attribute__((visibility("default")))
#else
#define SQLBUS_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Errors ---------------------------------------------------------------------------------- */

/* What every function that can fail returns. New ones are only added. */
typedef enum sqlbus_code {
  SQLBUS_E_OK = 0,
  SQLBUS_E_ARGUMENT = 1,  /* the call or the request is wrong, and the text says what */
  SQLBUS_E_TOO_LARGE = 2, /* the request exceeds request_bytes_max */
  SQLBUS_E_FULL = 3,      /* queue_max requests wait already */
  SQLBUS_E_CONNECT = 4,   /* Redis cannot be reached or does not let us in */
  SQLBUS_E_REFUSED = 5,   /* Redis says no, and the text is its answer */
  /* With the codes up to here the request is not on the queue. */
  SQLBUS_E_UNCLEAR = 6, /* no answer came: it may be on the queue or not. Sending it again under
                           the same UUID is safe where the bus runs with exactly_once */
  SQLBUS_E_MEMORY = 7,
  /* Of queries alone. */
  SQLBUS_E_TIMEOUT = 8,    /* no answer in time: what the statement did, if it ran, is not known */
  SQLBUS_E_BAD_ANSWER = 9, /* what came on the reply channel is no response */
  /* The bus has answered with an ERRORID, and the result is there. */
  SQLBUS_E_EXPIRED = 10,         /* 1301, 1302: too late, and nothing has taken effect */
  SQLBUS_E_DATABASE = 11,        /* -1: the database refuses the statement; SQLSTATE says why */
  SQLBUS_E_CONSTRAINT = 12,      /* -1 with an SQLSTATE of class 23: unique, not null and such */
  SQLBUS_E_NOT_FOUND = 13,       /* 100: neither UPDATE nor INSERT changed a row */
  SQLBUS_E_REJECTED = 14,        /* 1001 to 1201, 1304, 1305: the bus does not take the request */
  SQLBUS_E_UNAVAILABLE = 15,     /* 1202: the database could not be reached in time */
  SQLBUS_E_REPLY_TOO_LARGE = 16, /* 1303: beyond the bus's reply_max; a write has taken effect */
  SQLBUS_E_EXHAUSTED = 17,       /* 1401, 1402: it failed each time */
  SQLBUS_E_FAILED = 18,          /* an ERRORID that is newer than this library */
  /* Of cells. */
  SQLBUS_E_NULL = 19, /* it is NULL */
  SQLBUS_E_TYPE = 20  /* it is no value of this type, or beyond its range */
} sqlbus_code;

/* ---- The handle ------------------------------------------------------------------------------ */

typedef struct sqlbus_handle sqlbus_handle;

/* 0 and NULL stand for the default. struct_size is sizeof(sqlbus_options). */
typedef struct sqlbus_options {
  size_t struct_size;
  const char* queue;           /* "SqlBusDefaultQueue" */
  const char* app;             /* APP: the program's name */
  uint32_t connect_timeout_ms; /* 5000; without the time that a host's name takes to be found */
  uint32_t answer_timeout_ms;  /* 5000: how long Redis may take to answer */
  size_t request_bytes_max;    /* 32 MiB, as the bus's request_max: the envelope, not the SQL */
  size_t queue_max;            /* no limit, see sqlbus_send() */
  size_t buffer_count_max;     /* 500, at most 100,000 */
  size_t buffer_bytes_max;     /* 256 KiB, at most 128 MiB */
  uint32_t buffer_age_max_ms;  /* 100 */
  uint32_t reserved;           /* 0 */
  uint32_t retry_ms;           /* none: how long a send or a flush that Redis does not answer is
                                  tried again, under the same UUIDs and with growing pauses */
  uint32_t flags;              /* of sqlbus_option_flag */
} sqlbus_options;

typedef enum sqlbus_option_flag {
  /* A query, too, is pushed once only: for buses that run without exactly_once. It is
   * SQLBUS_E_UNCLEAR where its connection breaks. */
  SQLBUS_NO_RESEND = 1
} sqlbus_option_flag;

/* Connects to the Redis of the bus:
 *   redis://[user:password@]host[:port][/db]
 *   unix://[user:password@]/path/of/the.socket[?db=N]
 *   /path/of/the.socket
 * `options` may be NULL. *handle is set also where this fails, for sqlbus_error_text() and
 * sqlbus_close(), and is NULL only for SQLBUS_E_MEMORY. After SQLBUS_E_CONNECT it serves all the
 * same: whatever is sent tries again to connect, as it does when the connection was lost. */
SQLBUS_API int sqlbus_open(const char* url, const sqlbus_options* options, sqlbus_handle** handle);

/* NULL is allowed. What the buffer still holds is dropped: flush it before. */
SQLBUS_API void sqlbus_close(sqlbus_handle* handle);

/* What went wrong in the last call on the handle, for a person and without secrets; "" where
 * nothing did. Valid until the next call. */
SQLBUS_API const char* sqlbus_error_text(const sqlbus_handle* handle);

/* The UUID of the request that the last call on the handle was about; "" where there was none, or
 * no valid one. Valid until the next call. */
SQLBUS_API const char* sqlbus_last_uuid(const sqlbus_handle* handle);

/* The time by the clock of the Redis server, which DEADLINE and NOT_BEFORE go by, in microseconds
 * since 1970. One round trip. */
SQLBUS_API int sqlbus_now(sqlbus_handle* handle, int64_t* now_us);

/* ---- Requests -------------------------------------------------------------------------------- */

#define SQLBUS_UUID_SIZE 37 /* 36 characters and NUL */

typedef enum sqlbus_param_kind {
  SQLBUS_PARAM_NULL = 0,
  SQLBUS_PARAM_BOOL = 1,    /* integer: 0 or not */
  SQLBUS_PARAM_INT = 2,     /* integer */
  SQLBUS_PARAM_DOUBLE = 3,  /* number: finite */
  SQLBUS_PARAM_DECIMAL = 4, /* data: a number as JSON writes it, of which no digit is lost */
  SQLBUS_PARAM_TEXT = 5,    /* data */
  SQLBUS_PARAM_BYTES = 6    /* data: any bytes */
} sqlbus_param_kind;

#define SQLBUS_NUL_TERMINATED ((size_t)-1)

typedef struct sqlbus_param {
  uint32_t kind; /* sqlbus_param_kind */
  int64_t integer;
  double number;
  const char* data;
  size_t size; /* bytes of data, or SQLBUS_NUL_TERMINATED */
} sqlbus_param;

/* One of several statements. This struct does not grow: it stands in arrays. */
typedef struct sqlbus_statement {
  const char* statement;
  size_t statement_size; /* its bytes; 0: it ends with NUL */
  const sqlbus_param* params;
  size_t param_count;
} sqlbus_statement;

typedef enum sqlbus_form {
  SQLBUS_SINGLE = 0,      /* statement and params */
  SQLBUS_TRANSACTION = 1, /* statements, 1 to 1000: all of them or none */
  SQLBUS_UPSERT = 2       /* statements[0] is an UPDATE; where it matches no row statements[1], an
                             INSERT, runs; in one transaction */
} sqlbus_form;

typedef enum sqlbus_request_flag {
  SQLBUS_URGENT = 1,     /* taken next; not in the buffer, nor by sqlbus_send_many() */
  SQLBUS_TYPED = 2,      /* TYPED: cells come as native JSON. The getters below need it not */
  SQLBUS_NO_DEADLINE = 4 /* of a query: it may take effect also when nobody waits any more */
} sqlbus_request_flag;

/* 0 and NULL stand for "none". struct_size is sizeof(sqlbus_request). */
typedef struct sqlbus_request {
  size_t struct_size;
  const char* statement;      /* one SQL statement, placeholders as the database writes them */
  size_t statement_size;      /* its bytes; 0: it ends with NUL */
  const sqlbus_param* params; /* PARAMS */
  size_t param_count;
  const char* uuid;      /* UUID: only to send a request again; otherwise one is made */
  const char* app;       /* APP: that of the options */
  const char* database;  /* DATABASE: the bus's default one */
  const char* key;       /* KEY: requests of one key take effect in their order */
  int64_t deadline_us;   /* DEADLINE, in microseconds since 1970 */
  int64_t not_before_us; /* NOT_BEFORE, the same */
  uint32_t form;         /* sqlbus_form: which of the statements count */
  uint32_t flags;        /* of sqlbus_request_flag */
  const sqlbus_statement* statements;
  size_t statement_count;
  int64_t rows_max;        /* MAX_ROWS */
  const char* traceparent; /* TRACEPARENT */
} sqlbus_request;

/* Puts a request on the queue and does not wait for its effect (SYNC false): one round trip to
 * Redis. Success means that Redis has it. `uuid`, where it is not NULL, receives the UUID that was
 * made, the receipt, as soon as the request is a valid one; where the request names its UUID it is
 * left alone. What the buffer holds is sent before, so that the order is kept; where that fails, so
 * does this.
 *
 * queue_max: each push tells how long the queue is. When it was that long, the next one asks first,
 * and is SQLBUS_E_FULL where the queue still is. So the limit costs nothing while there is room,
 * one more round trip otherwise, and may be exceeded by what others push meanwhile.
 *
 * retry_ms: SQLBUS_E_CONNECT and SQLBUS_E_UNCLEAR are tried again as long. Without it a send is one
 * try, which takes connect_timeout_ms and answer_timeout_ms at most. */
SQLBUS_API int sqlbus_send(sqlbus_handle* handle, const sqlbus_request* request,
                           char uuid[SQLBUS_UUID_SIZE]);

/* The same for a statement alone. With SQLBUS_PARAMS() or NULL, 0. */
SQLBUS_API int sqlbus_execute(sqlbus_handle* handle, const char* sql, const sqlbus_param* params,
                              size_t param_count);

/* Many in their order, in as few round trips as buffer_count_max and buffer_bytes_max make of them.
 * All of `requests` have the first one's struct_size. *accepted, where it is not NULL, is the
 * number of those that Redis has: the first ones of the list. What went wrong concerns the next
 * one, or, where it is SQLBUS_E_UNCLEAR, some of the next; nothing behind these was sent. uuids,
 * where it is not NULL, has room for `count` UUIDs and receives those of all that were tried, ""
 * for the others; those from *accepted on may be sent again under them. */
SQLBUS_API int sqlbus_send_many(sqlbus_handle* handle, const sqlbus_request* requests, size_t count,
                                char (*uuids)[SQLBUS_UUID_SIZE], size_t* accepted);

/* ---- The buffer ------------------------------------------------------------------------------ */

/* Requests that are added go to Redis together and in their order, as soon as there are
 * buffer_count_max of them or buffer_bytes_max bytes, or, seen when another one is added, the
 * oldest is buffer_age_max_ms old. No answer is waited for then but that to the push before.
 *
 * Where an add fails, its request is not in the buffer. What went wrong with those that were, is
 * told by the next add or flush; they stay in the buffer, and adds fail with it until a flush has
 * sent them, or sqlbus_buffer_discard() has dropped them. A flush after SQLBUS_E_UNCLEAR sends the
 * same requests under the same UUIDs again: of those that had come through the bus sees a copy,
 * which takes no effect where it runs with exactly_once. */
SQLBUS_API int sqlbus_buffer_add(sqlbus_handle* handle, const sqlbus_request* request,
                                 char uuid[SQLBUS_UUID_SIZE]);

/* Sends what is left and waits until Redis has said that it has everything. *accepted, where it is
 * not NULL, is the number of requests that it took since the flush before, whatever is returned. */
SQLBUS_API int sqlbus_buffer_flush(sqlbus_handle* handle, size_t* accepted);

/* The requests in the buffer that Redis has not said to have. */
SQLBUS_API size_t sqlbus_buffer_count(const sqlbus_handle* handle);

/* Drops them. Those that are on their way may still arrive. */
SQLBUS_API void sqlbus_buffer_discard(sqlbus_handle* handle);

/* ---- Queries --------------------------------------------------------------------------------- */

typedef struct sqlbus_result sqlbus_result;

/* Executes a request and waits for its answer, SQLBUS_E_TIMEOUT after timeout_ms (0: 30 s) at the
 * latest; that is all the time that it takes, whatever happens, but for a host's name to be found.
 * *result is set where the bus has answered, with success or an ERRORID, and NULL otherwise; the
 * pointer may be NULL where nobody wants it.
 *
 * Each request has a reply channel of its own, its UUID, which expires: a late answer is never that
 * to another query. Its DEADLINE comes from the timeout (unless it names one, or says
 * SQLBUS_NO_DEADLINE), by the clock of Redis, a little earlier so that the bus can still say that
 * it is over; after it the statement is not begun, and cancelled where it runs.
 *
 * Where the connection breaks it is made anew, with growing pauses, and the very same request is
 * pushed again as long as there is time. What the buffer holds is sent before, as by
 * sqlbus_send(), and where that fails so does this. */
SQLBUS_API int sqlbus_query(sqlbus_handle* handle, const sqlbus_request* request,
                            uint32_t timeout_ms, sqlbus_result** result);

/* The same for a statement alone. With SQLBUS_PARAMS() or NULL, 0. */
SQLBUS_API int sqlbus_ask(sqlbus_handle* handle, const char* sql, const sqlbus_param* params,
                          size_t param_count, uint32_t timeout_ms, sqlbus_result** result);

/* A query in two halves, so that several can be under way. The time runs from the start on.
 * *query is NULL where it cannot be started. */
typedef struct sqlbus_pending sqlbus_pending;
SQLBUS_API int sqlbus_query_start(sqlbus_handle* handle, const sqlbus_request* request,
                                  uint32_t timeout_ms, sqlbus_pending** query);

/* Waits for its answer, in any order; by any handle on the same Redis, so that another thread may
 * do so. The answer is taken also where the time is over, if it is there. `query` is no more
 * afterwards, whatever is returned. */
SQLBUS_API int sqlbus_query_wait(sqlbus_handle* handle, sqlbus_pending* query,
                                 sqlbus_result** result);

/* Waits no more; its answer expires. NULL is allowed. */
SQLBUS_API void sqlbus_query_forget(sqlbus_pending* query);

/* ---- Results --------------------------------------------------------------------------------- */

/* All of these take NULL for a result without rows. Texts end with NUL, are never NULL where not
 * said so, and live as long as the result. */

typedef enum sqlbus_type {
  SQLBUS_TYPE_BOOL = 0,
  SQLBUS_TYPE_INT = 1,
  SQLBUS_TYPE_DECIMAL = 2,
  SQLBUS_TYPE_FLOAT = 3,
  SQLBUS_TYPE_TEXT = 4,
  SQLBUS_TYPE_BYTES = 5,
  SQLBUS_TYPE_DATE = 6,
  SQLBUS_TYPE_TIME = 7,
  SQLBUS_TYPE_TIMESTAMP = 8,
  SQLBUS_TYPE_JSON = 9,
  SQLBUS_TYPE_UUID = 10,
  SQLBUS_TYPE_OTHER = 11
} sqlbus_type;

#define SQLBUS_NO_FIELD ((size_t)-1)

SQLBUS_API void sqlbus_result_free(sqlbus_result* result);

SQLBUS_API size_t sqlbus_result_rows(const sqlbus_result* result);
SQLBUS_API size_t sqlbus_result_fields(const sqlbus_result* result);
/* NULL where there is no such field. */
SQLBUS_API const char* sqlbus_result_field_name(const sqlbus_result* result, size_t field);
SQLBUS_API sqlbus_type sqlbus_result_field_type(const sqlbus_result* result, size_t field);
/* The first field of this name, in its very letters, or SQLBUS_NO_FIELD, which every getter takes
 * for a field that is not there. */
SQLBUS_API size_t sqlbus_result_find(const sqlbus_result* result, const char* name);

SQLBUS_API int64_t sqlbus_result_affected(const sqlbus_result* result);
SQLBUS_API int sqlbus_result_is_truncated(const sqlbus_result* result); /* MAX_ROWS cut the rows */
/* The UUID had been applied before: this is the first answer. */
SQLBUS_API int sqlbus_result_is_duplicate(const sqlbus_result* result);

SQLBUS_API int32_t sqlbus_result_error_id(const sqlbus_result* result); /* ERRORID, 0: success */
SQLBUS_API const char* sqlbus_result_sqlstate(const sqlbus_result* result);
SQLBUS_API const char* sqlbus_result_message(const sqlbus_result* result);
/* The same may succeed at another time, under a new UUID: a copy of a request gets its answer. */
SQLBUS_API int sqlbus_result_is_retriable(const sqlbus_result* result);

SQLBUS_API const char* sqlbus_result_uuid(const sqlbus_result* result);
SQLBUS_API const char* sqlbus_result_dbtype(const sqlbus_result* result); /* POSTGRESQL, SQLITE */
SQLBUS_API const char* sqlbus_result_traceparent(const sqlbus_result* result);
/* Milliseconds from its TIMESTAMP to its execution, and in the database; negative where the bus
 * does not say. */
SQLBUS_API double sqlbus_result_queued_ms(const sqlbus_result* result);
SQLBUS_API double sqlbus_result_executed_ms(const sqlbus_result* result);

/* ---- Cells ----------------------------------------------------------------------------------- */

/* True also where there is no such cell. */
SQLBUS_API int sqlbus_result_is_null(const sqlbus_result* result, size_t row, size_t field);
/* Any cell as the text that the database made of it, bytes as base64. NULL where it is NULL, or
 * where there is none. */
SQLBUS_API const char* sqlbus_result_text(const sqlbus_result* result, size_t row, size_t field);

/* These leave *value alone where they do not succeed: SQLBUS_E_NULL, SQLBUS_E_TYPE, or
 * SQLBUS_E_ARGUMENT where there is no such cell. They look at the value, and a text column's 7 is
 * an integer, too. */
SQLBUS_API int sqlbus_get_bool(const sqlbus_result* result, size_t row, size_t field, int* value);
SQLBUS_API int sqlbus_get_int(const sqlbus_result* result, size_t row, size_t field,
                              int64_t* value);
SQLBUS_API int sqlbus_get_double(const sqlbus_result* result, size_t row, size_t field,
                                 double* value);
/* A number, with all its digits. */
SQLBUS_API int sqlbus_get_decimal(const sqlbus_result* result, size_t row, size_t field,
                                  const char** digits);
/* A text may hold NUL characters where it comes from a database that allows them: `size`, where it
 * is not NULL, has its bytes without the one at its end. */
SQLBUS_API int sqlbus_get_text(const sqlbus_result* result, size_t row, size_t field,
                               const char** text, size_t* size);
/* Of columns of bytes the bytes; of any other those of its text. */
SQLBUS_API int sqlbus_get_bytes(const sqlbus_result* result, size_t row, size_t field,
                                const void** bytes, size_t* size);

/* ---- Small values ---------------------------------------------------------------------------- */

/* Values of any bytes, up to 16 MiB, by key, in the table sqlbus_kv of a database: SQLite,
 * PostgreSQL or MariaDB. Paths are segments with '/' between them that nest like folders, UTF-8, at
 * most 1024 bytes, a segment at most 255. What is below one first segment is set, read and deleted
 * in its order (it is the KEY). Moments are by the clock of Redis. The table is made when a value
 * is set and it is missing.
 *
 * These return the codes of queries; SQLBUS_E_NOT_FOUND where there is no such value, and
 * SQLBUS_E_ARGUMENT for a path that is none. What goes wrong in one of several requests of a call
 * ends it. A call sends what the buffer holds before. */
typedef struct sqlbus_kv sqlbus_kv;

#define SQLBUS_KV_FOREVER ((int64_t)-1)

/* `handle` outlives it, and is used by the same thread. `database` may be NULL, for the bus's
 * default one; timeout_ms is that of each request, 0: 30 s. Nothing is asked yet. */
SQLBUS_API int sqlbus_kv_open(sqlbus_handle* handle, const char* database, uint32_t timeout_ms,
                              sqlbus_kv** kv);
/* NULL is allowed. */
SQLBUS_API void sqlbus_kv_close(sqlbus_kv* kv);
/* What went wrong in the last call on it, for a person; valid until the next one. */
SQLBUS_API const char* sqlbus_kv_error_text(const sqlbus_kv* kv);

/* lifetime_ms: after it the value has expired; SQLBUS_KV_FOREVER, or more than 0. */
SQLBUS_API int sqlbus_kv_set(sqlbus_kv* kv, const char* path, const void* value, size_t size,
                             int64_t lifetime_ms);
/* *value is valid until the next call; a NUL stands behind it that `size` does not count. */
SQLBUS_API int sqlbus_kv_get(sqlbus_kv* kv, const char* path, const void** value, size_t* size);
/* is_recursive: and all below it. *deleted, where it is not NULL, is how many values that were;
 * none at all is no error. */
SQLBUS_API int sqlbus_kv_del(sqlbus_kv* kv, const char* path, int is_recursive, int64_t* deleted);
/* The names one level below, folders with '/' behind them; is_recursive: the whole paths of all
 * below. `path` may be NULL or "", for the top. *names is valid until the next call. *has_more: not
 * all of them are there, the first 10,000 by the order of their bytes are. */
SQLBUS_API int sqlbus_kv_ls(sqlbus_kv* kv, const char* path, int is_recursive,
                            const char* const** names, size_t* count, int* has_more);
/* How long it has to live, or SQLBUS_KV_FOREVER. */
SQLBUS_API int sqlbus_kv_ttl(sqlbus_kv* kv, const char* path, int64_t* left_ms);
/* Sets it. */
SQLBUS_API int sqlbus_kv_expire(sqlbus_kv* kv, const char* path, int64_t lifetime_ms);

/* ---- Parameters ------------------------------------------------------------------------------ */

static inline sqlbus_param sqlbus_param_of(sqlbus_param_kind kind, const char* data, size_t size) {
  sqlbus_param param;
  param.kind = (uint32_t)kind;
  param.integer = 0;
  param.number = 0;
  param.data = data;
  param.size = size;
  return param;
}

static inline sqlbus_param sqlbus_param_null(void) {
  return sqlbus_param_of(SQLBUS_PARAM_NULL, NULL, 0);
}

static inline sqlbus_param sqlbus_param_bool(int value) {
  sqlbus_param param = sqlbus_param_of(SQLBUS_PARAM_BOOL, NULL, 0);
  param.integer = value;
  return param;
}

static inline sqlbus_param sqlbus_param_int(int64_t value) {
  sqlbus_param param = sqlbus_param_of(SQLBUS_PARAM_INT, NULL, 0);
  param.integer = value;
  return param;
}

static inline sqlbus_param sqlbus_param_double(double value) {
  sqlbus_param param = sqlbus_param_of(SQLBUS_PARAM_DOUBLE, NULL, 0);
  param.number = value;
  return param;
}

static inline sqlbus_param sqlbus_param_decimal(const char* digits) {
  return sqlbus_param_of(SQLBUS_PARAM_DECIMAL, digits, SQLBUS_NUL_TERMINATED);
}

static inline sqlbus_param sqlbus_param_text(const char* text) {
  return sqlbus_param_of(SQLBUS_PARAM_TEXT, text, SQLBUS_NUL_TERMINATED);
}

static inline sqlbus_param sqlbus_param_bytes(const void* bytes, size_t size) {
  return sqlbus_param_of(SQLBUS_PARAM_BYTES, (const char*)bytes, size);
}

#ifndef __cplusplus
/* SQLBUS_PARAMS(sqlbus_param_int(1), sqlbus_param_null()): two arguments of a call, the array of
 * its values and their number. The array lives as long as the block around the call. */
#define SQLBUS_PARAMS(...)             \
  (const sqlbus_param[]){__VA_ARGS__}, \
      sizeof((const sqlbus_param[]){__VA_ARGS__}) / sizeof(sqlbus_param)
#endif

#ifdef __cplusplus
}
#endif

#endif
