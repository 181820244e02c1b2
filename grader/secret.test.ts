import {chmod, mkdtemp, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {hiddenSeed, seedId} from './judge/judge.ts';
import {courseSecret} from './secret.ts';

describe("a course's secret", () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-secret-'));
    path = join(folder, 'kept/secret');
  });
  afterEach(() => rm(folder, {recursive: true}));

  it('is made on first use and is the same from then on, also for graders that start together', async () => {
    const made = await Promise.all(Array.from({length: 20}, () => courseSecret(path)));
    const secret = await courseSecret(path);
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(made)).toEqual(new Set([secret]));
    expect(await readFile(path, 'utf8')).toBe(secret);
    expect(await courseSecret(join(folder, 'another'))).not.toBe(secret);
  });

  it.skipIf(process.platform === 'win32')('is readable by its owner alone, also where somebody opened it to others', async () => {
    await courseSecret(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await chmod(path, 0o644);
    await courseSecret(path);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('that is damaged is refused without being shown', async () => {
    await courseSecret(path);
    await writeFile(path, 'beef');
    const error = await courseSecret(path).catch((refused: Error) => refused);
    expect(String(error)).toMatch(/Expected 64 hexadecimal digits in .*secret, got something else; restore it from a backup/);
    expect(String(error)).not.toContain('beef');
  });
});

describe('the seed of hidden inputs', () => {
  const seed = (secret = '5e', learner = 'ada', lesson = '04', version = 1, content = 'c0ffee'): string =>
    hiddenSeed(secret, learner, lesson, version, content);

  it('is the same for the same submission, and another for each course, learner, lesson, version and attempt', () => {
    expect(seed()).toBe(seed());
    const others = [
      seed('5f'),
      seed('5e', 'grace'),
      seed('5e', 'ada', '05'),
      seed('5e', 'ada', '04', 2),
      seed('5e', 'ada', '04', 1, 'beef'),
    ];
    expect(new Set([seed(), ...others]).size).toBe(6);
    // What is put together differently is not the same.
    expect(seed('5e', 'ada0', '4')).not.toBe(seed('5e', 'ada', '04'));
  });

  it('has an id that tells it from others and does not give it away', () => {
    expect(seedId(seed())).toMatch(/^[0-9a-f]{8}$/);
    expect(seed()).not.toContain(seedId(seed()));
    expect(seedId(seed())).not.toBe(seedId(seed('5f')));
  });
});
