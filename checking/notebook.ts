import {pictureSvg} from './picture.ts';
import {keepProgress, readProgress, type TaskProgress} from './progress-file.ts';
import {escapeHtml, taskHtml, taskText, verdictWords} from './report.ts';
import {runTask} from './run.ts';
import type {Lesson, MeasurementPicture, Task, TaskResult} from './types.ts';

/** What a cell's value shows itself by. */
const display = Symbol.for('Jupyter.display');

/** A value that shows itself in a notebook. */
export interface Shown {
  [display](): Record<string, string>;
}

/** What a lesson shows beside its checks: a bundle by MIME type, `text/plain` among them. */
export const shown = (bundle: Record<string, string>): Shown => ({[display]: () => bundle});

export interface NotebookChecks {
  /** Runs the task's checks on the function of that name in this notebook, with new inputs at each call. */
  check(task: string): Promise<Shown & {readonly result: TaskResult}>;
  /** What of the lesson is done: what this session checked, and of other days what the file beside the notebooks says. */
  progress(): Shown;
}

/** A lesson's `check` and `progress` for its notebook, which remember what is done in the notebook's `folder`. Learner code and checks share a process here, so this is for learning; grades come from the judge. */
export function inNotebook(lesson: Lesson, folder = notebookFolder()): NotebookChecks {
  const runs = new Map<string, number>();
  const latest = new Map<string, TaskResult>();
  const missed = new Map<string, number>();
  /** The first at the first miss, then the second: every task has two at least. */
  const nextHint = (task: string): string => {
    const times = (missed.get(task) ?? 0) + 1;
    missed.set(task, times);
    return `Stuck? Open Hint ${Math.min(times, 2)} above the answer cell, then change your code, run its cell and check again.`;
  };
  return {
    async check(name) {
      const task = lesson.tasks.find(task => task.name === name);
      if (task === undefined)
        throw new Error(
          `Expected one of the lesson's tasks ${lesson.tasks.map(task => task.name).join(', ')}, got ${JSON.stringify(name)}`,
        );
      const run = (runs.get(name) ?? 0) + 1;
      runs.set(name, run);
      const pictures = new Map<string, MeasurementPicture>();
      // Loaded here, because it brings the tensors along: the grader reads lessons and needs none.
      const {LocalLearner} = await import('./local-learner.ts');
      const result = await runTask(keepingPictures(task, pictures), new LocalLearner(inGlobalScope), `public/${lesson.slug}/${run}`);
      latest.set(name, result);
      keepProgress(folder, lesson.slug, result);
      const drawn = new Map<string, string>();
      for (const [check, picture] of pictures) drawn.set(check, await pictureSvg(picture));
      const hint = result.verdict === 'passed' ? '' : nextHint(name);
      return {
        result,
        [display]: () => ({
          'text/html': taskHtml(result, drawn) + (hint === '' ? '' : `<p style="margin:.4em 0"><em>${hint}</em></p>`),
          'text/plain': taskText(result) + (hint === '' ? '' : `\n  ${hint}`),
        }),
      };
    },
    progress: () => progressOf(lesson, new Map(latest), readProgress(folder).get(lesson.slug)),
  };
}

/** Jupyter starts a kernel in its notebook's folder. */
export function notebookFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '.'; // it was removed
  }
}

function progressOf(lesson: Lesson, latest: ReadonlyMap<string, TaskResult>, kept: ReadonlyMap<string, TaskProgress> = new Map()): Shown {
  const rows = lesson.tasks.map(task => {
    const result = latest.get(task.name);
    const max = task.checks.reduce((sum, check) => sum + check.points, 0);
    const before = kept.get(task.name);
    // A lesson that was changed since counts anew.
    if (result === undefined && before?.max === max) {
      const state = before.passed ? {...verdictWords.passed, word: 'passed before'} : {symbol: '◐', word: 'begun before'};
      return {title: task.title, points: before.points, max, done: before.passed, ...state};
    }
    const state = result === undefined ? {symbol: '○', word: 'not checked yet'} : verdictWords[result.verdict];
    return {title: task.title, points: result?.points ?? 0, max, done: result?.verdict === 'passed', ...state};
  });
  const sum = (of: 'points' | 'max'): number => rows.reduce((total, row) => total + row[of], 0);
  const heading = `${rows.filter(row => row.done).length} of ${rows.length} tasks done · ${sum('points')} of ${sum('max')} points`;
  const cells = rows.map(
    row =>
      `<tr><td>${row.symbol} ${row.word}</td><td style="text-align:left">${escapeHtml(row.title)}</td><td>${row.points} of ${row.max}</td></tr>`,
  );
  return {
    [display]: () => ({
      'text/html':
        `<section><p><strong>${heading}</strong></p><progress max="${sum('max')}" value="${sum('points')}" aria-label="${heading}" style="width:20em"></progress>` +
        `<table><thead><tr><th>State</th><th style="text-align:left">Task</th><th>Points</th></tr></thead><tbody>${cells.join('')}</tbody></table></section>`,
      'text/plain': [heading, ...rows.map(row => `  ${row.symbol} ${row.title}: ${row.word}, ${row.points} of ${row.max}`)].join('\n'),
    }),
  };
}

function keepingPictures(task: Task, pictures: Map<string, MeasurementPicture>): Task {
  const checks = task.checks.map(check => ({
    ...check,
    measure: async (...given: Parameters<typeof check.measure>) => {
      const measurement = await check.measure(...given);
      if (measurement.picture) pictures.set(check.name, measurement.picture);
      return measurement;
    },
  }));
  return {...task, checks};
}

/** Cells declare `const` and `class` in the global lexical scope, which no object holds: only an indirect eval sees them. */
function inGlobalScope(name: string): unknown {
  if (!/^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name)) throw new Error(`Expected the name of a function, got ${JSON.stringify(name)}`);
  // oxlint-disable-next-line no-eval
  return (0, eval)(`typeof ${name} === 'undefined' ? undefined : ${name}`);
}
