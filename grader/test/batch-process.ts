import {grade} from '../grade.ts';
import {projectRoot} from '../../project/root.ts';
import {gradedSmallLesson} from './small-lesson.ts';

// A program that grades a folder with the small lesson and prints a line per submission: what the tests kill.
const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) throw new Error('Expected a folder of submissions and one for results');
const stopping = new AbortController();
process.on('SIGINT', () => stopping.abort()).on('SIGTERM', () => stopping.abort());
const {graded, notGraded, left} = await grade({
  from,
  to,
  lesson: gradedSmallLesson,
  isolation: 'bubblewrap',
  secret: '5e'.repeat(32),
  graderVersion: '0',
  root: projectRoot,
  width: 2,
  signal: stopping.signal,
  onProgress: ({result, reused}) => console.log(reused ? 'reused' : 'graded', result.learner),
});
console.log(left ? 'stopped' : 'finished', graded + notGraded);
