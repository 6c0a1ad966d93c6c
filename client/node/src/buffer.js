// Requests that wait a moment, and go to Redis together.
import { ArgumentError, SqlbusError } from './errors.js';
import { BATCH_BYTES_MAX, BATCH_COUNT_MAX } from './requests.js';

const COUNT_MAX = 5000;

/** Made by Client.buffer(); see index.d.ts. */
export class SendBuffer {
  #maker;
  #push;
  #countMax;
  #bytesMax;
  #ageMax;
  #drafts = [];
  #bytes = 0;
  #accepted = 0;
  #failure;
  #timer;
  #sending;
  #isClosed = false;

  constructor(maker, push, options) {
    const { countMax = BATCH_COUNT_MAX, bytesMax = BATCH_BYTES_MAX, ageMax = 100 } = options;
    // A script of Redis, which queueLimit takes, has no room for 8000.
    if (!(countMax >= 1 && countMax <= COUNT_MAX && bytesMax >= 1)) {
      throw new ArgumentError(`countMax is 1 to ${COUNT_MAX}, bytesMax at least 1`);
    }
    if (ageMax !== null && !(ageMax > 0)) throw new ArgumentError('ageMax is above 0');
    this.#maker = maker;
    this.#push = push;
    this.#countMax = countMax;
    this.#bytesMax = bytesMax;
    this.#ageMax = ageMax;
  }

  get length() {
    return this.#drafts.length;
  }

  async add(statement, params, options = {}) {
    if (this.#isClosed) throw new Error('the buffer is closed');
    const draft = this.#maker.draft({ ...options, statement, params });
    // While one push is under way the next one gathers, but no more than that.
    while (this.#sending && this.#isFull()) await this.#sending;
    if (this.#failure) throw this.#failure;
    this.#drafts.push(draft);
    this.#bytes += Buffer.byteLength(draft.envelope);
    if (this.#isFull()) await this.#send().catch(() => {});
    else this.#startTimer();
    return draft.request.uuid;
  }

  async flush() {
    while (this.#sending) await this.#sending;
    if (this.#drafts.length) await this.#send();
    const accepted = this.#accepted;
    this.#accepted = 0;
    return accepted;
  }

  discard() {
    this.#drafts = [];
    this.#bytes = 0;
    this.#failure = undefined;
  }

  async close() {
    try {
      await this.flush();
    } finally {
      this.#isClosed = true;
      clearTimeout(this.#timer);
    }
  }

  #isFull() {
    return this.#drafts.length >= this.#countMax || this.#bytes >= this.#bytesMax;
  }

  #startTimer() {
    if (this.#ageMax === null || this.#timer || this.#failure || this.#sending) return;
    this.#timer = setTimeout(() => this.#send().catch(() => {}), this.#ageMax);
  }

  // Its failure is kept for the next add or flush.
  async #send() {
    while (this.#sending) await this.#sending;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const going = [...this.#drafts];
    if (going.length === 0) return;
    let isOver;
    this.#sending = new Promise((resolve) => (isOver = resolve));
    try {
      await this.#push(going);
      this.#failure = undefined;
      this.#accepted += going.length;
      const gone = new Set(going);
      this.#drafts = this.#drafts.filter((draft) => !gone.has(draft));
      this.#bytes = this.#drafts.reduce(
        (sum, { envelope }) => sum + Buffer.byteLength(envelope),
        0,
      );
    } catch (fault) {
      if (fault instanceof SqlbusError) this.#failure = fault;
      throw fault;
    } finally {
      this.#sending = undefined;
      isOver();
      if (this.#drafts.length && !this.#failure) this.#startTimer();
    }
  }
}
