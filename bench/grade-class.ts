import {grade} from '../grader/grade.ts';
import {loadGradedLesson} from '../grader/lesson.ts';
import {courseSecret} from '../grader/secret.ts';
import {graderVersion} from '../grader/version.ts';
import {projectRoot} from '../project/root.ts';
import {threeChecks} from './three-checks.ts';

/** A program, `snapgrid grade FROM --to TO` for an assignment that is no lesson of the course, or for a lesson on another backend. */
const [assignment = '', backend, from = '', to = ''] = process.argv.slice(2);
await grade({
  from,
  to,
  lesson: {
    ...(assignment === threeChecks.lesson.slug ? threeChecks : await loadGradedLesson(assignment)),
    backend: backend === 'tensorflow' ? backend : 'cpu',
  },
  isolation: 'bubblewrap',
  secret: await courseSecret(),
  graderVersion: graderVersion(projectRoot),
  root: projectRoot,
});
