// A request, and the envelope that it becomes.
import { ArgumentError, TooLarge } from './errors.js';
import { paramJson, textJson } from './param.js';

const STATEMENTS_MAX = 1000;
const PARAMS_MAX = 1_000_000;
const KNOWN = new Set([
  'statement', 'params', 'database', 'key', 'deadline', 'notBefore', 'maxRows', 'typed',
  'traceparent', 'app', 'uuid',
]); // prettier-ignore

/** The members that say what is to be done, each as JSON text. */
export function requestMembers(request) {
  for (const name of Object.keys(request)) {
    if (!KNOWN.has(name)) throw new ArgumentError(`a request has no ${name}`);
  }
  const members = statementMembers(request.statement, request.params);
  if (request.database != null) members.DATABASE = boundedText('DATABASE', request.database);
  if (request.key != null) members.KEY = boundedText('KEY', request.key, 512);
  if (request.deadline != null) members.DEADLINE = momentJson('DEADLINE', request.deadline);
  if (request.notBefore != null) members.NOT_BEFORE = momentJson('NOT_BEFORE', request.notBefore);
  if (request.typed) members.TYPED = 'true';
  if (request.maxRows != null) {
    if (!Number.isSafeInteger(request.maxRows) || request.maxRows < 1) {
      throw new ArgumentError('MAX_ROWS must be an integer of at least 1');
    }
    members.MAX_ROWS = String(request.maxRows);
  }
  if (request.traceparent != null) {
    members.TRACEPARENT = textJson(request.traceparent, 'TRACEPARENT');
  }
  return members;
}

/** The members that say who asks, and where the answer goes. */
export function callerMembers(request, { app, timestamp, sync }) {
  if (typeof request.uuid !== 'string' || !/^[!-~]{1,64}$/.test(request.uuid)) {
    throw new ArgumentError('UUID must be 1 to 64 printable ASCII characters without spaces');
  }
  const uuid = JSON.stringify(request.uuid);
  const members = {
    UUID: uuid,
    APP: boundedText('APP', request.app ?? app, 128),
    PID: String(process.pid),
    TYPE: '"REQUEST"',
    SYNC: String(sync),
    TIMESTAMP: (timestamp / 1000).toFixed(3),
  };
  // A channel of its own: a late answer is never taken by another request.
  if (sync) members.RCHANNEL = uuid;
  return members;
}

export function envelopeOf(members, bytesMax) {
  const parts = Object.entries(members).map(([name, value]) => `"${name}":${value}`);
  const envelope = `{${parts.join(',')}}`;
  // Most are far below: their bytes need not be counted.
  if (envelope.length * 3 > bytesMax) {
    const bytes = Buffer.byteLength(envelope);
    if (bytes > bytesMax) {
      throw new TooLarge(`the request has ${bytes} bytes, requestBytesMax is ${bytesMax}`);
    }
  }
  return envelope;
}

function statementMembers(statement, params) {
  if (typeof statement === 'string') return singleMembers({ sql: statement, params });
  if (params?.length) {
    throw new ArgumentError('PARAMS stand with each statement where there are several');
  }
  if (Array.isArray(statement)) {
    if (statement.length < 1 || statement.length > STATEMENTS_MAX) {
      throw new ArgumentError('STATEMENT must have 1 to 1000 statements');
    }
    return { STATEMENT: `[${partsJson(statement).join(',')}]` };
  }
  if (statement?.sql !== undefined) return singleMembers(statement);
  if (statement?.update !== undefined && statement.insert !== undefined) {
    const [update, insert] = partsJson([statement.update, statement.insert]);
    return { STATEMENT: `{"UPDATE":${update},"INSERT":${insert}}` };
  }
  throw new ArgumentError(
    'STATEMENT must be a string, { sql, params }, { update, insert } or an array',
  );
}

function singleMembers(part) {
  const members = { STATEMENT: sqlJson(part.sql) };
  if (checkedParams(part.params).length) members.PARAMS = paramsJson(part.params);
  return members;
}

function partsJson(parts) {
  const wanted = parts.map((part) => (typeof part === 'string' ? { sql: part } : part));
  const count = wanted.reduce((sum, part) => sum + checkedParams(part?.params).length, 0);
  if (count > PARAMS_MAX) throw new ArgumentError('PARAMS has more than 1,000,000 values');
  return wanted.map((part) => {
    if (!part?.params?.length) return sqlJson(part?.sql);
    return `{"SQL":${sqlJson(part.sql)},"PARAMS":${paramsJson(part.params)}}`;
  });
}

function sqlJson(sql) {
  if (typeof sql !== 'string') throw new ArgumentError('STATEMENT must be a string');
  if (sql === '') throw new ArgumentError('STATEMENT is empty');
  return textJson(sql, 'STATEMENT');
}

function checkedParams(params) {
  if (params === undefined) return [];
  if (!Array.isArray(params)) throw new ArgumentError('PARAMS must be an array');
  if (params.length > PARAMS_MAX) throw new ArgumentError('PARAMS has more than 1,000,000 values');
  return params;
}

function paramsJson(params) {
  const values = Array.from(params, (value, i) => paramJson(value, `value ${i + 1} of PARAMS`));
  return `[${values.join(',')}]`;
}

function boundedText(name, text, bytesMax) {
  if (typeof text !== 'string' || text === '') {
    throw new ArgumentError(`${name} must be a string that is not empty`);
  }
  const json = textJson(text, name);
  if (bytesMax !== undefined && Buffer.byteLength(text) > bytesMax) {
    throw new ArgumentError(`${name} must be a string of 1 to ${bytesMax} bytes`);
  }
  return json;
}

function momentJson(name, moment) {
  const seconds = moment instanceof Date ? moment.getTime() / 1000 : moment;
  if (typeof seconds !== 'number' || !(seconds >= 0 && seconds < 1e11)) {
    throw new ArgumentError(`${name} must be seconds since 1970 or a Date`);
  }
  return seconds.toFixed(6).replace(/\.?0+$/, '');
}
