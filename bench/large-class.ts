import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {Gradebook, gradebookFile} from '../grader/gradebook/gradebook.ts';
import {grade} from '../grader/grade.ts';
import {gradingKey} from '../grader/grade-submission.ts';
import {parseResult} from '../grader/results.ts';
import {courseSecret} from '../grader/secret.ts';
import {contentHash} from '../grader/submission/notebook.ts';
import {graderVersion} from '../grader/version.ts';
import {projectRoot} from '../project/root.ts';
import {threeChecks, threeChecksNotebook} from './three-checks.ts';

/**
 * A program, `large-class FOLDER RESULTS COUNT`: all of grading a class of COUNT but the sandboxes, of which nothing grows with a class. Results that were
 * really measured (result.json below RESULTS) are kept in a new gradebook as those of other learners, then the class is graded: read, hashed, queued, found,
 * written as feedback, CSV and class page. Prints its processor time and its most memory as JSON.
 */
const [folder = '', measured = '', count = ''] = process.argv.slice(2);
const [from, to] = [join(folder, 'submissions'), join(folder, 'results')];
const results = readdirSync(measured, {withFileTypes: true})
  .filter(entry => entry.isDirectory() && entry.name.startsWith('student'))
  .map(({name}) => parseResult(readFileSync(join(measured, name, 'result.json'), 'utf8')));
const secret = await courseSecret();
mkdirSync(to, {recursive: true});
const gradebook = await Gradebook.open(join(to, gradebookFile));
for (let i = 0; i < Number(count); i++) {
  const learner = `student${String(i).padStart(5, '0')}`;
  const file = join(learner, `${threeChecks.lesson.slug}.ipynb`);
  const bytes = Buffer.from(JSON.stringify(threeChecksNotebook(i, false)));
  mkdirSync(join(from, learner), {recursive: true});
  writeFileSync(join(from, file), bytes);
  const key = gradingKey(learner, contentHash(bytes), {lesson: threeChecks, secret});
  await gradebook.start(key, file);
  await gradebook.finish(key, {...results[i % results.length]!, learner, file, contentHash: key.contentHash, seedId: key.seedId}, '');
}
await gradebook.close();
const before = process.cpuUsage();
const started = performance.now();
const {graded} = await grade({
  from,
  to,
  lesson: threeChecks,
  isolation: 'bubblewrap',
  secret,
  graderVersion: graderVersion(projectRoot),
  root: projectRoot,
});
const {user, system} = process.cpuUsage(before);
if (graded !== Number(count)) throw new Error(`Expected ${count} submissions graded, got ${graded}`);
console.log(
  JSON.stringify({
    cpuSeconds: (user + system) / 1e6,
    wallSeconds: (performance.now() - started) / 1000,
    memoryMiB: process.resourceUsage().maxRSS / 1024,
  }),
);
