import {sharedMessage} from '../../checking/report.ts';
import type {GradedLearner} from '../gradebook/grades.ts';
import {counted, measurementWords} from '../reports/numbers.ts';
import type {SubmissionResult} from '../results.ts';

/** What Gradescope reads from `results.json`. */
export interface GradescopeResults {
  /** Missing where nothing was graded: Gradescope then asks the instructor, and gives no 0. */
  readonly score?: number;
  readonly execution_time: number;
  readonly output: string;
  readonly output_format: 'text';
  readonly visibility: 'visible';
  readonly tests?: readonly GradescopeTest[];
}

export interface GradescopeTest {
  readonly score: number;
  readonly max_score: number;
  readonly status: 'passed' | 'failed';
  readonly name: string;
  readonly number: string;
  readonly output: string;
  readonly output_format: 'text';
  readonly visibility: 'visible';
}

const outputCharacters = 5000;

/** The score after lateness, and a test per check. */
export function gradescopeResults({grade, result}: GradedLearner): GradescopeResults {
  const about = {execution_time: result?.seconds ?? 0, output_format: 'text', visibility: 'visible'} as const;
  if (grade.score === undefined || !result)
    return {...about, output: `Not graded, which is not a score of 0: ${grade.reason}`.slice(0, outputCharacters)};
  const {daysLate} = grade.lateness;
  const notes = [
    ...(grade.penaltyPoints > 0 ? [`${counted(grade.penaltyPoints, 'point')} less: handed in ${counted(daysLate, 'day')} late.`] : []),
    ...(result.isolation === 'process' ? ['Graded without a sandbox of its own (--isolation process).'] : []),
    ...result.warnings,
  ];
  return {...about, score: grade.score, output: notes.join('\n').slice(0, outputCharacters), tests: tests(result)};
}

/** A learner who hands in no notebook has answered nothing; without this file Gradescope says that the autograder failed. */
export function nothingToGrade(slug: string, found: readonly string[]): GradescopeResults {
  const names = found.slice(0, 5).map(name => JSON.stringify(name.slice(0, 80)));
  const got = found.length ? `${names.join(', ')}${found.length > 5 ? ` and ${found.length - 5} more` : ''}` : 'no file';
  return {
    score: 0,
    execution_time: 0,
    output: `Expected the notebook of the lesson ${slug} (.ipynb), or a zip archive of it, got ${got}; save it in JupyterLab and hand in that file.`,
    output_format: 'text',
    visibility: 'visible',
  };
}

/** Points as the lesson counts them; `score` above them says what they are worth. */
function tests({tasks}: SubmissionResult): GradescopeTest[] {
  return tasks.flatMap((task, i) => {
    const shared = sharedMessage(task);
    return task.checks.map((check, j) => {
      const words = check.measurement && measurementWords(check.measurement);
      const lines = [
        ...(words ? [`measured ${words.measured} ${words.unit}, expected ${words.threshold}`] : []),
        ...(check.message ? [check.message] : shared ? [shared] : []),
      ];
      return {
        score: check.points,
        max_score: check.max,
        status: check.verdict === 'passed' ? 'passed' : 'failed',
        name: `${task.title}: ${check.name}`,
        number: `${i + 1}.${j + 1}`,
        output: lines.join('\n').slice(0, outputCharacters),
        output_format: 'text',
        visibility: 'visible',
      };
    });
  });
}
