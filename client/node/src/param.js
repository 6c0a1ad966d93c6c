// Bind values as JSON texts.
import { ArgumentError } from './errors.js';

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** A number of which no digit is lost: JavaScript has no decimals. */
export class Decimal {
  constructor(digits) {
    this.digits = String(digits);
  }

  toString() {
    return this.digits;
  }
}

export const decimal = (digits) => new Decimal(digits);

/** A string of the envelope; `what` names it where the bus would not take it. */
export function textJson(text, what) {
  if (text.includes('\0')) throw new ArgumentError(`${what} holds a NUL character`);
  if (/\p{Surrogate}/u.test(text)) throw new ArgumentError(`${what} is not UTF-8`);
  return JSON.stringify(text);
}

/** An element of PARAMS. Bytes become BASE64, dates ISO 8601. */
export function paramJson(value, what = 'a value') {
  if (value === null || value === undefined) return 'null';
  switch (typeof value) {
    case 'string':
      return textJson(value, what);
    case 'boolean':
      return String(value);
    case 'bigint':
      if (value < INT64_MIN || value > INT64_MAX) {
        throw new ArgumentError(`${what} does not fit 64 bits; pass a decimal()`);
      }
      return String(value);
    case 'number':
      return numberJson(value, what);
    default:
      return objectJson(value, what);
  }
}

function numberJson(value, what) {
  if (!Number.isFinite(value)) throw new ArgumentError(`${what} is not a finite number`);
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  // With a point or an exponent, so that no database takes it for an integer that it is not.
  const isWhole = /^-?\d+$/.test(text);
  return isWhole && !Number.isSafeInteger(value) ? `${text}.0` : text;
}

function objectJson(value, what) {
  if (value instanceof Decimal) {
    if (!JSON_NUMBER.test(value.digits)) {
      throw new ArgumentError(`${what} is not a finite number as JSON writes it`);
    }
    if (!Number.isFinite(Number(value.digits))) {
      throw new ArgumentError(
        `${what} is beyond the range of a double, which the bus does not take`,
      );
    }
    return value.digits;
  }
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return `{"BASE64":"${bytes.toString('base64')}"}`;
  }
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw new ArgumentError(`${what} is no valid Date`);
    return `"${value.toISOString()}"`;
  }
  const kind = value.constructor?.name ?? typeof value;
  throw new ArgumentError(`${what} is of type ${kind}, which is no bind value`);
}
