import {execFile} from 'node:child_process';
import {chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {afterEach, beforeEach, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';

/** A clone in which nothing is installed, and an npm that stands for the real one. */
let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'snapgrid clöne '));
  for (const file of ['package.json', 'package-lock.json', 'tsconfig.json', 'bin'])
    cpSync(join(projectRoot, file), join(clone, file), {recursive: true});
  mkdirSync(join(clone, 'programs'));
});
afterEach(() => rmSync(clone, {recursive: true}));

function npm(script: string): void {
  writeFileSync(join(clone, 'programs/npm'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(clone, 'programs/npm'), 0o755);
}

function start(args: string[] = []): Promise<{code: number; output: string}> {
  return new Promise(resolve => {
    const env = {...process.env, PATH: `${join(clone, 'programs')}${delimiter}${process.env['PATH']}`};
    execFile(process.execPath, [...args, join(clone, 'bin/snapgrid.mjs'), '--version'], {env}, (error, stdout, stderr) =>
      resolve({code: error ? Number(error.code) : 0, output: stdout + stderr}),
    );
  });
}

/** Node with a disk that has so much left. */
function withFree(megabytes: number): string[] {
  return withFs(`fs.statfsSync = () => ({bavail: ${megabytes}, bsize: 1e6, blocks: 1})`);
}

function withFs(change: string): string[] {
  const code = `import fs from 'node:fs'; import {syncBuiltinESMExports} from 'node:module'; ${change}; syncBuiltinESMExports();`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

it('a first start on a disk that is too small ends before npm runs, with what is needed, what is there and where', async () => {
  npm('echo npm was run');
  const {code, output} = await start(withFree(55));
  expect(output).toContain(`Expected 650 MB of disk space for the npm packages in ${clone}, got 55 MB.`);
  expect(output).not.toContain('npm was run');
  expect(code).toBe(1);
});

it('packages are not taken for complete when npm ran out of space and ended as if all were well', async () => {
  npm(`mkdir -p node_modules && cp package-lock.json node_modules/.package-lock.json
    echo 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write' >&2`);
  for (let time = 1; time <= 2; time++) {
    const {code, output} = await start(withFree(9999));
    expect(output).toContain('npm ran out of disk space');
    expect(code).toBe(1);
  }
  expect(existsSync(join(clone, 'node_modules/.snapgrid-stamp'))).toBe(false);
});

it('a clone that cannot be written to is named, with the way out', async () => {
  // Root, who runs these tests in a container, may write anywhere.
  const refused = `fs.mkdirSync = path => { throw Object.assign(new Error('EACCES: permission denied, mkdir ' + path), {code: 'EACCES'}); }`;
  const {code, output} = await start(withFs(refused));
  expect(output).toContain(`Expected a folder that can be written to, got ${clone}. Make it yours`);
  expect(output).not.toContain('node:fs');
  expect(code).toBe(1);
});

it('a full disk while compiling leaves nothing that is taken for compiled', async () => {
  symlinkSync(join(projectRoot, 'node_modules'), join(clone, 'node_modules'));
  const {code, output} = await start(withFree(5));
  expect(output).toContain(`Expected 20 MB of disk space for the compiled code in ${clone}, got 5 MB.`);
  expect(existsSync(join(clone, 'dist/.sources'))).toBe(false);
  expect(code).toBe(1);
});
