import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {stopAll, TestSession} from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapgrid-test-'));
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), {recursive: true});
  writeFileSync(join(folder, path), text);
};
let session: TestSession;

beforeAll(() => {
  put('package.json', '{"type": "module"}');
  put('node_modules/esm-only/package.json', '{"name": "esm-only", "type": "module", "exports": {"import": "./index.js"}}');
  put('node_modules/esm-only/index.js', 'export const kind = "esm"; export default function named() { return kind; }');
  put('node_modules/common/package.json', '{"name": "common", "main": "index.js"}');
  put('node_modules/common/index.js', 'const hidden = {kind: "cjs", twice: x => 2 * x}; module.exports = hidden;');
  put('node_modules/both/package.json', '{"name": "both", "exports": {"import": "./a.mjs", "require": "./b.cjs"}}');
  put('node_modules/both/a.mjs', 'export const way = "import"');
  put('node_modules/both/b.cjs', 'exports.way = "require"');
  put('data.json', '{"answer": 42}');
  session = new TestSession({folder});
});

afterAll(() => {
  stopAll();
  rmSync(folder, {recursive: true});
});

describe('cells import', () => {
  it('packages that are only ECMAScript modules, by every form of import', async () => {
    expect(await session.text("import {kind as k} from 'esm-only'\nk")).toBe("'esm'");
    expect(await session.text("import f, * as all from 'esm-only'\n[f(), all.kind]")).toBe("[ 'esm', 'esm' ]");
    expect(await session.text("import g, {kind} from 'esm-only'; import 'esm-only'; g() + kind")).toBe("'esmesm'");
    expect(await session.text("const {kind: later} = await import('esm-only'); later")).toBe("'esm'");
  });

  it('packages in CommonJS, by name, whole and by require', async () => {
    expect(await session.text("import common, {twice} from 'common'; [common.kind, twice(4)]")).toBe("[ 'cjs', 8 ]");
    expect(await session.text("import {way} from 'both'; [way, require('both').way]")).toBe("[ 'import', 'require' ]");
    expect(await session.text("import c = require('common'); c.kind")).toBe("'cjs'");
  });

  it('builtins under both names, and JSON', async () => {
    expect(await session.text("import {sep} from 'path'; import * as fs from 'node:fs'; [sep, typeof fs.readFileSync]")).toBe(
      "[ '/', 'function' ]",
    );
    expect(await session.text("import data from './data.json' with {type: 'json'}; data.answer")).toBe('42');
  });

  it("what the folder's tsconfig.json names by its paths", async () => {
    put('tsconfig.json', '{"compilerOptions": {"paths": {"@/*": ["./library/*"]}}}');
    put('library/named.ts', "export const named = 'by a path';");
    expect(await session.text("import {named} from '@/named'; named")).toBe("'by a path'");
    rmSync(join(folder, 'tsconfig.json'));
  });

  it('no JSON that is none, and no URL, and say so', async () => {
    put('wrong.json', '{answer}');
    expect(await session.text("import './wrong.json'")).toContain('Expected JSON in wrong.json');
    expect(await session.text("import 'https://example.org/x.js'")).toContain("got 'https://example.org/x.js'");
  });

  it('a name for a later cell', async () => {
    await session.run("import {kind as survives} from 'esm-only'");
    expect(await session.text('survives')).toBe("'esm'");
  });

  it('no types, marked or not', async () => {
    expect(
      await session.text(
        "import type {Nothing} from 'not-there'; import {type Kind, kind} from 'esm-only'; import {Shape} from 'esm-only'; kind",
      ),
    ).toBe("'esm'");
  });

  it('under a name that a cell declared before, and the other way round', async () => {
    for (const code of [
      "import {kind as again} from 'esm-only'",
      'const again = 1',
      'function again() {}',
      'class again {}',
      'let again = 2',
      'enum again {A}',
      'var again = 3',
      "import again from 'common'",
      'const again = 5',
    ])
      expect(await session.run(code)).toMatchObject({status: 'ok'});
    expect(await session.text('again')).toBe('5');
  });

  it('with a clear error where there is nothing', async () => {
    expect(await session.text("import x from 'not-there'")).toContain(`Install it: cd ${folder} && npm install not-there`);
    expect(await session.text("import {x} from '@scope/not-there/sub'")).toContain('npm install @scope/not-there');
    expect(await session.text("import x from './gone'")).toContain(`Expected a file at ${join(folder, 'gone')}`);
    expect(await session.text("import {kinds} from 'esm-only'")).toContain("Did you mean 'kind'?");
  });

  it('suggest what was probably meant', async () => {
    put('helper.ts', 'export const help = 1');
    put('parts/wheel.ts', 'export const wheel = 1');
    expect(await session.text("import x from './helpr'")).toContain("Did you mean './helper.ts'?");
    expect(await session.text("import x from './helper.tsx'")).toContain("Did you mean './helper.ts'?");
    expect(await session.text("import x from './part/wheel'")).toContain("Did you mean './parts/wheel.ts'?");
    expect(await session.text("import x from 'esmonly'")).toContain("Did you mean 'esm-only'?");
    expect(await session.text("import x from 'node:fss'")).toContain("Did you mean 'node:fs'?");
    expect(await session.text("import x from './quite-different'")).not.toContain('Did you mean');
  });

  it('name the file whose import leads nowhere, and the cell that imports it', async () => {
    put('leads-nowhere.ts', "const before = 1;\nexport {x} from 'not-there';");
    const text = await session.text("\nimport './leads-nowhere'", 'In [4]');
    expect(text).toContain("> 2 | export {x} from 'not-there';");
    expect(text).toContain('at (leads-nowhere.ts:2:');
    expect(text).toContain('at (In [4]:2:1)');
    put('asks-too-much.ts', "\nimport {nope} from './helper';\nexport {nope};");
    const missing = await session.text("import './asks-too-much'");
    expect(missing).toContain("'helper.ts' does not provide an export named 'nope'");
    expect(missing).toContain('at (asks-too-much.ts:2:9)');
  });

  it('decorators and using in local files, as the folder says which decorators', async () => {
    put(
      'modern.ts',
      'const twice = (f: any, _: any) => (x: number) => 2 * f(x);\nexport class Modern { @twice m(x: number) { return x } }',
    );
    expect(await session.text("import {Modern} from './modern'; new Modern().m(2)")).toBe('4');
    put('tsconfig.json', '{"compilerOptions": {"experimentalDecorators": true}}');
    put('legacy.ts', 'const name = (target: any, key: string) => { target.key = key };\nexport class Legacy { @name x = 1 }');
    expect(await session.text("import {Legacy} from './legacy'; (new Legacy() as any).key")).toBe("'x'");
    rmSync(join(folder, 'tsconfig.json'));
  });

  it('know where they are', async () => {
    expect(await session.text('[import.meta.dirname, import.meta.url]')).toContain(folder);
  });
});

describe('local TypeScript', () => {
  it('is seen again when it, or what it imports, was edited; else it stays the same module', async () => {
    put(
      'lib.ts',
      "import {base} from './deep'; export const value: number = base + 1; export const state = {n: 0}; interface X {}; export type {X}",
    );
    put('deep.mts', 'export const base = 1 as const');
    expect(await session.text("import {value, state} from './lib.ts'; state.n++; [value, state.n]")).toBe('[ 2, 1 ]');
    expect(await session.text("import {value, state} from './lib'; state.n++; [value, state.n]")).toBe('[ 2, 2 ]');
    put('deep.mts', 'export const base = 10');
    expect(await session.text("import {value, state} from './lib'; state.n++; [value, state.n]")).toBe('[ 11, 1 ]');
    put('lib.ts', 'export const value = "edited"');
    expect(await session.text("import {value} from './lib.js'; value")).toBe("'edited'");
  });

  it('may import in a circle', async () => {
    put('a.ts', "import {b} from './b.ts'; export const a = () => 'a' + b(); export const name = 'A'");
    put('b.ts', "import {name} from './a.ts'; export const b = () => 'b' + name");
    expect(await session.text("import {a} from './a'; a()")).toBe("'abA'");
  });

  it('knows its own place, imports packages, builtins and files at run time', async () => {
    put(
      'sub/where.ts',
      "import {kind} from 'esm-only'; import {sep} from 'node:path'; export const where = [import.meta.url, kind, sep]; export const later = () => import('../data.json')",
    );
    expect(await session.text("import {where, later} from './sub/where'; [...where, (await later()).default.answer]")).toBe(
      `[ 'file://${folder}/sub/where.ts', 'esm', '/', 42 ]`,
    );
  });

  it('in CommonJS is loaded anew when edited', async () => {
    put('old.cjs', 'module.exports = {n: 1}');
    expect(await session.text("import old from './old.cjs'; [old.n, require('./old.cjs').n]")).toBe('[ 1, 1 ]');
    put('old.cjs', 'module.exports = {n: 2}');
    expect(await session.text("import old from './old.cjs'; [old.n, require('./old.cjs').n]")).toBe('[ 2, 2 ]');
  });

  it('that throws or does not parse is named with its own line', async () => {
    put('bad.ts', 'interface A {\n  x: number\n}\n\nexport function bad(): never {\n  throw new Error("deep")\n}\n');
    const thrown = await session.text("import {bad} from './bad'\n\nbad()", 'In [7]');
    expect(thrown).toContain('bad.ts:6:9');
    expect(thrown).toContain('In [7]:3:1');
    expect(thrown).toContain('> 6 |   throw new Error("deep")');
    put('broken.ts', 'export const a = 1;\nexport const = 2;\n');
    expect(await session.text("import './broken'")).toMatch(/SyntaxError: .*broken\.ts, line 2/);
  });
});

describe('tensors', () => {
  it('come from the loaded backend under every name of tfjs, in cells and in local files', async () => {
    put(
      'tensors.ts',
      "import * as tf from '@tensorflow/tfjs'; import {scalar} from '@tensorflow/tfjs-node'; export const sum = () => tf.add(scalar(1), 2)",
    );
    const code =
      "import * as tf from '@tensorflow/tfjs-node-gpu'; import {sum} from './tensors'; sum() instanceof tf.Tensor && sum().dataSync()[0]";
    expect(await session.text(code)).toBe('3');
    expect(await session.text("import tf, {tensor} from '@tensorflow/tfjs-node'; tf.tensor === tensor")).toBe('true');
  });

  it('are made by the one shared tfjs-core', async () => {
    expect(
      await session.text(
        "import {Tensor} from '@tensorflow/tfjs-core'; import * as tf from '@tensorflow/tfjs'; tf.scalar(1) instanceof Tensor",
      ),
    ).toBe('true');
  });
});

describe("a lesson's rule", () => {
  it('refuses what is not listed, in every way of importing, and makes checks inert', async () => {
    const strict = new TestSession({folder, allow: ['esm-only', 'path', 'snapgrid/data/*', './tensors*'], inert: ['snapgrid/exercises/*']});
    expect(await strict.text("import {kind} from 'esm-only'; import {sep} from 'node:path'; kind + sep")).toBe("'esm/'");
    for (const code of [
      "import 'fs'",
      "import {x} from 'snapgrid/quant'",
      "await import('node:fs')",
      "require('fs')",
      "import './lib'",
      "export * from 'common'",
    ]) {
      const done = await strict.run(code);
      expect(done).toMatchObject({
        status: 'error',
        error: {name: 'ImportRefused', message: expect.stringContaining('esm-only, path') as string},
      });
    }
    const code = "import {check, progress} from 'snapgrid/exercises/04-int8-from-scratch'; [await check('x'), await progress()]";
    expect(await strict.text(code)).toBe('[ undefined, undefined ]');
    put('tensors2.ts', "import 'node:fs'");
    expect(await strict.text("import './tensors2.ts'")).toContain('ImportRefused');
  });
});

describe('tslab', () => {
  it('is the real package, and displays through us', async () => {
    expect(await session.run("import * as tslab from 'tslab'; tslab.display.html('<b>bold</b>')")).toEqual({status: 'ok'});
    expect(session.events).toContainEqual(expect.objectContaining({type: 'display', bundle: {'text/html': '<b>bold</b>'}}));
  });
});
