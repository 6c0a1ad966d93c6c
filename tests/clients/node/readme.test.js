// The example of client/node/README.md runs as it stands, and is short.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import test from 'node:test';

import { Scene } from './support.js';

test('the example talks to a bus', async () => {
  const [, example] = /```js\n(.*?)```/s.exec(
    readFileSync('node_modules/sqlbus/README.md', 'utf8'),
  );
  assert.ok(example.trim().split('\n').length < 15);
  writeFileSync('example.js', example);
  const scene = await Scene.open();
  try {
    const printed = execFileSync(process.execPath, ['example.js', scene.redis.url], {
      timeout: 60_000,
    });
    assert.equal(String(printed), '42 bolts\n');
  } finally {
    await scene.close();
  }
});
