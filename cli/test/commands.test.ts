import {execFile} from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {CannotSetUp} from '../setup/step.ts';
import {writeSafetensors} from '../../quant/files/safetensors.ts';
import {findPython} from '../setup/python.ts';

const root = join(import.meta.dirname, '../..');
let programs: string;
beforeEach(() => {
  programs = mkdtempSync(join(tmpdir(), 'snapgrid-path-'));
  symlinkSync(process.execPath, join(programs, 'node'));
});
afterEach(() => rmSync(programs, {recursive: true}));

function program(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

function snapgrid(args: string[]): Promise<{code: number; output: string}> {
  return run([join(root, 'bin/snapgrid.mjs'), ...args]);
}

function run(args: string[], env: Record<string, string> = {}): Promise<{code: number; output: string}> {
  return new Promise(resolve =>
    execFile(process.execPath, args, {env: {...process.env, ...env}}, (error, stdout, stderr) =>
      resolve({code: error ? Number(error.code) : 0, output: stdout + stderr}),
    ),
  );
}

describe('snapgrid', () => {
  it('lists its commands', async () => {
    const {code, output} = await snapgrid(['--help']);
    expect(code).toBe(0);
    for (const command of [
      'start',
      'setup',
      'doctor',
      'grade',
      'check',
      'calibrate',
      'notebooks',
      'inspect',
      'quantize',
      'compare',
      'kernel',
    ])
      expect(output).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  it('refuses an unknown command with the way on', async () => {
    const {code, output} = await snapgrid(['gread']);
    expect(code).toBe(1);
    expect(output).toMatch(/unknown command 'gread'.*snapgrid --help lists the commands/s);
  });

  it.each([
    [['grade', '.', '--fast'], 'snapgrid grade --help lists the options'],
    [['marks', 'export', '--fast'], 'snapgrid marks export --help lists the options'],
    [['marks', 'exprot'], 'snapgrid marks --help lists the commands'],
  ])('refuses a mistake in %j and names the help of that command', async (args, help) => {
    const {code, output} = await snapgrid(args);
    expect(code).toBe(1);
    expect(output.trim().split('\n').at(-1)).toBe(`(${help})`);
  });

  it('refuses a port that is none', async () => {
    expect((await snapgrid(['start', '--port', '99999'])).output).toContain('Expected a port from 1 to 65535');
  });
});

describe('snapgrid quantize, inspect and compare', () => {
  const weights = join(root, 'data/weights/digits-mlp.safetensors');

  it('write a quantized file, show it, and say how far it is', async () => {
    const written = join(programs, 'digits.gguf');
    expect(await snapgrid(['quantize', weights, '--type', 'q8_0', '--to', written])).toMatchObject({
      code: 0,
      output: expect.stringContaining('3.49 times smaller'),
    });
    expect((await snapgrid(['inspect', written])).output).toMatch(/dense0\.kernel +Q8_0 +\[256, 64\] +17\.41 KB +8\.50/);
    expect((await snapgrid(['compare', weights, written])).output).toMatch(/^all +75\.43 KB → 21\.29 KB +9\.03 +45\.8 /m);
    expect(JSON.parse((await snapgrid(['inspect', '--json', written])).output)).toMatchObject({format: 'GGUF', tensors: {length: 6}});
    const picture = join(programs, 'digits.svg');
    const {output} = await snapgrid(['compare', weights, written, '--json', '--picture', picture]);
    expect(JSON.parse(output)).toMatchObject({of: 'values', elements: 18858, parts: {length: 6}});
    expect(readFileSync(picture, 'utf8')).toMatch(/^<svg .*75\.43 KB → 21\.29 KB, 3\.54 times smaller/);
  });

  it('never write over the file that is read, or beside a folder in the way', async () => {
    const [copy, link] = [join(programs, 'copy.safetensors'), join(programs, 'link.safetensors')];
    copyFileSync(weights, copy);
    symlinkSync(copy, link);
    for (const to of [copy, link])
      expect((await snapgrid(['quantize', copy, '--method', 'rtn', '--to', to])).output).toContain('another file than');
    expect(readFileSync(copy)).toEqual(readFileSync(weights));
    mkdirSync(join(programs, 'in-the-way.gguf'));
    const {output} = await snapgrid(['quantize', copy, '--method', 'rtn', '--to', join(programs, 'in-the-way.gguf')]);
    expect(output).toContain('Expected the name of a file to write, got the folder');
    const lost = await snapgrid(['quantize', copy, '--method', 'rtn', '--to', join(programs, 'lost/x.gguf')]);
    expect(lost.output).toContain('lost/x.gguf into, got none; make it first');
    expect(readdirSync(programs).toSorted()).toEqual(['copy.safetensors', 'in-the-way.gguf', 'link.safetensors', 'node']);
  });

  it('show the control characters of a name by their codes, and never send them to the terminal', async () => {
    const hostile = join(programs, 'hostile.safetensors');
    const [name, key] = ['w\u001b[2J\nall', 'made\u001b]0;by'];
    const bytes = (): Uint8Array => new Uint8Array(4);
    const contents = {metadata: new Map([[key, 'x\ry']]), tensors: [{name, dtype: 'F32', shape: [1], bytes}]} as const;
    writeFileSync(hostile, Buffer.concat([...writeSafetensors(contents)]));
    const {output} = await snapgrid(['inspect', hostile]);
    expect(output).toContain('  made\\u001b]0;by: x\\u000dy\n');
    expect(output).toMatch(/^w\\u001b\[2J\\u000aall +F32/m);
    expect(output).not.toMatch(/[\u001b\r]/);
  });

  it('say what is wrong with a file or a type, and leave nothing behind', async () => {
    expect(await snapgrid(['inspect', join(root, 'LICENSE')])).toMatchObject({
      code: 1,
      output: expect.stringMatching(/LICENSE: Expected a header that fits .* is no safetensors file/),
    });
    const written = join(programs, 'digits.gguf');
    expect((await snapgrid(['quantize', weights, '--type', 'q9', '--to', written])).output).toMatch(/Expected a ggml type \(F32, .*got Q9/);
    expect((await snapgrid(['quantize', weights, '--type', 'q2_k', '--to', written])).output).toContain(
      'got Q2_K, which is only read here',
    );
    expect(readdirSync(programs)).toEqual(['node']);
  });
});

describe('snapgrid quantize --method', () => {
  const text = (cells: readonly (string | number)[][]): string => cells.map(row => row.join(',')).join('\n');
  const sine = (length: number, step: number): Float32Array<ArrayBuffer> => Float32Array.from({length}, (_, i) => Math.sin(i * i * step));
  const activations = Array.from({length: 40}, (_, row) => [...sine(64, 0.01 * (row + 1))]);
  let weights: string;
  beforeEach(() => {
    weights = join(programs, 'model.safetensors');
    const matrix = (name: string, shape: [number, number], step: number) =>
      ({name, dtype: 'F32', shape, bytes: () => new Uint8Array(sine(shape[0] * shape[1], step).buffer)}) as const;
    const tensors = [matrix('first', [32, 64], 1), matrix('second', [8, 64], 2), matrix('last', [5, 32], 3)];
    writeFileSync(weights, Buffer.concat([...writeSafetensors({tensors})]));
  });
  const csv = (lines: string): string => {
    const path = join(programs, 'data.csv');
    writeFileSync(path, lines);
    return path;
  };

  it('gptq takes the activations of each tensor, and says which it had none for', async () => {
    const named = activations.map((row, i) => [i % 2 ? '"first"' : 'second', ...row]);
    const data = csv(`tensor,activations\n${text(named)}\n\n${text([Array.from({length: 32}, (_, i) => i / 32)])}`);
    const written = join(programs, 'model.gguf');
    const {output} = await snapgrid([
      'quantize',
      weights,
      '--method',
      'gptq',
      '--bits',
      '4',
      '--group',
      '32',
      '--calibrate',
      data,
      '--to',
      written,
    ]);
    expect(output).toMatch(/^first +\[32, 64\] +gptq +Q4_0 +20$/m);
    expect(output).toMatch(/^second +\[8, 64\] +gptq +Q4_0 +20$/m);
    expect(output).toMatch(/^last +\[5, 32\] +gptq +Q4_0 +1$/m);
    expect(output).toContain('times smaller');
    const rtn = await snapgrid([
      'quantize',
      weights,
      '--method',
      'rtn',
      '--to',
      join(programs, 'rtn.safetensors'),
      '--json',
      '--bits',
      '3',
    ]);
    expect(JSON.parse(rtn.output)).toMatchObject({
      tensors: [
        {name: 'first', method: 'rtn', type: 'qint3 × 32', samples: 0},
        {name: 'second', method: 'rtn', type: 'qint3 × 8'},
        {name: 'last', method: 'rtn', type: 'qint3 × 5'},
      ],
    });
    expect((await snapgrid(['compare', weights, join(programs, 'rtn.safetensors')])).output).toMatch(/^last +F32 → qint3 × 5 /m);
  });

  it.each([
    [
      'an unknown name later on',
      [
        ['first', ...activations[0]!],
        ['third', 1],
      ],
      'line 2: Expected the name of a matrix of the weights, got third; there are first, second, last',
    ],
    ['numbers for one of two', [activations[0]!], 'got numbers only; begin the line with one of first, second'],
    ['a matrix turned round', [[1, 2, 3, 4, 5]], 'last is [5, 32], which seems to be [inputs, outputs]: transpose it first'],
    ['too few numbers', [['first', 1, 2]], 'line 1: Expected 64 numbers for first, which has so many inputs, got 2'],
    [
      'what is no number',
      [['first', ...activations[0]!.slice(1), 'x']],
      'line 1: Expected 64 numbers for first, which has so many inputs, got "x"',
    ],
    ['an open quote', [['first', ...activations[0]!.slice(1), '"x']], 'line 1: Expected comma-separated values'],
    ['nothing', [], 'Expected lines of activations, got none'],
  ])('names the line of the data that it cannot take: %s', async (_, cells, message) => {
    const written = join(programs, 'model.gguf');
    const data = csv(text(cells as (string | number)[][]));
    const {code, output} = await snapgrid(['quantize', weights, '--method', 'gptq', '--calibrate', data, '--to', written]);
    expect([code, output]).toEqual([1, expect.stringContaining(message)]);
    expect(readdirSync(programs).filter(name => name.startsWith('model.gguf'))).toEqual([]);
  });

  it('says what it lacks', async () => {
    const to = ['--to', join(programs, 'model.gguf')];
    const said = async (...args: string[]): Promise<string> => (await snapgrid(['quantize', weights, ...args])).output;
    expect(await said(...to)).toContain('Expected --method (rtn, gptq, awq, nf4) or --type, a type of ggml, got neither');
    expect(await said('--method', 'gptq', ...to)).toContain(
      'Expected --calibrate with the activations that go into layers, which gptq needs, got none',
    );
    expect(await said('--method', 'nf4', ...to)).toContain(
      'Expected method rtn or gptq for GGUF, which has no NF4, got nf4; write to .safetensors',
    );
    expect(await said('--method', 'rtn', '--to', 'model.bin')).toContain(
      'Expected --to a file that ends in .gguf or .safetensors, got model.bin',
    );
    expect(await said('--method', 'rtn', '--type', 'q4_0', ...to)).toContain(
      "option '--type <type>' cannot be used with option '--method <method>'",
    );
    expect(await said('--method', 'rtn', '--group', '1', ...to)).toContain('Expected at least 2.');
  });
});

describe('snapgrid doctor', () => {
  it('ends with 1 and says how to get Python where there is none', async () => {
    await snapgrid(['--version']);
    // A copy without the project's own environment, on a machine whose PATH has nothing but Node.
    const copy = mkdtempSync(join(tmpdir(), 'snapgrid-copy-'));
    cpSync(join(root, 'dist'), join(copy, 'dist'), {recursive: true});
    copyFileSync(join(root, 'package.json'), join(copy, 'package.json'));
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const {code, output} = await run([join(copy, 'dist/cli/main.js'), 'doctor'], {PATH: programs, CXX: '', SNAPGRID_PYTHON: ''});
    rmSync(copy, {recursive: true});
    expect(output).toMatch(/✗ Python +3\.10 or later not found\n +→ .*Install it with/);
    expect(output).toMatch(/✗ C\+\+ compiler/);
    expect(output).toContain('Notebooks cannot run here yet: Python and JupyterLab are missing.');
    expect(code).toBe(1);
  });
});

describe('findPython', () => {
  const path = process.env['PATH'];
  beforeEach(() => void (process.env['PATH'] = programs));
  afterEach(() => void (process.env['PATH'] = path));

  it('takes the first from 3.10 on that can make environments', async () => {
    program('python3.13', 'exit 127');
    program('python3.12', 'echo snapgrid 3 12 4 False');
    program('python3', 'echo snapgrid 3 11 2 True');
    expect(await findPython()).toEqual({command: 'python3', version: '3.11.2', hasVenv: true});
  });

  it('says what it found instead of a Python that is new enough', async () => {
    program('python3', 'echo snapgrid 3 8 18 True');
    await expect(findPython()).rejects.toThrow(CannotSetUp);
    await expect(findPython()).rejects.toThrow(/needs Python 3\.10 or later, got only 3\.8\.18\. Install it with/);
  });

  it('says how to get Python when there is none', async () => {
    await expect(findPython()).rejects.toThrow(/got none on the PATH\. Install it with .*without root/);
  });
});
