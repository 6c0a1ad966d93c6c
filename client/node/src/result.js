// A response, and the rows that it brings.
import { BadAnswer, errorFromAnswer } from './errors.js';
import { Decimal } from './param.js';

/** What a statement brought: iterating yields its rows as arrays. */
export class Result {
  constructor(fields) {
    Object.assign(this, fields);
  }

  /** The rows by column names; of columns of one name the last is seen. */
  objects() {
    const names = this.columns.map((column) => column.name);
    return this.rows.map((row) => Object.fromEntries(row.map((cell, i) => [names[i], cell])));
  }

  /** The only row; throws where there is none, or another one. */
  one() {
    if (this.rows.length !== 1) {
      throw new RangeError(`one row was expected, ${this.rows.length} came`);
    }
    return this.rows[0];
  }

  /** The first cell of the first row, undefined where there is no row. */
  scalar() {
    return this.rows[0]?.[0];
  }

  [Symbol.iterator]() {
    return this.rows[Symbol.iterator]();
  }
}

/** { uuid, error, result }; throws BadAnswer where the text is no response. */
export function readAnswer(text, typed) {
  const members = membersOf(text);
  const uuid = member(members, 'UUID', isString);
  const errorId = member(members, 'ERRORID', Number.isSafeInteger);
  const names = member(members, 'FIELD', isStrings, []);
  const types = member(members, 'TYPES', isStrings, []);
  if (types.length && types.length !== names.length) {
    throw new BadAnswer('TYPES: not one for each FIELD');
  }
  const columns = names.map((name, i) => ({ name, type: types[i] ?? 'other' }));
  const result = new Result({
    uuid,
    columns,
    rows: rowsOf(member(members, 'RESULT', Array.isArray, []), columns, typed),
    affected: member(members, 'AFFECTED', Number.isSafeInteger, 0),
    truncated: member(members, 'TRUNCATED', isBoolean, false),
    duplicate: member(members, 'DUPLICATE', isBoolean, false),
    dbtype: member(members, 'DBTYPE', isString, ''),
    queuedMs: member(members, 'QUEUED_MS', Number.isFinite, null) ?? undefined,
    executedMs: member(members, 'EXECUTED_MS', Number.isFinite, null) ?? undefined,
    traceparent: member(members, 'TRACEPARENT', isString, ''),
  });
  const message = member(members, 'MESSAGE', isString, '');
  const sqlstate = member(members, 'SQLSTATE', isString, '');
  const error = errorId === 0 ? undefined : errorFromAnswer(errorId, message, sqlstate, uuid);
  return { uuid, error, result };
}

const isString = (value) => typeof value === 'string';
const isBoolean = (value) => typeof value === 'boolean';
const isStrings = (value) => Array.isArray(value) && value.every(isString);

function membersOf(text) {
  let response;
  try {
    response = JSON.parse(text);
  } catch (fault) {
    throw new BadAnswer(`a response is no JSON: ${fault.message}`);
  }
  if (typeof response !== 'object' || response === null || Array.isArray(response)) {
    throw new BadAnswer('a response is not an object');
  }
  return new Map(Object.entries(response).map(([name, value]) => [name.toUpperCase(), value]));
}

function member(members, name, isRight, fallback) {
  const value = members.get(name) ?? fallback;
  if (value === undefined) throw new BadAnswer(`${name}: missing`);
  if (value !== fallback && !isRight(value)) throw new BadAnswer(`${name}: of a wrong type`);
  return value;
}

function rowsOf(rows, columns, typed) {
  if (!rows.every((row) => Array.isArray(row) && row.length === columns.length)) {
    throw new BadAnswer('RESULT: a row has not one cell for each FIELD');
  }
  if (!typed) return rows;
  const readers = columns.map((column) => READERS[column.type]);
  return rows.map((row) => row.map((cell, i) => cellOf(cell, readers[i])));
}

// What comes native is native already; a text that no value of JavaScript holds stays a text.
function cellOf(cell, reader) {
  return reader === undefined || typeof cell !== 'string' ? cell : (reader(cell) ?? cell);
}

const FLOATS = { NaN, Infinity, '-Infinity': -Infinity };
const TIMESTAMP = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.\d{1,3}0*)?(Z|[+-]\d\d(?::?\d\d)?)?$/;

const READERS = {
  bool: (text) => ({ true: true, false: false })[text],
  int: (text) => {
    if (!/^-?\d+$/.test(text)) return undefined;
    const value = BigInt(text);
    const number = Number(value);
    return Math.abs(number) <= 2 ** 53 && BigInt(number) === value ? number : value;
  },
  decimal: (text) => (/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) ? new Decimal(text) : undefined),
  float: (text) =>
    FLOATS[text] ?? (/^-?[\d.]+([eE][+-]?\d+)?$/.test(text) ? Number(text) : undefined),
  bytes: (text) => Buffer.from(text, 'base64'),
  timestamp: timestampOf,
};

// A Date has milliseconds: what is finer stays a text. One without a zone is taken as UTC, as a
// Date that is a bind value is written.
function timestampOf(text) {
  const found = TIMESTAMP.exec(text);
  if (!found) return undefined;
  const [, day, time, fraction = '', zone = 'Z'] = found;
  const offset =
    zone === 'Z' ? 'Z' : zone.replace(/^([+-]\d\d):?(\d\d)?$/, (_, h, m = '00') => `${h}:${m}`);
  const date = new Date(`${day}T${time}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
