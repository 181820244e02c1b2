import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import MarkdownIt from 'markdown-it';
import {type Manifest, splitFrontMatter} from './manifest.ts';

export interface LessonCell {
  readonly kind: 'markdown' | 'code';
  /** The same after every edit elsewhere in the lesson. */
  readonly id: string;
  readonly source: string;
  /** This cell is where the learner writes the task's answer; `source` is its stub. */
  readonly task?: string;
  /** This cell runs the task's checks. */
  readonly check?: string;
  /** What the task gives: stands beside `check`. */
  readonly points?: number;
  /** This Markdown cell answers a written question, of that many points. */
  readonly written?: number;
  /** What the cell's metadata holds beside what its task or check puts there. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface ParsedLesson {
  /** The folder's name: `04-int8-from-scratch`. */
  readonly slug: string;
  readonly manifest: Manifest;
  readonly cells: readonly LessonCell[];
}

/** A cell without a given id has one made from its text. */
type Part = Omit<LessonCell, 'id'> & {readonly id?: string};

/** Reads a lesson's folder. @throws an Error naming file, line and what was expected there */
export function readLesson(folder: string): ParsedLesson {
  const file = join(folder, 'lesson.md');
  return parseLesson(basename(folder), readFileSync(file, 'utf8'), file);
}

/**
 * A lesson's Markdown: YAML front matter, then prose with code. A ```ts fence is a cell, ```ts task=NAME an answer cell, ```ts check=NAME points=N a check cell;
 * any other fence (```typescript, ```python) is part of the prose, and so is ```ts shown, which a notebook shows as ```ts. A `##` heading begins a new Markdown cell.
 * `<!-- cell -->` begins one as well, which no heading ends; `<!-- cell {"id": …, "metadata": {…}} -->` gives the next cell what it says.
 */
export function parseLesson(slug: string, source: string, file = `${slug}/lesson.md`): ParsedLesson {
  const text = source.replaceAll('\r\n', '\n');
  const {manifest, length} = splitFrontMatter(text, file);
  const skipped = text.slice(0, length).split('\n').length - 1;
  const parts = splitCells(text.slice(length), line => `${file}:${line + skipped + 1}`);
  const asked = new Map((manifest.written ?? []).map(({question, points}) => [question, points]));
  const cells = withIds([{kind: 'markdown', source: header(slug, manifest)}, ...parts]).map(cell => {
    const written = cell.kind === 'markdown' ? asked.get(cell.id) : undefined;
    return written === undefined ? cell : {...cell, written};
  });
  for (const key of ['task', 'check'] as const) {
    const names = cells.flatMap(cell => cell[key] ?? []);
    const twice = names.find((name, i) => names.indexOf(name) !== i);
    if (twice !== undefined) throw new Error(`${file}: expected one cell with ${key}=${twice}, found more`);
  }
  return {slug, manifest, cells};
}

function splitCells(body: string, at: (line: number) => string): Part[] {
  const lines = body.split('\n');
  const parts: Part[] = [];
  let proseFrom = 0;
  let details = 0;
  /** Of a cell that a comment began. */
  let given: CellMark | undefined;
  const endProse = (line: number): void => {
    const source = lines.slice(proseFrom, line).join('\n').trim();
    proseFrom = line;
    if (source === '') return;
    parts.push({kind: 'markdown', source, ...given});
    given = undefined;
  };
  for (const token of new MarkdownIt({html: true}).parse(body, {})) {
    const [first, last] = token.map ?? [0, 0];
    const mark = token.type === 'html_block' && details === 0 && token.level === 0 ? cellMark(token.content, at(first)) : undefined;
    if (mark !== undefined) {
      endProse(first);
      given = mark;
      proseFrom = last;
      continue;
    }
    if (token.type === 'fence' && shown.test(token.info)) lines[first] = lines[first]!.replace(/\s+shown\s*$/, '');
    if (token.type === 'html_block') details += count(token.content, /<details\b/g) - count(token.content, /<\/details>/g);
    if (token.level !== 0 || details > 0) {
      if (token.type === 'fence' && isCell(token.info))
        throw new Error(
          `${at(first)}: a \`\`\`ts cell cannot stand inside a list or <details>; write \`\`\`typescript for code that is only read`,
        );
      continue;
    }
    if (token.type === 'heading_open' && token.tag === 'h2' && given === undefined) endProse(first);
    if (token.type === 'fence' && isCell(token.info)) {
      endProse(first);
      parts.push({kind: 'code', source: token.content.replace(/\n$/, ''), ...attributes(token.info, at(first)), ...given});
      given = undefined;
      proseFrom = last;
    }
  }
  if (details !== 0) throw new Error(`${at(lines.length - 1)}: expected every <details> to be closed, ${details} is not`);
  endProse(lines.length);
  return parts;
}

const shown = /^ts\s+shown\s*$/;

function isCell(info: string): boolean {
  return /^ts\b/.test(info) && !shown.test(info);
}

type CellMark = Pick<Part, 'id' | 'metadata'>;

/** What `<!-- cell {…} -->` says of the next cell; undefined where the HTML is none of that. @throws an Error naming the line */
function cellMark(html: string, where: string): CellMark | undefined {
  const mark = /^<!-- cell(?: (.*))? -->\s*$/.exec(html);
  if (mark === null) return undefined;
  try {
    const {id, metadata, ...rest} = JSON.parse(mark[1] ?? '{}') as Record<string, unknown>;
    const known = Object.keys(rest).length === 0 && /^(undefined|string)$/.test(typeof id) && /^(undefined|object)$/.test(typeof metadata);
    if (known)
      return {
        ...(id === undefined ? {} : {id: id as string}),
        ...(metadata === undefined ? {} : {metadata: metadata as object as Record<string, unknown>}),
      };
  } catch {
    // Said below.
  }
  throw new Error(`${where}: expected \`<!-- cell -->\` or \`<!-- cell {"id": "…", "metadata": {…}} -->\`, got ${html.trim()}`);
}

function attributes(info: string, where: string): Pick<Part, 'task' | 'check' | 'points'> {
  const pairs = info
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(word => /^(task|check|points)=([A-Za-z]\w*|\d+)$/.exec(word) ?? word);
  const bad = pairs.find(pair => typeof pair === 'string');
  if (bad !== undefined)
    throw new Error(`${where}: expected \`ts\`, \`ts task=NAME\` or \`ts check=NAME points=N\`, got ${JSON.stringify(bad)} in \`${info}\``);
  const {task, check, points} = Object.fromEntries(pairs.map(pair => [pair[1]!, pair[2]!])) as {
    task?: string;
    check?: string;
    points?: string;
  };
  if ((check === undefined) !== (points === undefined))
    throw new Error(`${where}: expected check=NAME and points=N together, got \`${info}\``);
  return {...(task === undefined ? {} : {task}), ...(check === undefined ? {} : {check, points: Number(points)})};
}

function withIds(parts: readonly Part[]): LessonCell[] {
  const seen = new Map<string, number>();
  return parts.map(part => {
    const digest = createHash('sha256').update(part.source).digest('hex').slice(0, 12);
    const stem =
      part.task !== undefined ? `task-${part.task}` : part.check !== undefined ? `check-${part.check}` : `${part.kind}-${digest}`;
    const nth = (seen.get(stem) ?? 0) + 1;
    seen.set(stem, nth);
    return {id: nth === 1 ? stem : `${stem}-${nth}`, ...part};
  });
}

/** The first cell of a lesson's notebook. */
export function header(slug: string, manifest: Manifest): string {
  const list = (items: readonly string[]): string => items.map(item => `- ${item}`).join('\n');
  const before =
    manifest.prerequisites.length === 0 ? 'Nothing is needed before it.' : `You should know:\n\n${list(manifest.prerequisites)}`;
  return `# ${slug.slice(0, 2)} · ${manifest.title}\n\n**About ${manifest.minutes} minutes.** ${before}\n\nAfter this lesson you can:\n\n${list(manifest.goals)}`;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
