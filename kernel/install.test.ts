import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {installKernel, kernelFolder, kernelStatus, uninstallKernel} from './install.ts';

let prefix: string;
beforeEach(() => (prefix = mkdtempSync(join(tmpdir(), 'snapgrid-prefix-'))));
afterEach(() => rmSync(prefix, {recursive: true, force: true}));

it('an installed kernel has a kernelspec with absolute paths, and logos', () => {
  const folder = kernelFolder(prefix);
  expect(folder).toBe(join(prefix, 'share', 'jupyter', 'kernels', 'snapgrid'));
  installKernel({folder});
  expect(readdirSync(folder).sort()).toEqual(['kernel.json', 'logo-32x32.png', 'logo-64x64.png', 'logo-svg.svg']);
  const spec = JSON.parse(readFileSync(join(folder, 'kernel.json'), 'utf8')) as {argv: string[]};
  expect(spec).toMatchObject({language: 'typescript', interrupt_mode: 'message', metadata: {debugger: true}});
  expect([spec.argv[0]!, spec.argv.at(-2)!].every(isAbsolute)).toBe(true);
  expect(spec.argv.at(-1)).toBe('{connection_file}');
});

it('its status is missing, current, or stale when it starts something else', () => {
  const folder = kernelFolder(prefix);
  expect(kernelStatus({folder}).state).toBe('missing');
  installKernel({folder});
  expect(kernelStatus({folder}).state).toBe('current');
  writeFileSync(join(folder, 'kernel.json'), '{"argv": ["/another/node"]}');
  expect(kernelStatus({folder}).state).toBe('stale');
});

it('uninstalling takes everything away and says whether there was anything', () => {
  const folder = kernelFolder(prefix);
  installKernel({folder});
  expect(uninstallKernel({folder})).toBe(true);
  expect(existsSync(folder)).toBe(false);
  expect(uninstallKernel({folder})).toBe(false);
});
