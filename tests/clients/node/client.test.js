// Client against a real Redis and a real daemon on SQLite; python/test_client.py asks the same.
import assert from 'node:assert/strict';
import test from 'node:test';

import * as sqlbus from 'sqlbus';
import { Scene, eventually } from './support.js';

const FOR_EVER =
  'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n';
const SLOW = FOR_EVER.replace('from n)', 'from n where i < 40000)').replace('count', '?, count');

// Shared by most tests; the last one ends them.
const scene = await Scene.open();
const bus = new sqlbus.Client(scene.redis.url);
let tables = 0;

async function newTable() {
  const name = `t${(tables += 1)}`;
  await bus.query(`create table ${name} (i integer primary key, name text)`);
  return name;
}

async function withOwnScene(work, settings) {
  const own = await Scene.open();
  const client = new sqlbus.Client(own.redis.url, settings);
  try {
    await work(own, client);
  } finally {
    await client.close();
    await own.close();
  }
}

const is =
  (kind, more = {}) =>
  (fault) => {
    assert.equal(fault.constructor, kind, fault.stack);
    for (const [name, value] of Object.entries(more)) assert.equal(fault[name], value);
    return true;
  };

test('what is sent takes effect in order, and a query sees it', async () => {
  const table = await newTable();
  const receipts = [];
  for (let i = 0; i < 20; i += 1) {
    receipts.push(await bus.send(`insert into ${table} values (?, ?)`, [i, `n${i}`]));
  }
  const result = await bus.query(`select * from ${table} order by i`);
  assert.deepEqual(
    result.rows,
    receipts.map((_, i) => [i, `n${i}`]),
  );
  assert.deepEqual(result.objects()[3], { i: 3, name: 'n3' });
  assert.deepEqual(
    result.columns.map((column) => column.type),
    ['int', 'text'],
  );
  assert.deepEqual([...receipts].sort(), receipts);
  assert.ok(receipts.every((uuid) => /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab]/.test(uuid)));
});

test('sends that are not awaited one by one keep their order', async () => {
  const table = await newTable();
  const numbers = Array.from({ length: 300 }, (_, i) => `${i}`);
  await Promise.all(numbers.map((i) => bus.send(`insert into ${table} (name) values (?)`, [i])));
  const { rows } = await bus.query(`select name from ${table} order by i`);
  assert.deepEqual(rows.flat(), numbers);
});

test('values of every type come back', async () => {
  const values = [
    -(2n ** 63n), 2n ** 63n - 1n, 2n ** 53n + 1n, 42, 0.1, 1e300, 'ä\n"\'', '',
    Buffer.from([0, 255]), Buffer.alloc(0),
  ]; // prettier-ignore
  const marks = values.map(() => '?').join(', ');
  assert.deepEqual((await bus.query(`select ${marks}`, values)).one(), values);
  const moment = new Date('2024-02-29T13:14:15.123Z');
  const others = await bus.query('select ?, ?, ?, ?', [null, undefined, true, moment]);
  assert.deepEqual(others.one(), [null, null, 1, '2024-02-29T13:14:15.123Z']);
});

test("columns of declared types come as JavaScript's types", async () => {
  await bus.query(
    'create table typed (b boolean, d date, t timestamp, n decimal(10,2), j json, x blob)',
  );
  const row = [
    true,
    '2024-02-29',
    new Date(1709212455000),
    sqlbus.decimal('1.25'),
    '{"a":[1]}',
    Buffer.of(1),
  ];
  await bus.query('insert into typed values (?, ?, ?, ?, ?, ?)', row);
  const [b, d, t, n, j, x] = (await bus.query('select * from typed')).one();
  assert.deepEqual([b, d, t, j, x], [true, '2024-02-29', row[2], { a: [1] }, Buffer.of(1)]);
  assert.equal(String(n), '1.25');
  const plain = await bus.query('select b, d from typed', [], { typed: false });
  assert.deepEqual(plain.one(), ['true', '2024-02-29']);
});

test('an error carries what the bus said', async () => {
  const table = await newTable();
  await assert.rejects(
    bus.query('select * from nowhere'),
    is(sqlbus.DatabaseError, { errorId: -1, sqlstate: '42P01', retriable: false }),
  );
  await bus.query(`insert into ${table} values (1, 'a')`);
  await assert.rejects(
    bus.query(`insert into ${table} values (1, 'b')`),
    is(sqlbus.ConstraintViolation, { sqlstate: '23505' }),
  );
  await assert.rejects(
    bus.query('select 1', [], { database: "nobody's" }),
    is(sqlbus.RequestRefused, { errorId: 1201 }),
  );
  await assert.rejects(bus.query('begin'), is(sqlbus.RequestRefused, { errorId: 1304 }));
});

test('a transaction is all or nothing', async () => {
  const table = await newTable();
  const insert = (i) => ({ sql: `insert into ${table} values (?, 'x')`, params: [i] });
  await assert.rejects(
    bus.transaction([insert(1), insert(2), insert(1)]),
    (fault) =>
      is(sqlbus.ConstraintViolation)(fault) && fault.message.startsWith('statement 3 of 3: '),
  );
  assert.equal((await bus.query(`select count(*) from ${table}`)).scalar(), 0);
  assert.equal((await bus.transaction([insert(1), insert(2)])).affected, 2);
  await bus.send([insert(3), insert(4)]);
  assert.equal((await bus.query(`select count(*) from ${table}`)).scalar(), 4);
});

test('an upsert updates, or inserts, or finds nothing', async () => {
  const table = await newTable();
  const update = { sql: `update ${table} set name = ? where i = ?`, params: ['new', 1] };
  const insert = { sql: `insert into ${table} values (?, ?)`, params: [1, 'first'] };
  const name = async () => (await bus.query(`select name from ${table}`)).scalar();
  assert.equal((await bus.upsert(update, insert)).affected, 1);
  assert.equal(await name(), 'first');
  await bus.upsert(update, insert);
  assert.equal(await name(), 'new');
  await bus.query(`delete from ${table}`);
  const nothing = `insert into ${table} select 1, 'x' where 1 = 0`;
  await assert.rejects(bus.upsert(update, nothing), is(sqlbus.NotFound, { errorId: 100 }));
});

test('rows are cut, and it is said', async () => {
  const table = await newTable();
  await bus.sendMany(
    Array.from({ length: 10 }, (_, i) => ({
      sql: `insert into ${table} values (?, 'a')`,
      params: [i],
    })),
  );
  const cut = await bus.query(`select i from ${table} order by i`, [], { maxRows: 4 });
  assert.deepEqual([cut.rows, cut.truncated], [[[0], [1], [2], [3]], true]);
  const whole = await bus.query(`select i from ${table}`, [], { maxRows: 10 });
  assert.deepEqual([whole.rows.length, whole.truncated], [10, false]);
});

test('many are sent in their order', async () => {
  const table = await newTable();
  function* items() {
    for (let i = 0; i < 3000; i += 1)
      yield { sql: `insert into ${table} values (?, 'x')`, params: [i] };
  }
  const receipts = await bus.sendMany(items());
  assert.equal(new Set(receipts).size, 3000);
  const { rows } = await bus.query(`select i from ${table} order by rowid`);
  assert.deepEqual(
    rows.flat(),
    receipts.map((_, i) => i),
  );
});

test('a buffer goes when it is full, or old, or flushed', async () => {
  const table = await newTable();
  const insert = `insert into ${table} (name) values ('a')`;
  const count = async () => (await bus.query(`select count(*) from ${table}`)).scalar();
  const old = bus.buffer({ ageMax: 20 });
  await old.add(insert);
  assert.ok(await eventually(() => old.length === 0));
  assert.equal(await count(), 1);
  await old.close();
  const full = bus.buffer({ countMax: 3, ageMax: null });
  for (let i = 0; i < 4; i += 1) await full.add(insert);
  assert.equal(full.length, 1);
  assert.equal(await count(), 4);
  assert.equal(await full.flush(), 4);
  await Promise.all(Array.from({ length: 100 }, () => full.add(insert)));
  await full.close();
  assert.equal(await count(), 105);
});

test('the same UUID again gets the first answer', async () => {
  const table = await newTable();
  const insert = `insert into ${table} values (1, 'a')`;
  const first = await bus.query(insert);
  const again = await bus.query(insert, [], { uuid: first.uuid });
  assert.deepEqual([first.duplicate, again.duplicate, again.affected], [false, true, 1]);
  await assert.rejects(
    bus.query(`${insert} `, [], { uuid: first.uuid }),
    is(sqlbus.RequestRefused, { errorId: 1305 }),
  );
});

test('a request is held back until its time', async () => {
  const table = await newTable();
  const count = async () => (await bus.query(`select count(*) from ${table}`)).scalar();
  await bus.send(`insert into ${table} values (1, 'a')`, [], {
    notBefore: (await bus.now()) + 0.3,
  });
  assert.equal(await count(), 0);
  assert.ok(await eventually(async () => (await count()) === 1));
});

test('a deadline that has passed is said', async () => {
  const deadline = (await bus.now()) - 1;
  await assert.rejects(
    bus.query('select 1', [], { deadline }),
    is(sqlbus.Expired, { errorId: 1301 }),
  );
});

test('a statement that takes too long is cancelled in time', async () => {
  const begun = performance.now();
  await assert.rejects(
    bus.query(FOR_EVER, [], { timeout: 500 }),
    (fault) => fault instanceof sqlbus.Timeout,
  );
  assert.ok(performance.now() - begun < 1000);
  assert.equal((await bus.query('select 7')).scalar(), 7);
});

test('a late answer is never taken by another query', async () => {
  let late = 0;
  for (let i = 0; i < 40; i += 1) {
    try {
      const result = await bus.query(SLOW, [`slow ${i}`], { timeout: 4, expires: false });
      assert.equal(result.one()[0], `slow ${i}`);
    } catch (fault) {
      // Short as it is, the time may be over before there is a connection.
      if (fault instanceof sqlbus.Unreachable) continue;
      is(sqlbus.Timeout)(fault);
      late += 1;
    }
    assert.equal((await bus.query('select ?', [`quick ${i}`])).scalar(), `quick ${i}`);
  }
  assert.ok(late > 0);
});

test('what exceeds request_max is refused before', async () => {
  const small = new sqlbus.Client(scene.redis.url, { requestBytesMax: 10_000 });
  await assert.rejects(small.query('select ?', ['x'.repeat(10_000)]), is(sqlbus.TooLarge));
  assert.equal((await small.query('select length(?)', ['x'.repeat(9_000)])).scalar(), 9_000);
  await small.close();
});

test('large values pass both ways', async () => {
  const text = 'ä'.repeat(2_000_000);
  assert.equal((await bus.query('select ?', [text])).scalar(), text);
});

test('queries at once get their own answers over few connections', async () => {
  const few = new sqlbus.Client(scene.redis.url, { connectionsMax: 4 });
  const numbers = Array.from({ length: 200 }, (_, i) => i);
  const results = await Promise.all(numbers.map((i) => few.query('select ?', [i])));
  assert.deepEqual(
    results.map((result) => result.scalar()),
    numbers,
  );
  await few.close();
});

test('a Redis that is not there is said in time', async () => {
  const nobody = new sqlbus.Client(`${scene.folder}/nobody.sock`);
  const begun = performance.now();
  await assert.rejects(nobody.send('select 1', [], { timeout: 300 }), is(sqlbus.Unreachable));
  await assert.rejects(nobody.query('select 1', [], { timeout: 300 }), is(sqlbus.Unreachable));
  const sends = Array.from({ length: 5 }, () => nobody.send('select 1', [], { timeout: 300 }));
  const ends = await Promise.allSettled(sends);
  assert.ok(ends.every(({ reason }) => reason instanceof sqlbus.Unreachable));
  assert.ok(performance.now() - begun < 1500);
  await nobody.close();
});

test('a Redis that says no is heard', async () => {
  await scene.redis.command('SET', 'no-list', 'x');
  const wrong = new sqlbus.Client(scene.redis.url, { queue: 'no-list' });
  await assert.rejects(wrong.send('select 1'), is(sqlbus.RedisRefused));
  await assert.rejects(
    wrong.query('select 1'),
    (fault) => is(sqlbus.RedisRefused)(fault) && fault.message.startsWith('WRONGTYPE'),
  );
  await wrong.close();
  const stranger = new sqlbus.Client(scene.redis.url.replace('unix://', 'unix://nobody:wrong@'));
  const begun = performance.now();
  await assert.rejects(stranger.send('select 1'), is(sqlbus.RedisRefused));
  assert.ok(performance.now() - begun < 1000);
  await stranger.close();
});

test('a full queue takes exactly as many as it may', () =>
  withOwnScene(
    async (own, client) => {
      await own.bus.end();
      await client.sendMany([
        'create table t (i integer)',
        ...Array(29).fill('insert into t values (1)'),
      ]);
      const others = [1, 2, 3].map(() => new sqlbus.Client(own.redis.url, { queueLimit: 50 }));
      const sends = others.flatMap((other) =>
        Array.from({ length: 20 }, () => other.send('insert into t values (1)')),
      );
      const ends = await Promise.allSettled(sends);
      assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 20);
      await assert.rejects(client.query('select 1'), is(sqlbus.QueueFull));
      await own.bus.start();
      const length = () => own.redis.command('LLEN', 'SqlBusDefaultQueue');
      assert.ok(await eventually(async () => (await length()) === ':0'));
      assert.equal((await client.query('select count(*) from t')).scalar(), 49);
      await Promise.all(others.map((other) => other.close()));
    },
    { queueLimit: 50 },
  ));

test('Redis and the daemon die in the middle, and nothing is lost or doubled', () =>
  withOwnScene(
    async (own, client) => {
      await client.query('create table t (i integer)');
      const counts = [0, 0, 0, 0, 0];
      let isOver = false;
      const ask = async (lane) => {
        while (!isOver) {
          const number = lane * 1_000_000 + counts[lane];
          const inserted = await client.query('insert into t values (?)', [number], {
            key: `${lane}`,
          });
          assert.equal(inserted.affected, 1);
          assert.equal((await client.query('select ?', [number])).scalar(), number);
          counts[lane] += 1;
        }
      };
      const send = async () => {
        while (!isOver) {
          const rows = Array.from({ length: 400 }, (_, i) => 4_000_000 + counts[4] + i);
          const [one, ...many] = rows.map((i) => ({
            sql: 'insert into t values (?)',
            params: [i],
          }));
          await Promise.all([client.send(one), client.sendMany(many)]);
          counts[4] += 400;
        }
      };
      const work = [0, 1, 2, 3].map(ask).concat(send());
      const all = Promise.all(work);
      all.catch(() => {});
      for (const server of [own.redis, own.bus, own.redis, own.bus]) {
        const then = [...counts];
        assert.ok(await eventually(() => counts.every((now, i) => now > then[i])), `${counts}`);
        await server.end('SIGKILL');
        await server.start();
      }
      isOver = true;
      await all;
      const total = counts.reduce((sum, count) => sum + count);
      const found = await client.query('select count(*), count(distinct i) from t');
      assert.deepEqual(found.one(), [total, total]);
      const sent = await client.query('select i from t where i >= 4000000 order by rowid');
      assert.deepEqual(
        sent.rows.flat(),
        sent.rows.map((_, i) => 4_000_000 + i),
      );
    },
    { sendTimeout: 20_000 },
  ));

test('without a daemon a query times out, and takes no effect later', () =>
  withOwnScene(async (own, client) => {
    await client.query('create table t (i integer)');
    await own.bus.end();
    const begun = performance.now();
    await assert.rejects(
      client.query('insert into t values (1)', [], { timeout: 500 }),
      is(sqlbus.Timeout),
    );
    assert.ok(performance.now() - begun < 800);
    await own.bus.start();
    assert.equal((await client.query('select count(*) from t')).scalar(), 0);
  }));

test('a Redis that does not answer holds nobody beyond the timeout', () =>
  withOwnScene(async (own, client) => {
    await client.query('select 1');
    own.redis.kill('SIGSTOP');
    try {
      const begun = performance.now();
      await assert.rejects(client.query('select 1', [], { timeout: 400 }), is(sqlbus.Timeout));
      await assert.rejects(
        client.send('select 1', [], { timeout: 400 }),
        (fault) => fault instanceof sqlbus.Unclear || fault instanceof sqlbus.Unreachable,
      );
      assert.ok(performance.now() - begun < 1300);
    } finally {
      own.redis.kill('SIGCONT');
    }
    assert.equal((await client.query('select 2')).scalar(), 2);
  }));

test('a closed client says so', async () => {
  const closed = new sqlbus.Client(scene.redis.url);
  await closed.query('select 1');
  await closed[Symbol.asyncDispose ?? Symbol.for('Symbol.asyncDispose')]();
  await assert.rejects(closed.query('select 1'), /closed/);
});

test('the servers end', async () => {
  await bus.close();
  await scene.close();
});
