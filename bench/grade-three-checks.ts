import {courseSecret} from '../grader/secret.ts';
import {grade} from '../grader/grade.ts';
import {graderVersion} from '../grader/version.ts';
import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';
import {threeChecks} from './three-checks.ts';

/** `snapgrid grade FROM --to TO` for an assignment that is no lesson of the course. */
const [from = '', to = ''] = process.argv.slice(2);
await grade({
  from,
  to,
  lesson: threeChecks,
  isolation: 'bubblewrap',
  secret: await courseSecret(join(projectRoot, '.snapgrid', 'secret')),
  graderVersion: graderVersion(projectRoot),
  root: projectRoot,
});
