/** A number of which no digit is lost: what decimal() makes, and what decimal columns bring. */
export class Decimal {
  constructor(digits: string | number | bigint);
  readonly digits: string;
  toString(): string;
}
export function decimal(digits: string | number | bigint): Decimal;

/**
 * A bind value. A number that is whole goes as an integer where it is a safe one; a bigint has to
 * fit 64 bits; bytes are a Buffer or Uint8Array; a Date goes as ISO 8601 in UTC.
 */
export type Param =
  null | undefined | boolean | number | bigint | string | Uint8Array | Date | Decimal;

export interface Sql {
  sql: string;
  params?: readonly Param[];
}
export type Part = string | Sql;
export interface Upsert {
  update: Part;
  insert: Part;
}
/** An array of parts is one transaction, all of them or none. */
export type Statement = Part | Upsert | readonly Part[];

/** Seconds since 1970, or a Date, by the clock of the Redis server. */
export type Moment = number | Date;

export interface RequestOptions {
  database?: string;
  /** Requests of one key take effect in their order. */
  key?: string;
  deadline?: Moment;
  notBefore?: Moment;
  maxRows?: number;
  /** true for queries: cells have JavaScript's types; false: each is a string or null. */
  typed?: boolean;
  traceparent?: string;
  app?: string;
  /** Only to send a request again. */
  uuid?: string;
}
export interface Request extends RequestOptions {
  statement: Statement;
  params?: readonly Param[];
}

export interface SendOptions extends RequestOptions {
  queue?: string;
  urgent?: boolean;
  /** Milliseconds; the client's sendTimeout. */
  timeout?: number;
}
export interface QueryOptions extends RequestOptions {
  queue?: string;
  urgent?: boolean;
  /** Milliseconds; the client's timeout. The DEADLINE comes from it. */
  timeout?: number;
  /** false: no DEADLINE. The statement runs all the same, and only the waiting ends. */
  expires?: boolean;
}

export interface ClientSettings {
  /** "SqlBusDefaultQueue" */
  queue?: string;
  /** The program's name. */
  app?: string;
  database?: string;
  /** Of queries, in milliseconds: 30,000. */
  timeout?: number;
  /** Of sends, in milliseconds: 5,000. */
  sendTimeout?: number;
  /** Milliseconds: 5,000. */
  connectTimeout?: number;
  /** 32 MiB, as the bus's request_max. */
  requestBytesMax?: number;
  /** Where so many wait on the queue, QueueFull instead of a push; exact, whoever else pushes. */
  queueLimit?: number;
  /** true: what was under way when a connection broke is sent again under its UUID. */
  resend?: boolean;
  /** 64 queries wait at once, each on a connection of its own; others wait for these. */
  connectionsMax?: number;
  /** For rediss://: what node:tls takes, such as { ca, cert, key }. */
  tls?: object;
}

export type ColumnType =
  | 'bool'
  | 'int'
  | 'decimal'
  | 'float'
  | 'text'
  | 'bytes'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'json'
  | 'uuid'
  | 'other';

/**
 * Cells: bool boolean; int number, beyond 2^53 bigint; decimal Decimal; float number; bytes Buffer;
 * timestamp Date (one without a zone is read as UTC, one finer than milliseconds stays a string);
 * json as parsed; everything else, and what no such value holds, a string; NULL null.
 */
export type Cell = any;

export class Result implements Iterable<Cell[]> {
  readonly uuid: string;
  readonly columns: readonly { name: string; type: ColumnType }[];
  readonly rows: Cell[][];
  readonly affected: number;
  /** maxRows cut the rows. */
  readonly truncated: boolean;
  /** The UUID had been applied before: this is the first answer. */
  readonly duplicate: boolean;
  readonly dbtype: string;
  readonly queuedMs?: number;
  readonly executedMs?: number;
  readonly traceparent: string;
  /** The rows by column names; of columns of one name the last is seen. */
  objects(): Record<string, Cell>[];
  /** The only row; throws RangeError where there is none, or another one. */
  one(): Cell[];
  /** The first cell of the first row, undefined where there is no row. */
  scalar(): Cell;
  [Symbol.iterator](): Iterator<Cell[]>;
}

/**
 * Hands requests over to the bus, by way of the Redis at `url`: redis://, rediss://, unix:// or the
 * path of a socket. Nothing is connected before the first call.
 *
 * Sends take effect in the order of their calls, also where they are not awaited one by one. A
 * connection that breaks is replaced, and what was under way is sent again under the same UUID,
 * until the time of the call is over.
 */
export class Client {
  constructor(url: string, settings?: ClientSettings);
  /** Does not wait for the effect. Gives the UUID, once Redis has the request. */
  send(statement: Statement, params?: readonly Param[], options?: SendOptions): Promise<string>;
  /** Many at once, in their order. An error's `pending` are those of its push. */
  sendMany(
    items: Iterable<Statement | Request> | AsyncIterable<Statement | Request>,
    options?: Omit<SendOptions, 'urgent'>,
  ): Promise<string[]>;
  buffer(options?: BufferOptions): SendBuffer;
  /** Executes, and waits for the answer. */
  query(statement: Statement, params?: readonly Param[], options?: QueryOptions): Promise<Result>;
  /** All in one transaction, or none. The rows are the last one's, `affected` is the sum. */
  transaction(statements: readonly Part[], options?: QueryOptions): Promise<Result>;
  /** UPDATE; where it matches no row, INSERT; in one transaction. */
  upsert(update: Part, insert: Part, options?: QueryOptions): Promise<Result>;
  /** The time by the clock of the Redis server, in seconds since 1970. */
  now(): Promise<number>;
  /** Ends the idle connections; calls that are under way end by themselves. */
  close(): Promise<void>;
  /** For `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
}

declare global {
  // As TypeScript's own esnext.disposable declares it, for those who do not have that.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

export interface BufferOptions {
  queue?: string;
  /** 500; at most 5,000. */
  countMax?: number;
  /** 256 KiB */
  bytesMax?: number;
  /** Milliseconds: 100; null: no limit. */
  ageMax?: number | null;
}

/**
 * Requests that go to Redis together, in their order, as soon as there are countMax of them or
 * bytesMax bytes, or the oldest is ageMax old. Where that fails they stay, and each add throws the
 * same error until a flush has sent them or discard() has dropped them.
 */
export class SendBuffer {
  private constructor();
  /** How many Redis is not known to have. */
  readonly length: number;
  add(statement: Statement, params?: readonly Param[], options?: RequestOptions): Promise<string>;
  /** Sends what waits. Gives how many Redis took since the flush before. */
  flush(): Promise<number>;
  discard(): void;
  close(): Promise<void>;
}

/**
 * The base of all others. After Unreachable, Unclear, QueueFull and Timeout the request may be sent
 * again under its UUID; after an answer not, a copy of a request gets the same answer.
 */
export class SqlbusError extends Error {
  readonly uuid?: string;
  /** The answer's ERRORID; undefined where there was none. */
  readonly errorId?: number;
  readonly sqlstate: string;
  /** The same may succeed at another time. */
  readonly retriable: boolean;
  /** Of sends: those of the push that failed. To send them again, as they are, is safe. */
  readonly pending: Request[];
  /** Of sendMany: the UUIDs that Redis has. */
  readonly accepted: string[];
}
/** The request cannot be made, and nothing was sent. */
export class ArgumentError extends SqlbusError {}
/** The envelope exceeds requestBytesMax; nothing was sent. */
export class TooLarge extends ArgumentError {}
/** Redis could not be reached in time; the request is not on the queue. */
export class Unreachable extends SqlbusError {}
/** No word came from Redis: the request may be on the queue or not. */
export class Unclear extends SqlbusError {}
/** Redis said no, and the message is its answer; the request is not on the queue. */
export class RedisRefused extends SqlbusError {}
/** queueLimit requests wait already; this one is not on the queue. */
export class QueueFull extends SqlbusError {}
/** No answer came in time. What the statement did, if it ran, is not known. */
export class Timeout extends SqlbusError {}
/** The bus says so (1301, 1302): the DEADLINE passed, and nothing has taken effect. */
export class Expired extends Timeout {}
/** What came on the reply channel is no response. */
export class BadAnswer extends SqlbusError {}
/** Neither UPDATE nor INSERT of a pair changed a row (100). */
export class NotFound extends SqlbusError {}
/** The database refused the statement (-1); `sqlstate` says why. */
export class DatabaseError extends SqlbusError {}
/** A unique, foreign key, not null or check constraint (SQLSTATE class 23). */
export class ConstraintViolation extends DatabaseError {}
/** The bus does not take the request (1001-1003, 1101, 1102, 1201, 1304, 1305). */
export class RequestRefused extends SqlbusError {}
/** The database could not be reached until the DEADLINE (1202). */
export class DatabaseUnavailable extends SqlbusError {}
/** The result exceeds the bus's reply_max (1303); a write has taken effect. */
export class ReplyTooLarge extends SqlbusError {}
/** It failed each time for a passing cause (1401), or the daemon died with it (1402). */
export class Exhausted extends SqlbusError {}
