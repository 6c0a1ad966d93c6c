// Servers of a test's own: a Redis and a daemon in a temporary folder, ended by their pids.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const BUILD = process.env.SQLBUS_BUILD_DIR ?? '';

export const vectors = (name) =>
  JSON.parse(readFileSync(join(process.env.SQLBUS_VECTORS, name), 'utf8'));

export async function eventually(condition, limitMs = 20_000) {
  const end = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > end) return false;
    await pause(5);
  }
  return true;
}

class Server {
  #child;
  #ended;

  constructor(argv, log) {
    const output = openSync(log, 'a');
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', ...argv], {
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    this.#ended = new Promise((resolve) => this.#child.once('exit', resolve));
  }

  kill(signal) {
    this.#child.kill(signal);
  }

  async end(signal = 'SIGTERM') {
    this.#child.kill(signal);
    const late = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    await this.#ended;
    clearTimeout(late);
  }
}

export function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

export class PrivateRedis {
  #folder;
  #arguments;
  #server;

  constructor(folder, ...more) {
    this.#folder = folder;
    this.#arguments = more;
    this.socket = join(folder, 'redis.sock');
    this.url = `unix://${this.socket}`;
  }

  async start() {
    const log = join(this.#folder, 'redis.log');
    this.#server = new Server(
      [
        'redis-server',
        '--port',
        '0',
        '--unixsocket',
        this.socket,
        '--unixsocketperm',
        '700',
        '--dir',
        this.#folder,
        '--save',
        '',
        '--appendonly',
        'yes',
        '--appendfsync',
        'always',
        '--daemonize',
        'no',
        ...this.#arguments,
      ],
      log,
    );
    const answers = async () =>
      /^(\+PONG|-NOAUTH)/.test(await this.command('PING').catch(() => ''));
    if (!(await eventually(answers))) throw new Error(readFileSync(log, 'utf8'));
  }

  end(signal) {
    return this.#server.end(signal);
  }

  kill(signal) {
    this.#server.kill(signal);
  }

  /** The first line of the reply: enough to ask one thing. */
  async command(...words) {
    return (await this.commands(words.join(' ')))[0];
  }

  /** Each with a reply of one line. */
  commands(...lines) {
    return new Promise((resolve, reject) => {
      let text = '';
      const link = net.connect(this.socket, () => link.write(`${lines.join('\r\n')}\r\n`));
      link.on('error', reject);
      link.on('close', () => reject(new Error('closed')));
      link.on('data', (data) => {
        text += data;
        const replies = text.split('\r\n');
        if (replies.length <= lines.length) return;
        resolve(replies);
        link.destroy();
      });
    });
  }
}

export class PrivateBus {
  #folder;
  #log;
  #server;

  constructor(folder, redis) {
    this.#folder = folder;
    this.#log = join(folder, 'sqlbusd.log');
    writeFileSync(
      join(folder, 'sqlbus.ini'),
      `[default]\ndatabase = main\n[redis]\nunix_socket = ${redis.socket}\n` +
        `[limits]\nlease = 1s\n[main]\ndriver = sqlite\ndatabase = ${join(folder, 'main.db')}\n`,
    );
  }

  async start() {
    writeFileSync(this.#log, '');
    const ini = join(this.#folder, 'sqlbus.ini');
    this.#server = new Server([join(BUILD, 'sqlbusd'), '--config', ini], this.#log);
    const log = () => readFileSync(this.#log, 'utf8').replaceAll('"', '');
    if (!(await eventually(() => log().includes('msg=ready')))) throw new Error(log());
  }

  end(signal) {
    return this.#server.end(signal);
  }
}

/** A Redis, and a daemon on SQLite. */
export class Scene {
  static async open() {
    const scene = new Scene();
    await scene.redis.start();
    await scene.bus.start();
    return scene;
  }

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'sqlbus-node-'));
    this.redis = new PrivateRedis(this.folder);
    this.bus = new PrivateBus(this.folder, this.redis);
  }

  async close() {
    await this.bus.end();
    await this.redis.end();
    rmSync(this.folder, { recursive: true });
  }
}
