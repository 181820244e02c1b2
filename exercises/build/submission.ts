import {parseSync} from 'oxc-parser';
import type {ParsedLesson} from './lesson.ts';
import {buildNotebook, type Notebook, notebookCell} from './notebook.ts';

/** The lesson's notebook with a learner's answers in it: each task's answer cell holds that task's piece of `answersSource`, or of `overrideSource` where that has one. */
export function solvedNotebook(lesson: ParsedLesson, answersSource: string, overrideSource?: string): Notebook {
  const pieces = answerPieces(lesson, answersSource, overrideSource);
  const cells = lesson.cells.map(cell => notebookCell(cell, cell.task === undefined ? cell.source : pieces.get(cell.task)));
  return {...buildNotebook(lesson), cells};
}

/** Task → the code of its answer cell. @throws an Error where a task has no answer */
export function answerPieces(lesson: ParsedLesson, answersSource: string, overrideSource?: string): Map<string, string> {
  const tasks = lesson.cells.flatMap(cell => cell.task ?? []);
  const importedByLesson = new Set(lesson.cells.flatMap(cell => (cell.kind === 'code' ? importsOf(cell.source) : [])));
  const cut = (source: string): Map<string, Piece> => cutAnswers(source, tasks, importedByLesson);
  const pieces = cut(answersSource);
  const missing = tasks.find(task => !pieces.has(task));
  if (missing !== undefined) throw new Error(`${lesson.slug}: expected answers.ts to export ${tasks.join(', ')}; ${missing} is missing`);
  if (overrideSource !== undefined) for (const [task, piece] of cut(overrideSource)) pieces.set(task, replace(pieces.get(task)!, piece));
  return new Map(
    [...pieces].map(([task, piece]) => [
      task,
      piece
        .map(part => part.text)
        .join('')
        .trim(),
    ]),
  );
}

/** The statements of an answer cell, in order, each with what stands before it and the names that it declares. */
type Piece = readonly {readonly text: string; readonly names: readonly string[]; readonly kind: 'import' | 'task' | 'helper'}[];

/** The helpers of the replaced piece stay, unless the new one declares its own: other tasks' answers may call them. */
function replace(old: Piece, piece: Piece): Piece {
  const declared = new Set(piece.flatMap(part => part.names));
  const helpers = old.filter(part => part.kind === 'helper' && !part.names.some(name => declared.has(name)));
  return [...helpers.map(part => ({...part, text: `${part.text}\n`})), ...piece];
}

/**
 * Cuts a file at its exported task declarations: what stands before a declaration belongs to it, what follows the last one too.
 * `export` goes, and so do re-exports, `caughtBy`, imports from other solutions (a notebook has those names already) and imports that the notebook makes itself.
 */
function cutAnswers(source: string, tasks: readonly string[], importedByLesson: ReadonlySet<string>): Map<string, Piece> {
  const pieces = new Map<string, Piece>();
  let waiting: Piece[number][] = [];
  let last: string | undefined;
  let from = 0;
  for (const statement of parse(source)) {
    const before = source.slice(from, statement.start);
    from = statement.end;
    if (statement.type === 'ExportAllDeclaration') continue;
    if (statement.type === 'ImportDeclaration') {
      const specifier = statement.source.value;
      const text = normal(source.slice(statement.start, statement.end));
      if (isSolution(specifier)) {
        const renamed = statement.specifiers.find(
          s => s.type !== 'ImportSpecifier' || !('name' in s.imported) || s.imported.name !== s.local.name,
        );
        if (renamed)
          throw new Error(
            `Expected imports from ${specifier} to keep their names, because a notebook has one scope; \`${text}\` renames ${renamed.local.name}`,
          );
      } else if (!importedByLesson.has(normal(inNotebook(text))))
        waiting.push({text: `${before}${inNotebook(source.slice(statement.start, statement.end))}`, names: [], kind: 'import'});
      continue;
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined;
    if (statement.type === 'ExportNamedDeclaration' && !declaration) continue;
    const names = declaration ? declaredNames(declaration) : [];
    if (names.includes('caughtBy')) continue;
    const task = names.find(name => tasks.includes(name));
    const declared = names.length > 0 ? names : declaredNames(statement);
    waiting.push({
      text: before + source.slice(declaration?.start ?? statement.start, statement.end),
      names: declared,
      kind: task === undefined ? 'helper' : 'task',
    });
    if (task === undefined) continue;
    pieces.set(task, waiting);
    waiting = [];
    last = task;
  }
  if (last !== undefined && waiting.length > 0) pieces.set(last, [...pieces.get(last)!, ...waiting]);
  return pieces;
}

function importsOf(source: string): string[] {
  return parse(source).flatMap(statement =>
    statement.type === 'ImportDeclaration' ? normal(source.slice(statement.start, statement.end)) : [],
  );
}

function parse(source: string) {
  const {program, errors} = parseSync('answers.ts', source, {sourceType: 'module'});
  if (errors.length > 0) throw new Error(`Expected TypeScript that parses, got: ${errors[0]!.message}`);
  return program.body;
}

function declaredNames(declaration: object): string[] {
  const {id, declarations} = declaration as {id?: {name?: string} | null; declarations?: readonly {id: {name?: string}}[]};
  return [id?.name, ...(declarations ?? []).map(declarator => declarator.id.name)].filter(name => name !== undefined);
}

function isSolution(specifier: string): boolean {
  return /^\.\.?\/(\w[\w-]*\/)?[\w-]+\.ts$/.test(specifier);
}

/** A solution names its lesson's interface by its path, a notebook by the package. */
function inNotebook(importText: string): string {
  return importText.replace(/(['"])(?:\.\.\/)+exercises\/([\w-]+)\/interface\.ts\1/, "'snapgrid/exercises/$2/interface'");
}

function normal(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('"', "'").replace(/;$/, '').trim();
}
