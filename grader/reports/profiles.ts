import type {Grade, KeptAssignment} from '../gradebook/grades.ts';
import {csvText, type Field} from './csv.ts';
import {counted} from './numbers.ts';

export type Profile = 'canvas' | 'moodle' | 'nbgrader' | 'jsonl';

/** The grades of an assignment as another program imports them. What has no score has an empty one; `reasonsCsv` says why. */
export function exportGrades(profile: Profile, kept: KeptAssignment, grades: readonly Grade[]): string {
  return profiles[profile](kept, grades);
}

const profiles: Record<Profile, (kept: KeptAssignment, grades: readonly Grade[]) => string> = {
  canvas: canvasCsv,
  moodle: moodleCsv,
  nbgrader: nbgraderCsv,
  jsonl: (_, grades) => grades.map(grade => `${JSON.stringify(gradeJson(grade))}\n`).join(''),
};

/** A grade as JSON has it: what is not there is null. */
export function gradeJson(grade: Grade): object {
  return {...grade, score: grade.score ?? null, rawScore: grade.rawScore ?? null, due: grade.due ?? null};
}

/** Who has no score, and why. */
export function reasonsCsv(grades: readonly Grade[]): string {
  const rows = grades
    .filter(({score}) => score === undefined)
    .map(({learner, assignment, status, reason}) => [learner, assignment, status, reason]);
  return csvText([['learner', 'assignment', 'status', 'reason'], ...rows]);
}

/** As Canvas exports its gradebook; a roster that it exported gives its own ids, and the column where the assignment is there already. */
function canvasCsv(kept: KeptAssignment, grades: readonly Grade[]): string {
  const name = kept.name ?? kept.slug;
  const headers = Object.keys(kept.students?.[0]?.columns ?? {});
  const column = headers.find(header => header.startsWith(`${name} (`) && /\(\d+\)$/.test(header)) ?? name;
  const points = grades[0]?.max ?? kept.points;
  return csvText([
    ['Student', 'ID', 'SIS User ID', 'SIS Login ID', 'Section', column],
    ['    Points Possible', undefined, undefined, undefined, undefined, points],
    ...grades.map(grade => {
      const own = (header: string): Field => grade.student?.columns[header];
      return [
        own('Student') ?? nameOf(grade),
        own('ID'),
        own('SIS User ID'),
        own('SIS Login ID') ?? grade.learner,
        own('Section'),
        grade.score,
      ];
    }),
  ]);
}

/** For Moodle's import of grades; where the roster is an assignment's grading worksheet (it has an Identifier), that worksheet filled in. */
function moodleCsv(kept: KeptAssignment, grades: readonly Grade[]): string {
  const columns = Object.keys(kept.students?.[0]?.columns ?? {});
  if (columns.includes('Identifier')) {
    const filled: Readonly<Record<string, (grade: Grade) => Field>> = {Grade: ({score}) => score, 'Feedback comments': commentOf};
    const listed = grades.filter(({student}) => student);
    return csvText([
      columns,
      ...listed.map(grade =>
        columns.map(header => filled[header]?.(grade) ?? (header === 'Grade' ? undefined : grade.student!.columns[header])),
      ),
    ]);
  }
  const name = kept.name ?? kept.slug;
  return csvText([
    ['Username', 'ID number', 'Email address', 'First name', 'Last name', name, `${name} feedback`],
    ...grades.map(grade => {
      const own = (header: string): Field => grade.student?.columns[header];
      const {firstName, lastName, email} = grade.student ?? {};
      return [
        own('Username') ?? grade.learner,
        own('ID number') ?? grade.learner,
        email,
        firstName,
        lastName,
        grade.score,
        commentOf(grade),
      ];
    }),
  ]);
}

/** The columns of `nbgrader export`. */
function nbgraderCsv(_: KeptAssignment, grades: readonly Grade[]): string {
  const columns = 'assignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score';
  return csvText([
    columns.split(','),
    ...grades.map(({assignment, due, attempt, learner, student, rawScore, penaltyPoints, score, max}) => [
      assignment,
      timeOf(due),
      timeOf(attempt?.submittedAt),
      learner,
      student?.lastName,
      student?.firstName,
      student?.email,
      rawScore,
      rawScore === undefined ? undefined : penaltyPoints,
      score,
      max,
    ]),
  ]);
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
