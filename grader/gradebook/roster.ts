import {parse} from 'csv-parse/sync';
import {readFile} from 'node:fs/promises';

/** A learner of the class, whether or not anything was handed in. */
export interface Student {
  /** As submissions name the learner. */
  readonly id: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  /** Every column as it was, by its header: exports to the platform that wrote the roster need its own. */
  readonly columns: Readonly<Record<string, string>>;
}

/** Which headers name what, in order; as Canvas, Moodle, Gradescope and nbgrader write them. */
const headers = {
  id: [
    'learner',
    'student_id',
    'sis login id',
    'username',
    'login',
    'sid',
    'sis user id',
    'id number',
    'idnumber',
    'identifier',
    'id',
    'email',
    'email address',
  ],
  firstName: ['first_name', 'first name', 'firstname', 'given name'],
  lastName: ['last_name', 'last name', 'lastname', 'surname', 'family name'],
  email: ['email', 'email address', 'e-mail', 'mail'],
  name: ['name', 'student', 'full name', 'full_name'],
} as const;

/** @throws Error that says which line or column is wrong */
export async function readRoster(path: string, idColumn?: string): Promise<Student[]> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`Expected a roster (CSV) at ${path}, got ${cause.code}; check \`roster\` in the assignment's manifest`, {cause});
  });
  return parseRoster(text, path, idColumn);
}

/** Rows without an id, such as Canvas's "Points Possible", are no learners. @throws Error that says which line or column is wrong */
export function parseRoster(text: string, file: string, idColumn?: string): Student[] {
  let rows: {record: Record<string, string>; info: {lines: number}}[];
  try {
    rows = parse(text, {
      columns: header => (header as string[]).map(name => name.trim()),
      bom: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      info: true,
    });
  } catch (cause) {
    throw new Error(`${file}: expected CSV with a header, got: ${(cause as Error).message}`, {cause});
  }
  const names = Object.keys(rows[0]?.record ?? {});
  const find = (wanted: readonly string[]): string | undefined =>
    wanted.flatMap(name => names.find(header => header.toLowerCase() === name) ?? []).at(0);
  // Moodle exports an ID number that nobody has, too.
  const filled = (wanted: readonly string[]): string | undefined => {
    const known = wanted.flatMap(name => names.find(header => header.toLowerCase() === name) ?? []);
    return known.find(header => rows.some(({record}) => record[header])) ?? known.at(0);
  };
  const id = idColumn === undefined ? filled(headers.id) : names.find(name => name === idColumn);
  if (id === undefined)
    throw new Error(
      `${file}: expected a column ${idColumn ?? `with learners' ids (${headers.id.join(', ')})`}, got ${names.join(', ') || 'no rows'}; name it in the manifest: roster: {file: …, id: …}`,
    );
  const [first, last, email, name] = [find(headers.firstName), find(headers.lastName), find(headers.email), find(headers.name)];
  const students: Student[] = [];
  const lines = new Map<string, number>();
  for (const {record, info} of rows) {
    const learner = record[id] ?? '';
    if (!learner) continue;
    const earlier = lines.get(learner);
    if (earlier !== undefined)
      throw new Error(`${file}:${info.lines}: expected each ${id} once, got ${JSON.stringify(learner)} as on line ${earlier}; remove one`);
    lines.set(learner, info.lines);
    const whole = splitName((name && record[name]) ?? '');
    students.push({
      id: learner,
      firstName: (first && record[first]) ?? whole.firstName,
      lastName: (last && record[last]) ?? whole.lastName,
      email: (email && record[email]) ?? '',
      columns: record,
    });
  }
  if (!students.length)
    throw new Error(
      `${file}: expected learners' ids in the column ${id}, found none in ${rows.length} rows; name another in the manifest: roster: {file: …, id: …}`,
    );
  return students;
}

/** `Lovelace, Ada` or `Ada Lovelace` */
function splitName(name: string): {firstName: string; lastName: string} {
  const comma = name.indexOf(',');
  if (comma >= 0) return {firstName: name.slice(comma + 1).trim(), lastName: name.slice(0, comma).trim()};
  const space = name.lastIndexOf(' ');
  return space < 0 ? {firstName: '', lastName: name} : {firstName: name.slice(0, space), lastName: name.slice(space + 1)};
}
