// What can go wrong, as errors. One table says which ERRORID is which.

/** The base of all others: see index.d.ts for what each one means. */
export class SqlbusError extends Error {
  constructor(message, { uuid, errorId, sqlstate = '', retriable } = {}) {
    super(message);
    this.name = new.target.name;
    this.uuid = uuid;
    this.errorId = errorId;
    this.sqlstate = sqlstate;
    this.retriable = retriable ?? new.target.isPassing;
    this.pending = [];
    this.accepted = [];
  }

  static isPassing = false;
}

export class ArgumentError extends SqlbusError {}
export class TooLarge extends ArgumentError {}
export class RedisRefused extends SqlbusError {}
export class BadAnswer extends SqlbusError {}
export class NotFound extends SqlbusError {}
export class DatabaseError extends SqlbusError {}
export class ConstraintViolation extends DatabaseError {}
export class RequestRefused extends SqlbusError {}
export class ReplyTooLarge extends SqlbusError {}
export class Exhausted extends SqlbusError {}

class PassingError extends SqlbusError {
  static isPassing = true;
}
export class Unreachable extends PassingError {}
export class Unclear extends PassingError {}
export class QueueFull extends PassingError {}
export class DatabaseUnavailable extends PassingError {}
export class Timeout extends PassingError {}
export class Expired extends Timeout {}

const CLASSES = new Map([
  [100, NotFound],
  [-1, DatabaseError],
  [1001, RequestRefused],
  [1002, RequestRefused],
  [1003, RequestRefused],
  [1101, RequestRefused],
  [1102, RequestRefused],
  [1201, RequestRefused],
  [1202, DatabaseUnavailable],
  [1301, Expired],
  [1302, Expired],
  [1303, ReplyTooLarge],
  [1304, RequestRefused],
  [1305, RequestRefused],
  [1401, Exhausted],
  [1402, Exhausted],
]);

// Connection, rollback by the database, resources, operator; and a lock that was not to be had.
const PASSING_SQLSTATES = ['08', '40', '53', '57P', '55P03'];

/** The error for an answer whose ERRORID is not 0; a number that is new is a SqlbusError. */
export function errorFromAnswer(errorId, message, sqlstate, uuid) {
  let kind = CLASSES.get(errorId) ?? SqlbusError;
  if (kind === DatabaseError && sqlstate.startsWith('23')) kind = ConstraintViolation;
  let retriable;
  if (errorId === -1) retriable = PASSING_SQLSTATES.some((part) => sqlstate.startsWith(part));
  if (errorId === 1401) retriable = true;
  return new kind(message || `ERRORID ${errorId}`, { uuid, errorId, sqlstate, retriable });
}
