import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {Gradebook, gradebookFile} from '../gradebook/gradebook.ts';
import {keptAssignment} from '../gradebook/grades.ts';
import {parseResult} from '../results.ts';
import {writeClass} from '../results-folder.ts';

// A program that fills a gradebook with results of as many learners as it is told, then writes the class's page and its CSV: what a test gives little memory.
const [folder, count, template] = process.argv.slice(2);
if (folder === undefined || template === undefined) throw new Error('Expected a folder, a number of learners, and a file with a result');
const result = parseResult(readFileSync(template, 'utf8'));
const gradebook = await Gradebook.open(join(folder, gradebookFile));
const row = {
  lesson: result.lesson,
  lesson_version: 1,
  title: 'Large',
  tasks: '[]',
  written: null,
  manifest: null,
  roster: null,
  folder: '',
};
await gradebook.keepAssignment(row);
for (let i = Number(count); i > 0; i--) {
  const [learner, contentHash] = [`learner${i}`, `hash${i}`];
  const time = {submitted_at: '2026-01-01T00:00:00.000Z', submitted_from: 'file time' as const};
  const key = {lesson: result.lesson, lessonVersion: 1, learner, contentHash, seedId: ''};
  await gradebook.takeIn(
    {lesson: result.lesson, learner, content_hash: contentHash, file: learner, problem: '', ...time},
    Buffer.from(learner),
    key,
  );
  await gradebook.finish(key, {...result, learner, file: learner, contentHash, seedId: ''}, '');
}
await writeClass(folder, gradebook, keptAssignment(row));
await gradebook.close();
