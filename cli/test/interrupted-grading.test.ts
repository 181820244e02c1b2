import {execFile, spawn} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {missingSandbox} from '../../grader/test/class.ts';
import {projectRoot} from '../../project/root.ts';
import {solvedLesson} from '../../test/solved-lesson.ts';

const missing = await missingSandbox();
const program = join(projectRoot, 'bin/snapgrid.mjs');
const run = promisify(execFile);
const learners = ['ada', 'ben', 'cleo', 'dora'];

describe.skipIf(missing)('snapgrid grade', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'snapgrid interrupted '));
    mkdirSync(join(folder, 'the class'));
    const notebook = JSON.stringify(solvedLesson('00-welcome'));
    for (const learner of learners) writeFileSync(join(folder, 'the class', `${learner}_00.ipynb`), notebook);
    await run(process.execPath, [program, 'grade', 'the class', '--to', 'undisturbed'], {cwd: folder});
  }, 60_000);
  afterAll(() => rmSync(folder, {recursive: true}));

  const graded = (to: string): number => learners.filter(learner => existsSync(join(folder, to, learner, 'result.json'))).length;

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'told to stop by %s finishes what runs and says the command that goes on, which does',
    async signal => {
      const to = `stopped by ${signal}`;
      const child = spawn(process.execPath, [program, 'grade', 'the class', '--to', to, '--lesson', '00', '--width', '1'], {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      const ended = new Promise<number | null>(resolve => child.on('close', resolve));
      while (!graded(to) && child.exitCode === null) await sleep(10);
      child.kill(signal);
      expect(await ended).toBe(130);
      expect(said).toContain('Finishing the submissions that are running; once more to end at once.');
      const [, left, command] = /^(\d) submissions are left\. Go on with: npx snapgrid (.*)$/m.exec(said)!;
      expect(Number(left)).toBe(learners.length - graded(to));
      expect(Number(left)).toBeGreaterThan(0);
      expect(command).toMatch(/ --lesson 00$/);
      // As a shell takes the words.
      const {stdout} = await run('bash', ['-c', `"$1" "$2" ${command}`, 'bash', process.execPath, program], {cwd: folder});
      expect(stdout).toContain('4 graded (4 with full points), 0 not graded');
      expect(readFileSync(join(folder, to, 'grades.csv'), 'utf8')).toBe(readFileSync(join(folder, 'undisturbed/grades.csv'), 'utf8'));
    },
    120_000,
  );
});
