import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {basename, join} from 'node:path';
import MarkdownIt from 'markdown-it';
import {parse as parseYaml} from 'yaml';
import {expectManifest, type Manifest} from './manifest.ts';

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
}

export interface ParsedLesson {
  /** The folder's name: `04-int8-from-scratch`. */
  readonly slug: string;
  readonly manifest: Manifest;
  readonly cells: readonly LessonCell[];
}

type Part = Omit<LessonCell, 'id'>;

/** Reads a lesson's folder. @throws an Error naming file, line and what was expected there */
export function readLesson(folder: string): ParsedLesson {
  const file = join(folder, 'lesson.md');
  return parseLesson(basename(folder), readFileSync(file, 'utf8'), file);
}

/**
 * A lesson's Markdown: YAML front matter, then prose with code. A ```ts fence is a cell, ```ts task=NAME an answer cell, ```ts check=NAME points=N a check cell;
 * any other fence (```typescript, ```python) is part of the prose. A `##` heading begins a new Markdown cell.
 */
export function parseLesson(slug: string, source: string, file = `${slug}/lesson.md`): ParsedLesson {
  const text = source.replaceAll('\r\n', '\n');
  const front = /^---\n([\s\S]*?)\n---\n/.exec(text);
  if (!front)
    throw new Error(
      `${file}: expected front matter between two --- lines at the top, found none; see exercises/04-int8-from-scratch/lesson.md`,
    );
  const manifest = expectManifest(parseYaml(front[1]!), file);
  const skipped = front[0].split('\n').length - 1;
  const parts = splitCells(text.slice(front[0].length), line => `${file}:${line + skipped + 1}`);
  const cells = withIds([{kind: 'markdown', source: header(slug, manifest)}, ...parts]);
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
  const endProse = (line: number): void => {
    const source = lines.slice(proseFrom, line).join('\n').trim();
    if (source !== '') parts.push({kind: 'markdown', source});
    proseFrom = line;
  };
  for (const token of new MarkdownIt({html: true}).parse(body, {})) {
    const [first, last] = token.map ?? [0, 0];
    if (token.type === 'html_block') details += count(token.content, /<details\b/g) - count(token.content, /<\/details>/g);
    if (token.level !== 0 || details > 0) {
      if (token.type === 'fence' && /^ts\b/.test(token.info))
        throw new Error(
          `${at(first)}: a \`\`\`ts cell cannot stand inside a list or <details>; write \`\`\`typescript for code that is only read`,
        );
      continue;
    }
    if (token.type === 'heading_open' && token.tag === 'h2') endProse(first);
    if (token.type === 'fence' && /^ts\b/.test(token.info)) {
      endProse(first);
      parts.push({kind: 'code', source: token.content.replace(/\n$/, ''), ...attributes(token.info, at(first))});
      proseFrom = last;
    }
  }
  if (details !== 0) throw new Error(`${at(lines.length - 1)}: expected every <details> to be closed, ${details} is not`);
  endProse(lines.length);
  return parts;
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
    return {...part, id: nth === 1 ? stem : `${stem}-${nth}`};
  });
}

function header(slug: string, manifest: Manifest): string {
  const list = (items: readonly string[]): string => items.map(item => `- ${item}`).join('\n');
  const before =
    manifest.prerequisites.length === 0 ? 'Nothing is needed before it.' : `You should know:\n\n${list(manifest.prerequisites)}`;
  return `# ${slug.slice(0, 2)} · ${manifest.title}\n\n**About ${manifest.minutes} minutes.** ${before}\n\nAfter this lesson you can:\n\n${list(manifest.goals)}`;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
