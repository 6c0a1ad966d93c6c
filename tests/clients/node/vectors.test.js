// The vectors that every client has to pass: tests/vectors/README.md.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as sqlbus from 'sqlbus';
import { callerMembers, envelopeOf, requestMembers } from 'sqlbus/src/request.js';
import { readAnswer } from 'sqlbus/src/result.js';
import { vectors } from './support.js';

const READERS = {
  null: () => null,
  bool: (text) => text === 'true',
  integer: (text) => {
    const value = BigInt(text);
    return BigInt(Number(value)) === value && Math.abs(Number(value)) <= 2 ** 53
      ? Number(value)
      : value;
  },
  float: (text) => ({ nan: NaN, '-inf': -Infinity })[text] ?? Number(text),
  decimal: sqlbus.decimal,
  bytes: (text) => Buffer.from(text, 'base64'),
  timestamp: (text) => new Date(/Z|[+]\d\d:\d\d$/.test(text) ? text : `${text}Z`),
  json: JSON.parse,
};
// Text, and what JavaScript has no type of its own for.
const valueOf = ({ kind, value }) => (READERS[kind] ?? String)(value);

const sqlOf = ({ sql, params = [] }) => ({ sql, params: params.map(valueOf) });

const RENAMED = { not_before: 'notBefore', max_rows: 'maxRows' };

function membersOf(call) {
  const {
    statement, params = [], transaction, upsert, repeat = 1,
    request_bytes_max: bytesMax = 32 << 20, ...options
  } = call; // prettier-ignore
  const request = { uuid: 'u', statement, params: params.map(valueOf) };
  for (const [name, value] of Object.entries(options)) request[RENAMED[name] ?? name] = value;
  if (transaction) request.statement = Array(repeat).fill(transaction.map(sqlOf)).flat();
  if (upsert) request.statement = { update: sqlOf(upsert.update), insert: sqlOf(upsert.insert) };
  const caller = callerMembers(request, { app: 'node', timestamp: 0, sync: false });
  const members = { ...caller, ...requestMembers(request) };
  JSON.parse(envelopeOf(members, bytesMax));
  return members;
}

const ALWAYS = ['UUID', 'APP', 'PID', 'TYPE', 'SYNC', 'TIMESTAMP'];

for (const { name, call, expect, refused, message } of vectors('client_requests.json')) {
  test(`request: ${name}`, () => {
    if (refused) {
      assert.throws(
        () => membersOf(call),
        (fault) => fault.name === refused && fault.message.includes(message),
      );
      return;
    }
    const members = membersOf(call);
    const names = new Set([...ALWAYS, ...Object.keys(expect)]);
    assert.deepEqual(new Set(Object.keys(members)), names);
    for (const [member, text] of Object.entries(expect)) assert.equal(members[member], text);
  });
}

for (const { name, type, cell, value } of vectors('client_answers.json').cells) {
  test(`cell: ${name}`, () => {
    const column = `"FIELD":["c"],"TYPES":["${type}"]`;
    const response = `{"UUID":"u","ERRORID":0,${column},"RESULT":[[${cell}]]}`;
    assert.deepEqual(readAnswer(response, true).result.scalar(), valueOf(value));
  });
}

for (const vector of vectors('client_answers.json').errors) {
  test(`error: ${vector.name}`, () => {
    const { error } = readAnswer(vector.response, true);
    assert.ok(error instanceof sqlbus[vector.error]);
    assert.equal(error.name, vector.error);
    assert.equal(error.errorId, vector.error_id);
    assert.equal(error.sqlstate, vector.sqlstate);
    assert.equal(error.message, vector.message);
    assert.equal(error.retriable, vector.retriable);
    assert.equal(error.uuid, '018f3c2e-7d11-7aaa-8bbb-0123456789ab');
  });
}

for (const { name, response, expect } of vectors('responses.json').valid) {
  test(`response: ${name}`, () => {
    const { uuid, error, result } = readAnswer(response, true);
    assert.equal(uuid, expect.uuid);
    assert.equal(error?.errorId ?? 0, expect.errorid);
    assert.deepEqual(
      result.columns.map((column) => column.name),
      expect.fields,
    );
    assert.equal(result.rows.length, expect.rows.length);
    assert.equal(result.affected, expect.affected);
    assert.equal(result.duplicate, expect.duplicate);
    assert.equal(result.truncated, expect.truncated);
    assert.equal(result.traceparent, expect.traceparent);
    assert.equal(result.queuedMs, expect.queued_ms);
    assert.equal(result.executedMs, expect.executed_ms);
  });
}

// A client need not notice these two.
const PASSED_OVER = ['a repeated member', 'ERRORID of 64 bits'];

for (const { name, response } of vectors('responses.json').invalid) {
  if (PASSED_OVER.includes(name)) continue;
  test(`no response: ${name}`, () => {
    assert.throws(() => readAnswer(response, true), sqlbus.BadAnswer);
  });
}
