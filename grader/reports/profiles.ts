import type {Grade, KeptAssignment} from '../gradebook/grades.ts';
import {csvText, type Field} from './csv.ts';
import {counted} from './numbers.ts';

export type Profile = 'canvas' | 'moodle' | 'nbgrader' | 'jsonl';

type Grades = AsyncIterable<Grade> | Iterable<Grade>;

/** The grades of an assignment as another program imports them, line by line. What has no score has an empty one; `reasonsCsv` says why. */
export function exportGrades(profile: Profile, kept: KeptAssignment, grades: Grades): AsyncGenerator<string> {
  return profiles[profile](kept, grades);
}

const profiles: Record<Profile, (kept: KeptAssignment, grades: Grades) => AsyncGenerator<string>> = {
  canvas: canvasCsv,
  moodle: moodleCsv,
  nbgrader: nbgraderCsv,
  jsonl: jsonLines,
};

async function* jsonLines(_: KeptAssignment, grades: Grades): AsyncGenerator<string> {
  for await (const grade of grades) yield `${JSON.stringify(gradeJson(grade))}\n`;
}

/** A grade as JSON has it: what is not there is null. */
export function gradeJson(grade: Grade): object {
  return {...grade, score: grade.score ?? null, rawScore: grade.rawScore ?? null, due: grade.due ?? null};
}

/** Who has no score, and why. */
export function reasonsCsv(grades: readonly Pick<Grade, 'learner' | 'assignment' | 'status' | 'reason'>[]): string {
  const rows = grades.map(({learner, assignment, status, reason}) => [learner, assignment, status, reason]);
  return csvText([['learner', 'assignment', 'status', 'reason'], ...rows]);
}

/** As Canvas exports its gradebook; a roster that it exported gives its own ids, and the column where the assignment is there already. */
async function* canvasCsv(kept: KeptAssignment, grades: Grades): AsyncGenerator<string> {
  const name = kept.name ?? kept.slug;
  const headers = Object.keys(kept.students?.[0]?.columns ?? {});
  const column = headers.find(header => header.startsWith(`${name} (`) && /\(\d+\)$/.test(header)) ?? name;
  const head = (points: number | undefined): string =>
    csvText([
      ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', column],
      ['    Points Possible', undefined, undefined, undefined, undefined, points],
    ]);
  let first = true;
  for await (const grade of grades) {
    if (first) yield head(grade.max);
    first = false;
    const own = (header: string): Field => grade.student?.columns[header];
    yield csvText([
      [own('Student') ?? nameOf(grade), own('ID'), own('SIS User ID'), own('SIS Login ID') ?? grade.learner, own('Section'), grade.score],
    ]);
  }
  if (first) yield head(kept.points);
}

/**
 * For Moodle's import of grades; where the roster is an assignment's grading worksheet (it has an Identifier), that worksheet filled in.
 * Of a class with a roster only those on it: Moodle refuses a whole file for one learner that it does not know, and takes a row whose identifying
 * field is empty for the learner of the row before. In an import an empty grade of a new item becomes a 0 there; a dash is what stands for none.
 */
async function* moodleCsv(kept: KeptAssignment, grades: Grades): AsyncGenerator<string> {
  const columns = Object.keys(kept.students?.[0]?.columns ?? {});
  if (columns.includes('Identifier')) {
    const filled: Readonly<Record<string, (grade: Grade) => Field>> = {Grade: ({score}) => score, 'Feedback comments': commentOf};
    yield csvText([columns]);
    for await (const grade of grades) {
      const {student} = grade;
      if (student)
        yield csvText([columns.map(header => filled[header]?.(grade) ?? (header === 'Grade' ? undefined : student.columns[header]))]);
    }
    return;
  }
  const name = kept.name ?? kept.slug;
  yield csvText([['Username', 'ID number', 'Email address', 'First name', 'Last name', name, `${name} feedback`]]);
  for await (const grade of grades) {
    if (kept.students && !grade.student) continue;
    const own = (header: string): Field => grade.student?.columns[header];
    const {firstName, lastName, email} = grade.student ?? {};
    const ids = [own('Username') || grade.learner, own('ID number') || grade.learner];
    yield csvText([[...ids, email, firstName, lastName, grade.score ?? noGrade, commentOf(grade)]]);
  }
}

/** As Moodle itself exports a grade that there is not. */
const noGrade = '-';

/** The columns of `nbgrader export`. */
async function* nbgraderCsv(_: KeptAssignment, grades: Grades): AsyncGenerator<string> {
  const columns = 'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score';
  yield csvText([columns.split(',')]);
  for await (const {assignment, due, attempt, learner, student, rawScore, penaltyPoints, score, max} of grades) {
    const person = [learner, student?.lastName, student?.firstName, student?.email];
    const scores = [rawScore, rawScore === undefined ? undefined : penaltyPoints, score, max];
    yield csvText([[assignment, timeOf(due), timeOf(attempt?.submittedAt), ...person, ...scores]]);
  }
}

/** `2026-12-01 23:59:00`, in UTC, as Python writes it. */
function timeOf(iso: string | undefined): Field {
  return iso?.slice(0, 19).replace('T', ' ');
}

function nameOf({student, learner}: Grade): string {
  if (!student || !(student.firstName || student.lastName)) return learner;
  return student.firstName ? `${student.lastName}, ${student.firstName}` : student.lastName;
}

/** What a learner may read about how the score came about. */
function commentOf({score, reason, lateness, penaltyPoints, override}: Grade): Field {
  const words = [
    ...(score === undefined ? [`Not graded: ${reason}`] : []),
    ...(override
      ? ['Set by an instructor.']
      : penaltyPoints > 0
        ? [`Handed in ${counted(lateness.daysLate, 'day')} late: ${counted(penaltyPoints, 'point')} less.`]
        : []),
  ];
  return words.join(' ') || undefined;
}
