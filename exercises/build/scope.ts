import {transformSync} from 'oxc-transform';
import type {ParsedLesson} from './lesson.ts';
import {answerPieces} from './submission.ts';

/** Finds by its name what a learner would have declared. */
export type Scope = (name: string) => unknown;

/** The lesson's stubs, as a learner finds them. */
export function stubScope(lesson: ParsedLesson, tf: unknown): Scope {
  return evaluate(
    lesson.cells.filter(cell => cell.task !== undefined).map(cell => cell.source),
    [],
    tasksOf(lesson),
    tf,
  );
}

/** A solution's declarations; those of `overrideSource`, an alternative or a wrong answer, go before. */
export function solutionScope(lesson: ParsedLesson, tf: unknown, answersSource: string, overrideSource?: string): Scope {
  const answers = answerPieces(lesson, answersSource);
  const solved = answerPieces(lesson, answersSource, overrideSource);
  const changed = [...solved].filter(([task, piece]) => answers.get(task) !== piece);
  return evaluate(
    [...answers.values()],
    changed.map(([, piece]) => piece),
    tasksOf(lesson),
    tf,
  );
}

/** Solutions import tensors only, and those come as `tf`: the same as a session hands out. The override has a scope of its own, so that helpers may share names. */
function evaluate(pieces: readonly string[], overrides: readonly string[], tasks: readonly string[], tf: unknown): Scope {
  const found = `({${tasks.map(task => `${task}: typeof ${task} === 'undefined' ? undefined : ${task}`).join(', ')}})`;
  const code = `${withoutTypes(pieces)}\nreturn (() => {\n${withoutTypes(overrides)}\nreturn ${found};\n})();`;
  const declared = new Function('tf', `'use strict';\n${code}`)(tf) as Record<string, unknown>;
  return name => (Object.hasOwn(declared, name) ? declared[name] : undefined);
}

function withoutTypes(pieces: readonly string[]): string {
  const {code, errors} = transformSync('answers.ts', pieces.join('\n\n'), {typescript: {onlyRemoveTypeImports: true}});
  if (errors.length > 0) throw new Error(`Expected TypeScript that parses, got: ${errors[0]!.message}`);
  return code.replace(/^import\s*\*\s*as\s+tf\s+from\s+["']@tensorflow\/tfjs[\w-]*["'];?$/gm, '').replace(/^export \{\};?$/gm, '');
}

function tasksOf(lesson: ParsedLesson): string[] {
  return lesson.cells.flatMap(cell => cell.task ?? []);
}
