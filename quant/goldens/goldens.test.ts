import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {expect, test} from 'vitest';

const quant = join(import.meta.dirname, '..');

/** Written by write.py: by script, relative to quant/, what it was, which packages it ran on and what it wrote beside itself. */
interface Manifest {
  readonly requirements: string;
  readonly scripts: Readonly<
    Record<string, {readonly sha256: string; readonly peers: Record<string, string>; readonly goldens: Record<string, string>}>
  >;
}

const manifest = JSON.parse(readFileSync(join(import.meta.dirname, 'manifest.json'), 'utf8')) as Manifest;
const scripts = Object.entries(manifest.scripts);
const files = readdirSync(quant, {recursive: true, encoding: 'utf8'}).map(path => path.replaceAll('\\', '/'));
const sha256 = (path: string): string =>
  createHash('sha256')
    .update(readFileSync(join(quant, path)))
    .digest('hex');
const requirements = readFileSync(join(import.meta.dirname, 'requirements.txt'), 'utf8');

test.each(scripts)('%s has not changed since it wrote its goldens, nor have they', (script, {sha256: hash, goldens}) => {
  const next = 'run quant/goldens/write.py, which runs the scripts and writes the manifest; a golden is never changed by hand';
  expect(sha256(script), `${script} is not what the manifest says: ${next}`).toBe(hash);
  for (const [name, golden] of Object.entries(goldens))
    expect(sha256(join(dirname(script), name)), `${name} is not what ${script} wrote: ${next}`).toBe(golden);
});

test('every golden is written by a script that the manifest has, and every script is there', () => {
  const written = scripts.flatMap(([script, {goldens}]) =>
    Object.keys(goldens).map(name => join(dirname(script), name).replaceAll('\\', '/')),
  );
  expect(files.filter(path => /golden\.(?!py$|test\.ts$)\w+$/.test(path)).sort()).toEqual(written.sort());
  expect(files.filter(path => path.endsWith('golden.py')).sort()).toEqual(scripts.map(([script]) => script).sort());
});

test("the scripts' packages are pinned, each with the hashes of its files, and are what the goldens were written with", () => {
  expect(sha256('goldens/requirements.txt')).toBe(manifest.requirements);
  const pins = new Map(requirements.split(/\n(?=\S)/).flatMap(entry => pinOf(entry)));
  const llamaCpp = JSON.parse(readFileSync(join(import.meta.dirname, 'llama-cpp.json'), 'utf8')) as Record<'package' | 'version', string>;
  for (const [script, {peers}] of scripts)
    for (const [name, version] of Object.entries(peers))
      expect([script, name, version]).toEqual([script, name, name === llamaCpp.package ? llamaCpp.version : pins.get(name)]);
});

/** A package and its version. */
function pinOf(entry: string): [string, string][] {
  if (entry.startsWith('#')) return [];
  const [, name, version] = /^([\w.-]+)==([\w.+-]+)/.exec(entry)!;
  expect(entry, `${name} has no hash`).toMatch(/--hash=sha256:[0-9a-f]{64}/);
  return [[name!, version!]];
}
