import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {pathToFileURL} from 'node:url';
import {expect, it} from 'vitest';

const built = pathToFileURL(join(import.meta.dirname, '../../dist/cli/print.js')).href;
const program = `
import {print} from ${JSON.stringify(built)};
for (let i = 0; i < 200; i++) await print('x'.repeat(10_000) + '\\n');
console.error('came to its end');
`;

it('goes on quietly when its reader has had enough', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {stdio: ['ignore', 'pipe', 'pipe']});
  child.stdout.once('data', () => child.stdout.destroy());
  const said = text(child.stderr);
  const [code] = (await once(child, 'exit')) as [number];
  expect([code, await said]).toEqual([0, 'came to its end\n']);
});

it('prints everything to a reader who is slower', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {stdio: ['ignore', 'pipe', 'ignore']});
  expect((await text(child.stdout)).length).toBe(200 * 10_001);
});
