// What is said to Redis, and what follows from its answers.
import { setTimeout as pause } from 'node:timers/promises';

import { QueueFull, RedisRefused, Timeout, Unclear, Unreachable } from './errors.js';
import { CannotConnect, LinkBroken, Refused } from './link.js';
import { readAnswer } from './result.js';

/** The time by Redis, which DEADLINE goes by: asked now and then, on new connections always. */
export class ServerClock {
  #offset = 0;
  #askedAt = -Infinity;

  get isStale() {
    return performance.now() - this.#askedAt > 60_000;
  }

  set([seconds, microseconds]) {
    this.#askedAt = performance.now();
    this.#offset = Number(seconds) * 1000 + Number(microseconds) / 1000 - this.#askedAt;
  }

  /** Milliseconds since 1970. */
  now() {
    return performance.now() + this.#offset;
  }
}

// Looks and pushes in one step, so that callers who push at the same time cannot exceed the limit.
const PUSH_WITHIN =
  "if redis.call('LLEN',KEYS[1])+#ARGV-2>tonumber(ARGV[2]) then return -1 end " +
  'return redis.call(ARGV[1],KEYS[1],unpack(ARGV,3))';

function pushCommand({ queue, urgent, limit }, envelopes) {
  const verb = urgent ? 'RPUSH' : 'LPUSH';
  if (limit == null) return [verb, queue, ...envelopes];
  return ['EVAL', PUSH_WITHIN, '1', queue, verb, String(limit), ...envelopes];
}

/** How far one request has come, over all connections that it needed. */
class Attempt {
  mayBeThere = false;
  #limit;
  #push;
  #uuid;
  #pauseMs = 20;

  constructor(limit, push, uuid) {
    this.#limit = limit;
    this.#push = push;
    this.#uuid = uuid;
  }

  /** Pushes on a connection, and keeps account of what may have become of it. */
  async push(link, envelopes, replyWith = (reply) => reply) {
    const wasUnclear = this.mayBeThere;
    this.mayBeThere = true;
    let reply;
    try {
      reply = await replyWith(link.send(pushCommand(this.#push, envelopes), this.#limit.left()));
    } catch (fault) {
      if (fault instanceof Refused) this.mayBeThere = wasUnclear;
      throw fault;
    }
    if (reply !== -1) return;
    this.mayBeThere = wasUnclear;
    const text = `${this.#push.limit} requests wait on ${this.#push.queue}`;
    if (wasUnclear)
      throw this.#unclear(`${text}; whether an earlier try came through is not known`);
    throw new QueueFull(text, { uuid: this.#uuid });
  }

  /** Waits before the next try, or throws: what the fault means for the caller. */
  async again(fault) {
    if (fault instanceof Refused && !fault.isPassing) {
      if (this.mayBeThere) throw this.#unclear(fault.message);
      throw new RedisRefused(fault.message, { uuid: this.#uuid });
    }
    if (this.mayBeThere && !this.#push.resend) throw this.#unclear(fault.message);
    // Up to twice as long, so that callers who lost the same server do not come back as one.
    const pauseMs = this.#pauseMs * (1 + Math.random());
    this.#pauseMs = Math.min(this.#pauseMs * 2, 500);
    if (pauseMs >= this.#limit.left()) {
      if (this.mayBeThere) throw this.#unclear(fault.message);
      throw new Unreachable(fault.message, { uuid: this.#uuid });
    }
    await pause(pauseMs);
  }

  #unclear(why) {
    return new Unclear(`the request may be on the queue or not: ${why}`, { uuid: this.#uuid });
  }
}

const isFault = (error) =>
  error instanceof CannotConnect || error instanceof LinkBroken || error instanceof Refused;

/** Something on a connection of the pool, which goes back where every reply was read. */
async function onLink(pool, limit, work) {
  const { link, isNew } = await pool.take(limit.left());
  try {
    return await work(link, isNew);
  } finally {
    pool.giveBack(link);
  }
}

/** Until Redis has them. After a broken connection the very same envelopes go again. */
export async function pushAll(pool, envelopes, push, limit, uuid) {
  const attempt = new Attempt(limit, push, uuid);
  for (;;) {
    try {
      return await onLink(pool, limit, (link) => attempt.push(link, envelopes));
    } catch (fault) {
      if (!isFault(fault)) throw fault;
      await attempt.again(fault);
    }
  }
}

export async function askClock(pool, clock, limit) {
  const attempt = new Attempt(limit, { resend: true });
  for (;;) {
    try {
      return await onLink(pool, limit, async (link) => {
        clock.set(await link.send(['TIME'], limit.left()));
        return clock.now();
      });
    } catch (fault) {
      if (!isFault(fault)) throw fault;
      await attempt.again(fault);
    }
  }
}

/** The answer to a question (see RequestMaker), or Timeout. Nothing waits beyond the limit. */
export async function ask(pool, question, clock, limit) {
  const attempt = new Attempt(limit, question.push, question.uuid);
  let envelope;
  for (;;) {
    try {
      return await onLink(pool, limit, async (link, isNew) => {
        if (envelope === undefined) {
          let deadline;
          if (question.expires) {
            if (isNew || clock.isStale) clock.set(await link.send(['TIME'], limit.left()));
            deadline = clock.now() + limit.left() - verdictTime(question.timeout);
          }
          // From now on the same bytes, whatever happens: a copy is known by them.
          envelope = question.envelopeBy(deadline);
        }
        return pushAndWait(link, question, envelope, attempt, limit);
      });
    } catch (fault) {
      if (!isFault(fault)) throw fault;
      const isFinal = fault instanceof Refused && !fault.isPassing;
      if (attempt.mayBeThere && limit.left() === 0 && !isFinal) throw timedOut(question);
      try {
        await attempt.again(fault);
      } catch (error) {
        if (error instanceof Unclear && !isFinal && question.push.resend) throw timedOut(question);
        throw error;
      }
    }
  }
}

// At the DEADLINE the bus says what became of the request: time for that to arrive.
const verdictTime = (timeout) => Math.min(timeout / 10, 250);

async function pushAndWait(link, question, envelope, attempt, limit) {
  const pop = () => link.send(popCommand(question.uuid, limit), limit.left());
  let popped;
  await attempt.push(link, [envelope], (reply) => {
    // Together: a question is one round trip. Where the push is refused the connection goes.
    if (question.push.limit == null) popped = pop();
    return reply;
  });
  popped ??= pop();
  for (;;) {
    const reply = await popped;
    if (reply !== null) {
      const answer = readAnswer(reply[1], question.typed);
      if (answer.uuid === question.uuid) return answer;
    }
    if (limit.left() === 0) throw timedOut(question);
    popped = pop();
  }
}

// Finite, for the case that Redis never hears that we have gone; it may be 100 ms late with it.
function popCommand(channel, limit) {
  const ms = Math.max(limit.left(), 1); // 0 would be for ever
  return ['BRPOP', channel, (ms / 1000).toFixed(3)];
}

function timedOut(question) {
  return new Timeout(`no answer within ${question.timeout} ms`, { uuid: question.uuid });
}
