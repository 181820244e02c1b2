import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {expect, it} from 'vitest';

const session = dirname(dirname(fileURLToPath(import.meta.url)));
/** modules.ts loads through the first two, `whole` around them; the third lends its way to the second; nothing interrupts the control thread. */
const loadedWhole = new Set(['modules/load.ts', 'modules/importing.ts', 'bundled.ts', 'life/control.ts']);

it('every module that the session loads late is loaded in one piece, whatever is interrupted', () => {
  const files = readdirSync(session, {recursive: true, encoding: 'utf8'}).filter(
    file => file.endsWith('.ts') && !/test/.test(file) && !loadedWhole.has(file),
  );
  const bare = files.flatMap(file =>
    readFileSync(join(session, file), 'utf8')
      .split('\n')
      .filter(
        line =>
          /(?<![\w.]|typeof )import\((?!specifier|this)/.test(line) && !/\bwhole\(/.test(line) && !/^\s*(\*|\/\/|import: )/.test(line),
      )
      .map(line => `${file}: ${line.trim()}`),
  );
  expect(bare).toEqual([]);
});
