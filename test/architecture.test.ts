import {execFileSync} from 'node:child_process';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {dirname, join, normalize} from 'node:path';
import {parseSync} from 'oxc-parser';
import {describe, expect, it} from 'vitest';

const root = join(import.meta.dirname, '..');

/** What each part may import beside itself: a folder, or a file. What stands here for `cli`, `bench` and `test` would be everything. */
const arrows: Record<string, readonly string[]> = {
  kernel: ['session/wire/', 'project/'],
  grader: ['checking/', 'exercises/', 'quant/', 'data/', 'session/wire/', 'backend/', 'project/'],
  exercises: ['checking/', 'quant/', 'data/', 'session/wire/plain.ts', 'project/'],
  solutions: ['exercises/'],
  checking: ['quant/', 'data/', 'backend/', 'session/wire/plain.ts'],
  session: ['backend/'],
  quant: ['backend/', 'session/wire/plain.ts'],
  data: ['backend/', 'quant/files/', 'session/wire/plain.ts', 'project/'],
  backend: ['session/wire/plain.ts'],
  // Where the project lies, for every part that reads its files; it knows none of them.
  project: [],
};

interface Import {
  readonly from: string;
  /** Relative to the project; a package's own specifier where it is none of ours. */
  readonly to: string;
}

const tracked = execFileSync('git', ['ls-files', '-z'], {cwd: root, encoding: 'utf8'})
  .split('\0')
  .filter(file => file && existsSync(join(root, file)));
const sources = tracked.filter(file => file.endsWith('.ts') && !file.includes('/fixtures/'));
const imports = sources.flatMap(importsOf);
const product = imports.filter(({from}) => !isTest(from));
const show = ({from, to}: Import): string => `${from} → ${to}`;

describe('imports', () => {
  it('are found at all', () => {
    expect(product.map(show)).toContain('session/wire/messages.ts → session/wire/values.ts');
  });

  it('go only along the arrows between parts', () => {
    const wrong = product.filter(({from, to}) => {
      const part = from.split('/')[0]!;
      const allowed = arrows[part];
      return allowed !== undefined && isOurs(to) && !to.startsWith(`${part}/`) && !allowed.some(place => to.startsWith(place));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('of a solution reach no more of its lesson than the interface', () => {
    expect(
      product
        .filter(({from, to}) => from.startsWith('solutions/') && to.startsWith('exercises/') && !to.endsWith('/interface.ts'))
        .map(show),
    ).toEqual([]);
  });

  it('of the sandbox never reach the judge', () => {
    expect(imports.filter(({from, to}) => from.startsWith('grader/sandbox/') && to.startsWith('grader/judge/')).map(show)).toEqual([]);
  });

  // A lesson's own data that needed the toolkit would load in every notebook, and in no submission.
  it('of what stands in the sandbox reach only what stands there', () => {
    const parts = ['backend/', 'data/', 'project/', 'session/'];
    const inside = product.filter(({from}) => parts.some(part => from.startsWith(part)) && !from.startsWith('data/train/'));
    expect(inside.filter(({to}) => isOurs(to) && !parts.some(part => to.startsWith(part))).map(show)).toEqual([]);
  });

  it('never reach a generated notebook', () => {
    expect(imports.filter(({to}) => to.startsWith('notebooks/')).map(show)).toEqual([]);
  });

  it('name files that exist', () => {
    expect(
      imports
        .filter(({from, to}) => !from.startsWith('test/') && isOurs(to) && /\.[cm]?ts$/.test(to) && !existsSync(join(root, to)))
        .map(show),
    ).toEqual([]);
  });
});

describe('the project', () => {
  it('names no registry host in any tracked file', () => {
    const hosts = [
      ['registry', 'npmjs', 'org'],
      ['registry', 'yarnpkg', 'com'],
      ['registry', 'npmmirror', 'com'],
      ['files', 'pythonhosted', 'org'],
    ].map(labels => labels.join('.'));
    for (const registry of [process.env['npm_config_registry'], process.env['PIP_INDEX_URL']])
      if (registry && URL.canParse(registry)) hosts.push(new URL(registry).host);
    const found = tracked.flatMap(file => {
      const text = readFileSync(join(root, file), 'latin1');
      return hosts.filter(host => text.includes(host)).map(host => `${file}: ${host}`);
    });
    expect(found).toEqual([]);
  });

  it('exports what exists', () => {
    const {exports} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {exports: Record<string, string>};
    const missing = Object.entries(exports).filter(([, target]) => !target.endsWith('.json') && !sourcesOf(target).length);
    expect(missing.map(([name]) => name)).toEqual([]);
  });

  it('has no file for leftovers', () => {
    expect(tracked.filter(file => /(^|\/)(utils?|helpers?|common|misc|managers?)(\.ts|\/)/.test(file))).toEqual([]);
  });
});

function importsOf(from: string): Import[] {
  const {module, errors} = parseSync(from, readFileSync(join(root, from), 'utf8'));
  if (errors.length) throw new Error(`${from}: ${errors[0]!.message}`);
  const specifiers = [
    ...module.staticImports.map(i => i.moduleRequest.value),
    ...module.staticExports.flatMap(e => e.entries.flatMap(entry => entry.moduleRequest?.value ?? [])),
  ];
  return [...new Set(specifiers)].map(specifier => ({from, to: target(from, specifier)}));
}

function target(from: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
  if (specifier.startsWith('snapgrid/'))
    return specifier
      .slice('snapgrid/'.length)
      .replace(/^display$/, 'session/display')
      .replace(/^[\w/]+$/, '$&/');
  return specifier;
}

function isOurs(to: string): boolean {
  return [
    'backend',
    'bench',
    'checking',
    'cli',
    'data',
    'exercises',
    'grader',
    'kernel',
    'notebooks',
    'project',
    'quant',
    'session',
    'solutions',
    'test',
  ].includes(to.split('/')[0]!);
}

function isTest(file: string): boolean {
  return /(^|\/)test\/|\.test\.ts$|\.fixture\.ts$/.test(file);
}

/** The sources that an export's compiled target comes from; for a pattern, every one. */
function sourcesOf(target: string): string[] {
  const source = target.replace('./dist/', '').replace(/\.js$/, '.ts');
  if (!source.includes('*')) return existsSync(join(root, source)) ? [source] : [];
  const [folder, rest] = source.split('*') as [string, string];
  const names = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  return rest.startsWith('/')
    ? names.filter(name => existsSync(join(root, folder, name + rest)))
    : names.filter(name => name.endsWith(rest));
}
