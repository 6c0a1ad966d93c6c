/* libsqlbus: what a process calls to hand SQL over to the bus. Plain C.
 *
 *   sqlbus_handle* bus;
 *   sqlbus_param params[] = {sqlbus_param_int(42), sqlbus_param_text("bolts")};
 *   sqlbus_request request = {.struct_size = sizeof request,
 *                             .statement = "insert into orders values ($1, $2)",
 *                             .params = params, .param_count = 2};
 *   char uuid[SQLBUS_UUID_SIZE];
 *   if (sqlbus_open("redis://127.0.0.1", NULL, &bus) != 0 || sqlbus_send(bus, &request, uuid) != 0)
 *     fprintf(stderr, "%s\n", sqlbus_error_text(bus));
 *   sqlbus_close(bus);
 *
 * Threads: a handle is used by one thread at a time; threads that each have a handle of their own
 * do not meet. A handle belongs to the process that opened it: a child of fork() opens its own, and
 * may only close what it inherited.
 * Memory: what is passed in is borrowed for the call; nothing is handed over but the handle.
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
  SQLBUS_E_UNCLEAR = 6,   /* no answer came: it may be on the queue or not. Sending it again under
                             the same UUID is safe where the bus runs with exactly_once */
  SQLBUS_E_MEMORY = 7
} sqlbus_code; /* With the codes before SQLBUS_E_UNCLEAR the request is not on the queue. */

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
} sqlbus_options;

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
} sqlbus_request;

/* Puts a request on the queue and does not wait for its effect (SYNC false): one round trip to
 * Redis. Success means that Redis has it. `uuid`, where it is not NULL, receives the UUID that was
 * made, the receipt, as soon as the request is a valid one; where the request names its UUID it is
 * left alone. What the buffer holds is sent before, so that the order is kept; where that fails, so
 * does this.
 *
 * queue_max: each push tells how long the queue is. When it was that long, the next one asks first,
 * and is SQLBUS_E_FULL where the queue still is. So the limit costs nothing while there is room,
 * one more round trip otherwise, and may be exceeded by what others push meanwhile. */
SQLBUS_API int sqlbus_send(sqlbus_handle* handle, const sqlbus_request* request,
                           char uuid[SQLBUS_UUID_SIZE]);

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

#ifdef __cplusplus
}
#endif

#endif
