// What a client does before it talks to Redis.
import { basename } from 'node:path';

import { ArgumentError } from './errors.js';
import { callerMembers, envelopeOf, requestMembers } from './request.js';
import { Uuid7Maker } from './uuid7.js';

export const BATCH_COUNT_MAX = 500;
export const BATCH_BYTES_MAX = 256 * 1024;
const DEADLINE_BYTES = 32;

const DEFAULTS = {
  queue: 'SqlBusDefaultQueue',
  app: undefined,
  database: undefined,
  timeout: 30_000,
  sendTimeout: 5_000,
  connectTimeout: 5_000,
  requestBytesMax: 32 * 1024 * 1024,
  queueLimit: undefined,
  resend: true,
  connectionsMax: 64,
  tls: undefined,
};

export class RequestMaker {
  #uuids = new Uuid7Maker();
  #app;

  constructor(settings) {
    for (const name of Object.keys(settings)) {
      if (!(name in DEFAULTS)) throw new ArgumentError(`a client has no ${name}`);
    }
    this.settings = { ...DEFAULTS, ...settings };
    this.#app = this.settings.app ?? programName();
    this.push({});
  }

  /** Of a request that nobody waits for: { request, envelope }. */
  draft(given) {
    const request = this.#named(given);
    const members = this.#members(request, false);
    return { request, envelope: envelopeOf(members, this.settings.requestBytesMax) };
  }

  /** Of a request whose caller waits. Its own deadline, where it has one, goes before `timeout`. */
  question(given, { timeout = this.settings.timeout, expires = true, ...how }) {
    if (!(timeout > 0 && timeout < 2 ** 31)) {
      throw new ArgumentError('timeout must be more than 0 milliseconds');
    }
    const request = this.#named(given);
    const members = this.#members(request, true);
    const bytesMax = this.settings.requestBytesMax;
    const doesExpire = expires && request.deadline == null;
    // Refused before Redis is asked anything: a DEADLINE has less than this.
    envelopeOf(members, bytesMax - (doesExpire ? DEADLINE_BYTES : 0));
    const envelopeBy = (deadline) => {
      if (deadline !== undefined) members.DEADLINE = (deadline / 1000).toFixed(6);
      return envelopeOf(members, bytesMax);
    };
    const { uuid, typed } = request;
    return { uuid, typed, timeout, expires: doesExpire, envelopeBy, push: this.push(how) };
  }

  /** How envelopes get on a queue. */
  push({ queue = this.settings.queue, urgent = false }) {
    if (typeof queue !== 'string' || queue === '' || /[{}]/.test(queue)) {
      throw new ArgumentError("a queue's name is not empty and holds no { or }");
    }
    return { queue, urgent, limit: this.settings.queueLimit, resend: this.settings.resend };
  }

  /**
   * Drafts that go together: up to 500, or until they have 256 KiB. No item is taken before the
   * batches without it have been dealt with.
   */
  async *batches(items, options) {
    let batch = [];
    let size = 0;
    for await (const item of items) {
      const draft = this.draft(asRequest(item, options));
      batch.push(draft);
      size += Buffer.byteLength(draft.envelope);
      if (batch.length === BATCH_COUNT_MAX || size >= BATCH_BYTES_MAX) {
        yield batch;
        batch = [];
        size = 0;
      }
    }
    if (batch.length) yield batch;
  }

  #named(request) {
    const database = request.database ?? this.settings.database;
    return { ...request, database, uuid: request.uuid ?? this.#uuids.make() };
  }

  #members(request, sync) {
    const caller = callerMembers(request, { app: this.#app, timestamp: Date.now(), sync });
    return { ...caller, ...requestMembers(request) };
  }
}

// An object with a `statement` is a whole request; others are what `statement` may be.
function asRequest(item, options) {
  return item?.statement === undefined ? { ...options, statement: item } : { ...options, ...item };
}

function programName() {
  const name = basename(process.argv[1] ?? '').replaceAll('\0', '');
  const cut = Buffer.from(name).subarray(0, 128).toString().replaceAll('\ufffd', '');
  return cut || 'node';
}
