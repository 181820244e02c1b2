import Database from 'libsql';
import {execFile} from 'node:child_process';
import {copyFile, mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {Gradebook, gradebookFile} from './gradebook.ts';
import {gradesOf, keptAssignment} from './grades.ts';
import {migrations} from './schema.ts';

/** Written by the snapgrid of each version of the tables (`git log grader/gradebook/fixtures`): ada 5 of 5, grace 2, one not graded, one killed, one queued. */
const fixture = (version: number): string => join(import.meta.dirname, `fixtures/version-${version}.sqlite`);
const older = Array.from({length: migrations.length - 1}, (_, i) => i + 1);

describe('a gradebook of an older snapgrid', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'snapgrid-migrate-'));
    path = join(folder, gradebookFile);
  });
  afterEach(() => rm(folder, {recursive: true}));

  it.each(older)('of version %d keeps every grade, and a copy of its file as it was', async version => {
    await copyFile(fixture(version), path);
    for (const _ of ['opened', 'opened again']) {
      const book = await Gradebook.open(path);
      const [row] = await book.assignments();
      const grades = await gradesOf(book, keptAssignment(row!));
      expect(grades.map(({learner, status, score}) => [learner, status, score])).toEqual([
        ['ada', 'graded', 5],
        ['fault', 'queued', undefined],
        ['grace', 'graded', 2],
        ['killed', 'running', undefined],
        ['zip', 'not graded', undefined],
      ]);
      await book.close();
    }
    const copy = new Database(`${path}.version-${version}`);
    expect(copy.prepare('SELECT version FROM gradebook_version').all()).toEqual([{version}]);
    expect(copy.prepare('SELECT COUNT(*) AS rows FROM submission').all()).toEqual([{rows: 5}]);
    copy.close();
  });

  it('is as it was when a step of the migration fails', async () => {
    await copyFile(fixture(1), path);
    const program = new Database(path);
    program.exec('CREATE TABLE "change" (something_else integer)');
    program.close();
    await expect(Gradebook.open(path)).rejects.toThrow(/Expected a gradebook.*change.*already exists/);
    const database = new Database(path);
    expect(database.prepare('SELECT version FROM gradebook_version').all()).toEqual([{version: 1}]);
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'attempt'").all()).toEqual([]);
    database.exec('DROP TABLE "change"');
    database.close();
    await (await Gradebook.open(path)).close();
  });

  it('opened by four programs at once is migrated once', async () => {
    await copyFile(fixture(1), path);
    const module = pathToFileURL(join(projectRoot, 'dist/grader/gradebook/gradebook.js')).href;
    const program = `const {Gradebook} = await import('${module}'); const book = await Gradebook.open(process.argv[1]); console.log((await book.assignments()).length); await book.close()`;
    const run = promisify(execFile);
    const ran = await Promise.all([1, 2, 3, 4].map(() => run(process.execPath, ['--input-type=module', '-e', program, path])));
    expect(ran.map(({stdout}) => stdout.trim())).toEqual(['1', '1', '1', '1']);
  });

  it('replaces the copy that a killed migration left half-made', async () => {
    await copyFile(fixture(1), path);
    await writeFile(`${path}.version-1.half`, 'half');
    await (await Gradebook.open(path)).close();
    expect((await readFile(`${path}.version-1`)).subarray(0, 15).toString()).toBe('SQLite format 3');
  });
});
