// Connections to Redis: node-redis's, each used by one exchange at a time.
import redis from 'redis';

const { createClient, ErrorReply } = redis;

/** Nothing was written. */
export class CannotConnect extends Error {}

/** The connection ended, or was silent too long; it is of no more use. */
export class LinkBroken extends Error {}

/** Redis answered with an error. */
export class Refused extends Error {
  // A server that loads its data, is a replica just now, or let a blocked client go.
  get isPassing() {
    return /^(LOADING|READONLY|MASTERDOWN|UNBLOCKED|CLUSTERDOWN|TRYAGAIN)/.test(this.message);
  }
}

const AUTHENTICATION = /^(WRONGPASS|NOAUTH|NOPERM|DENIED|ERR (?!max number))/;

/** A moment until which something may last. */
export class Limit {
  #end;

  constructor(ms) {
    this.#end = performance.now() + ms;
  }

  left() {
    return Math.max(this.#end - performance.now(), 0);
  }
}

/** A promise's value, or what `fault` makes where it takes too long. */
export async function within(ms, promise, fault) {
  let timer;
  const tooLong = new Promise((_, reject) => {
    timer = setTimeout(() => reject(fault()), Math.max(ms, 1));
  });
  try {
    return await Promise.race([promise, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/** Options of node-redis for a URL: redis://, rediss://, unix:// or the path of a socket. */
export function redisOptions(url) {
  if (url.startsWith('/')) return { socket: { path: url } };
  if (!url.startsWith('unix://')) return { url, socket: {} };
  // A URL with a name or a password has a host, too, which a socket has not.
  const at = url.indexOf('@');
  const parts = new URL(at < 0 ? url : `unix://${url.slice(7, at)}@socket${url.slice(at + 1)}`);
  const { username, password, pathname, searchParams } = parts;
  const database = Number(searchParams.get('db') ?? 0);
  const options = { socket: { path: decodeURIComponent(pathname) }, database };
  if (username) options.username = decodeURIComponent(username);
  if (password) options.password = decodeURIComponent(password);
  return options;
}

async function end(connection) {
  try {
    await connection.disconnect();
  } catch {
    // It has ended already.
  }
}

export class Link {
  #connection;
  #isBroken = false;
  #due = 0;

  static async open(url, tls, ms) {
    const options = redisOptions(url);
    Object.assign(options.socket, tls);
    options.disableOfflineQueue = true;
    options.socket.connectTimeout = Math.max(Math.ceil(ms), 1);
    // What is tried again, and when, the exchange decides.
    options.socket.reconnectStrategy = () => new Error('the connection ended');
    const connection = createClient(options);
    const link = new Link(connection);
    const connected = connection.connect();
    try {
      await within(ms, connected, () => new CannotConnect('Redis does not answer'));
    } catch (fault) {
      link.close();
      connected.then(
        () => end(connection),
        () => {},
      ); // one that comes too late is for nobody
      const cause = link.fault ?? fault;
      if (AUTHENTICATION.test(cause.message)) throw new Refused(cause.message);
      throw new CannotConnect(cause.message || String(cause.code ?? cause));
    }
    return link;
  }

  constructor(connection) {
    this.#connection = connection;
    // Once for all: an error that nobody hears would end the program.
    connection.on('error', (fault) => {
      this.fault ??= fault;
      this.close();
    });
  }

  /** Nothing is due, and nothing has gone wrong. */
  get isIdle() {
    return !this.#isBroken && this.#due === 0;
  }

  /** The promise of a reply. Commands that are sent in one turn of the loop go together. */
  send(command, ms) {
    this.#due += 1;
    const reply = this.#reply(command, ms);
    reply.catch(() => {}); // who awaits it, hears of it; a reply behind a failed one is for nobody
    return reply;
  }

  close() {
    if (this.#isBroken) return;
    this.#isBroken = true;
    end(this.#connection);
  }

  async #reply(command, ms) {
    try {
      const silent = () => new LinkBroken('Redis does not answer');
      const reply = await within(ms, this.#connection.sendCommand(command), silent);
      this.#due -= 1;
      return reply;
    } catch (fault) {
      if (fault instanceof ErrorReply) {
        this.#due -= 1;
        throw new Refused(fault.message);
      }
      this.close();
      throw fault instanceof LinkBroken ? fault : new LinkBroken(fault.message);
    }
  }
}

/** Idle connections. */
export class LinkPool {
  #url;
  #tls;
  #connectTimeout;
  #idle = [];
  #isClosed = false;

  constructor(url, { tls, connectTimeout }) {
    this.#url = url;
    this.#tls = tls;
    this.#connectTimeout = connectTimeout;
  }

  get idleCount() {
    return this.#idle.length;
  }

  /** { link, isNew } */
  async take(ms) {
    if (this.#isClosed) throw new Error('the client is closed');
    for (let link = this.#idle.pop(); link; link = this.#idle.pop()) {
      if (link.isIdle) return { link, isNew: false };
      link.close();
    }
    const link = await Link.open(this.#url, this.#tls, Math.min(ms, this.#connectTimeout));
    return { link, isNew: true };
  }

  giveBack(link) {
    if (link.isIdle && !this.#isClosed) this.#idle.push(link);
    else link.close();
  }

  close() {
    this.#isClosed = true;
    for (const link of this.#idle.splice(0)) link.close();
  }
}
