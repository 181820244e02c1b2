import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {loadDemoLesson, writeDemoClass} from '../demo/class.ts';
import {unexpected} from '../demo/compare.ts';
import {grade} from '../grade.ts';
import type {SubmissionResult} from '../results.ts';
import {missingSandbox} from './class.ts';

const missing = await missingSandbox();

describe.skipIf(missing)('the demo', () => {
  it('gives each of 40 submissions of lesson 04 the score that its manifest says', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'snapgrid-demo-'));
    const lesson = await loadDemoLesson();
    const expected = await writeDemoClass(join(folder, 'submissions'), lesson);
    const results: SubmissionResult[] = [];
    await grade({
      from: join(folder, 'submissions'),
      to: join(folder, 'results'),
      lesson,
      isolation: 'bubblewrap',
      secret: '5e'.repeat(32),
      graderVersion: '0',
      root: projectRoot,
      onProgress: ({result}) => results.push(result),
    });
    await rm(folder, {recursive: true});
    expect(expected).toHaveLength(40);
    expect(unexpected(expected, results)).toEqual([]);
  }, 400_000);
});
