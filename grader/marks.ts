import {parse} from 'csv-parse/sync';
import {createHmac} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import type {WrittenQuestion} from '../exercises/build/written.ts';
import type {Gradebook} from './gradebook/gradebook.ts';
import {type CountedAttempt, gradesOf, type KeptAssignment} from './gradebook/grades.ts';
import type {Mark} from './gradebook/marks.ts';
import {csvText, fromCell} from './reports/csv.ts';
import {markingPage, type WrittenAnswer} from './reports/marking.ts';
import {replaceFile, writeClass, writeGraded} from './results-folder.ts';
import {parseNotebook, UnreadableNotebook} from './submission/notebook.ts';

const columns = ['answer', 'question', 'points', 'max', 'comment', 'author'] as const;

/** What went out to be marked. */
export interface ExportedMarks {
  readonly answers: number;
  /** Those of them that hold nothing: their points are filled in as 0. */
  readonly empty: number;
  /** Questions that no notebook has a cell for. Nothing is filled in there: a name that is mistaken in the manifest is nobody's 0. */
  readonly nowhere: readonly string[];
}

/**
 * Writes a page per written question, and `marks.csv` to be filled in; learners go by pseudonyms.
 * @param given - what a question's cell held before it was answered, where that is known: it is shown once, and is nobody's answer
 */
export async function exportMarks(
  gradebook: Gradebook,
  kept: KeptAssignment,
  secret: string,
  to: string,
  given: ReadonlyMap<string, string> = new Map(),
): Promise<ExportedMarks> {
  expectQuestions(kept);
  const handedIn = (await gradesOf(gradebook, kept)).flatMap(({learner, attempt, status}) =>
    attempt && status === 'graded' ? {learner, attempt} : [],
  );
  const rows: (string | number | undefined)[][] = [];
  const answers = new Map<string, WrittenAnswer[]>(kept.written.map(({question}) => [question, []]));
  const byPseudonym = handedIn
    .map(one => ({...one, pseudonym: pseudonymOf(one.learner, kept, secret)}))
    .sort((a, b) => (a.pseudonym < b.pseudonym ? -1 : 1));
  const found = new Set<string>();
  for (const {attempt, pseudonym} of byPseudonym) {
    const texts = await writtenTexts(gradebook, attempt, kept.written, given);
    for (const question of texts.keys()) found.add(question);
    for (const {question, points, comment} of attempt.written)
      answers.get(question)!.push({pseudonym, text: texts.get(question) ?? '', points, comment});
  }
  let empties = 0;
  byPseudonym.forEach(({attempt, pseudonym}, i) => {
    for (const {question, max, points, comment, author} of attempt.written) {
      const empty = found.has(question) && points === undefined && !answers.get(question)![i]!.text.trim();
      if (empty) empties++;
      rows.push([pseudonym, question, empty ? 0 : points, max, empty ? 'No answer was found.' : comment, author]);
    }
  });
  for (const question of kept.written)
    await replaceFile(
      join(to, `${question.question}.html`),
      markingPage(question, kept.title, answers.get(question.question)!, given.get(question.question)),
    );
  rows.sort((a, b) => (a[1]! < b[1]! ? -1 : a[1]! > b[1]! ? 1 : 0));
  await replaceFile(join(to, 'marks.csv'), csvText([columns, ...rows]));
  const nowhere = kept.written.map(({question}) => question).filter(question => handedIn.length > 0 && !found.has(question));
  return {answers: rows.length, empty: empties, nowhere};
}

/**
 * Takes the marks of a filled `marks.csv` into the gradebook, all or none; rows without points are left for later, and those known already are skipped.
 * Feedback and grades in the folder of results are written anew. Returns how many were new. @throws Error that names the line that is wrong
 */
export async function importMarks(
  gradebook: Gradebook,
  kept: KeptAssignment,
  secret: string,
  file: string,
  results: string,
  defaultAuthor: string,
): Promise<number> {
  expectQuestions(kept);
  const grades = await gradesOf(gradebook, kept);
  const byPseudonym = new Map(grades.map(grade => [pseudonymOf(grade.learner, kept, secret), grade]));
  const questions = new Map(kept.written.map(question => [question.question, question]));
  const changes = [];
  for (const {line, row} of await readRows(file)) {
    if (!row.points) continue;
    const grade = byPseudonym.get(row.answer);
    const question = questions.get(row.question);
    const points = Number(row.points);
    if (!grade?.attempt)
      throw new Error(`${file}:${line}: expected an answer of this assignment, got ${JSON.stringify(row.answer)}; export the marks again`);
    if (!question)
      throw new Error(
        `${file}:${line}: expected one of the questions ${[...questions.keys()].join(', ')}, got ${JSON.stringify(row.question)}`,
      );
    if (!(points >= 0 && points <= question.points))
      throw new Error(`${file}:${line}: expected points from 0 to ${question.points}, got ${JSON.stringify(row.points)}`);
    const known = grade.attempt.written.find(answer => answer.question === row.question)!;
    if (known.points === points && known.comment === row.comment) continue;
    const value: Mark = {contentHash: grade.attempt.contentHash, points, comment: row.comment};
    const author = row.author || defaultAuthor;
    changes.push({lesson: kept.slug, learner: grade.learner, author, kind: 'mark' as const, item: row.question, value, reason: 'marked'});
  }
  await gradebook.change(...changes);
  const changed = new Set(changes.map(({learner}) => learner));
  await writeClass(results, gradebook, kept, async learner => {
    if (changed.has(learner.grade.learner)) await writeGraded(results, gradebook, kept, learner);
  });
  return changes.length;
}

function expectQuestions({written, slug}: KeptAssignment): void {
  if (!written.length)
    throw new Error(
      `Expected written questions in the lesson ${slug} or its assignment, found none; list them in the front matter or the manifest (written:) and grade again`,
    );
}

/** The same for a learner's every answer of one assignment; not to be found without the course's secret. */
function pseudonymOf(learner: string, {slug}: KeptAssignment, secret: string): string {
  return createHmac('sha256', secret).update(`marks\0${slug}\0${learner}`).digest('hex').slice(0, 10);
}

/** Of the questions that the notebook has cells for. */
async function writtenTexts(
  gradebook: Gradebook,
  {contentHash}: CountedAttempt,
  questions: readonly WrittenQuestion[],
  given: ReadonlyMap<string, string>,
): Promise<Map<string, string>> {
  const bytes = await gradebook.content(contentHash);
  if (!bytes) return new Map();
  try {
    const {cells} = parseNotebook(bytes);
    return new Map(
      questions.flatMap(({question}) => {
        const own = cells.filter(({id, task}) => id === question || task === question);
        return own.length ? [[question, below(own.map(({source}) => source).join('\n\n'), given.get(question))]] : [];
      }),
    );
  } catch (error) {
    if (error instanceof UnreadableNotebook) return new Map();
    throw error;
  }
}

/** What was written below the text that was given; all of it where that was changed. */
function below(text: string, given = ''): string {
  const asked = given.trimEnd();
  return text.startsWith(asked) ? text.slice(asked.length).trim() : text;
}

type Row = Readonly<Record<(typeof columns)[number], string>>;

async function readRows(file: string): Promise<{readonly line: number; readonly row: Row}[]> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`Expected the filled marks.csv at ${file}, got ${cause.code}; check the path`, {cause});
  });
  let rows: {record: Row; info: {lines: number}}[];
  try {
    rows = parse(text, {columns: true, bom: true, trim: true, skip_empty_lines: true, info: true});
  } catch (cause) {
    throw new Error(`${file}: expected CSV with the columns ${columns.join(', ')}, got: ${(cause as Error).message}`, {cause});
  }
  const missing = columns.filter(name => rows.length && rows[0]!.record[name] === undefined);
  if (missing.length) throw new Error(`${file}: expected the columns ${columns.join(', ')}, found no ${missing.join(', ')}`);
  return rows.map(({record, info}) => ({line: info.lines, row: {...record, comment: fromCell(record.comment)}}));
}
