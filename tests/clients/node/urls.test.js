// The ways to Redis: by TCP, by TLS and by a socket, with a name, a password and a database.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

import { Client, RedisRefused, Unreachable } from 'sqlbus';
import { PrivateRedis, freePort } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'sqlbus-node-'));
const certificate = join(folder, 'cert.pem');
const key = join(folder, 'key.pem');
execFileSync(
  'openssl',
  [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    key,
    '-out',
    certificate,
    '-days',
    '2',
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
  ],
  { stdio: 'ignore' },
);
const port = await freePort();
const tlsPort = await freePort();
const redis = new PrivateRedis(
  folder,
  '--requirepass',
  'secret',
  '--port',
  port,
  '--bind',
  '127.0.0.1',
  '--tls-port',
  tlsPort,
  '--tls-cert-file',
  certificate,
  '--tls-key-file',
  key,
  '--tls-auth-clients',
  'no',
  '--tls-ca-cert-file',
  certificate,
);
await redis.start();
const urls = {
  tcp: `redis://default:secret@127.0.0.1:${port}/3`,
  tls: `rediss://:secret@127.0.0.1:${tlsPort}/3`,
  socket: `unix://:secret@${redis.socket}?db=3`,
};

for (const kind of ['tcp', 'tls', 'socket']) {
  test(`a request arrives in the database of the URL: ${kind}`, async () => {
    const tls = kind === 'tls' ? { ca: readFileSync(certificate) } : undefined;
    const bus = new Client(urls[kind], { queue: kind, tls });
    await bus.send('select 1');
    await bus.close();
    const [, , length] = await redis.commands('AUTH secret', 'SELECT 3', `LLEN ${kind}`);
    assert.equal(length, ':1');
  });
}

test('a wrong password is said', async () => {
  const bus = new Client(urls.tcp.replace('secret', 'wrong'));
  await assert.rejects(bus.send('select 1'), RedisRefused);
  await bus.close();
});

test('a certificate of nobody we know is not taken', async () => {
  const bus = new Client(urls.tls);
  const refused = (fault) => fault instanceof Unreachable && /certificate/.test(fault.message);
  await assert.rejects(bus.send('select 1', [], { timeout: 500 }), refused);
  await bus.close();
});

test('the server ends', async () => {
  await redis.end();
  rmSync(folder, { recursive: true });
});
