// The client.
import { SendBuffer } from './buffer.js';
import { SqlbusError } from './errors.js';
import { ServerClock, ask, askClock, pushAll } from './exchange.js';
import { Gate } from './gate.js';
import { Limit, LinkPool } from './link.js';
import { RequestMaker } from './requests.js';

const asyncDispose = Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose');

/** Hands requests over to the bus; see index.d.ts for the contract. */
export class Client {
  #maker;
  #pool;
  #clock = new ServerClock();
  // Sends go one after the other: a push that is tried again must not be overtaken.
  #turn = new Gate(1);
  #seats;

  constructor(url, settings = {}) {
    this.#maker = new RequestMaker(settings);
    this.#pool = new LinkPool(url, this.#maker.settings);
    this.#seats = new Gate(this.#maker.settings.connectionsMax);
  }

  async send(statement, params, { queue, urgent, timeout, ...options } = {}) {
    const push = this.#maker.push({ queue, urgent });
    const draft = this.#maker.draft({ ...options, statement, params });
    await this.#push([draft], push, timeout);
    return draft.request.uuid;
  }

  async sendMany(items, { queue, timeout, ...options } = {}) {
    const push = this.#maker.push({ queue });
    const uuids = [];
    try {
      for await (const batch of this.#maker.batches(items, options)) {
        await this.#push(batch, push, timeout);
        for (const { request } of batch) uuids.push(request.uuid);
      }
    } catch (fault) {
      if (fault instanceof SqlbusError) fault.accepted = uuids;
      throw fault;
    }
    return uuids;
  }

  buffer({ queue, ...options } = {}) {
    const push = this.#maker.push({ queue });
    return new SendBuffer(this.#maker, (drafts) => this.#push(drafts, push), options);
  }

  async query(statement, params, { queue, urgent, timeout, expires, ...options } = {}) {
    const request = { typed: true, ...options, statement, params };
    const question = this.#maker.question(request, { queue, urgent, timeout, expires });
    const limit = new Limit(question.timeout);
    const answer = await this.#seats.pass(
      limit,
      'all connections are waiting for answers',
      question.uuid,
      () => ask(this.#pool, question, this.#clock, limit),
    );
    if (answer.error) throw answer.error;
    return answer.result;
  }

  transaction(statements, options) {
    return this.query(statements, undefined, options);
  }

  upsert(update, insert, options) {
    return this.query({ update, insert }, undefined, options);
  }

  async now() {
    const limit = new Limit(this.#maker.settings.sendTimeout);
    return (await askClock(this.#pool, this.#clock, limit)) / 1000;
  }

  async close() {
    this.#pool.close();
  }

  async [asyncDispose]() {
    await this.close();
  }

  async #push(drafts, push, timeout = this.#maker.settings.sendTimeout) {
    const limit = new Limit(timeout);
    const envelopes = drafts.map((draft) => draft.envelope);
    const uuid = drafts.length === 1 ? drafts[0].request.uuid : undefined;
    try {
      await this.#turn.pass(limit, 'earlier sends have not ended', uuid, () =>
        pushAll(this.#pool, envelopes, push, limit, uuid),
      );
    } catch (fault) {
      if (fault instanceof SqlbusError) fault.pending = drafts.map((draft) => draft.request);
      throw fault;
    }
  }
}
