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
  const cut = (source: string): Map<string, string> => cutAnswers(source, tasks, importedByLesson);
  const pieces = new Map([...cut(answersSource), ...(overrideSource === undefined ? [] : cut(overrideSource))]);
  const missing = tasks.find(task => !pieces.has(task));
  if (missing !== undefined) throw new Error(`${lesson.slug}: expected answers.ts to export ${tasks.join(', ')}; ${missing} is missing`);
  return pieces;
}

/**
 * Cuts a file at its exported task declarations: what stands before a declaration belongs to it, what follows the last one too.
 * `export` goes, and so do re-exports, `caughtBy`, imports from other solutions (a notebook has those names already) and imports that the notebook makes itself.
 */
function cutAnswers(source: string, tasks: readonly string[], importedByLesson: ReadonlySet<string>): Map<string, string> {
  const pieces = new Map<string, string>();
  let waiting = '';
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
        waiting += `${before}${inNotebook(source.slice(statement.start, statement.end))}`;
      continue;
    }
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : undefined;
    if (statement.type === 'ExportNamedDeclaration' && !declaration) continue;
    const names = declaration ? declaredNames(declaration) : [];
    if (names.includes('caughtBy')) continue;
    waiting += before + source.slice(declaration?.start ?? statement.start, statement.end);
    const task = names.find(name => tasks.includes(name));
    if (task === undefined) continue;
    pieces.set(task, waiting.trim());
    waiting = '';
    last = task;
  }
  if (last !== undefined && waiting.trim() !== '') pieces.set(last, `${pieces.get(last)}\n\n${waiting.trim()}`);
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
