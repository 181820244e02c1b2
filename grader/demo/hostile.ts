import type {Notebook, NotebookCell} from '../../exercises/build/index.ts';
import type {Lesson, Verdict} from '../../checking/types.ts';
import {attacks} from './attacks.ts';

/** A lesson's notebook with right answers, which hostile submissions are made from. */
export interface Assignment {
  readonly lesson: Lesson;
  readonly solved: Notebook;
  /** What the lesson's submissions may import: most attacks end there where Node's own modules are not among it. */
  readonly imports: readonly string[];
}

export interface HostileSubmission {
  /** Its file's and learner's name. */
  readonly name: string;
  readonly notebook: Notebook;
  readonly points: number;
  /** Task → verdict, of those that matter. */
  readonly verdicts: Readonly<Record<string, Verdict>>;
}

/** The twenty submissions that graders get wrong, and their right scores, made for any lesson with at least two tasks. */
export function hostileSubmissions(assignment: Assignment): HostileSubmission[] {
  const {lesson, solved, imports} = assignment;
  const nodeAllowed = imports.includes('node:*');
  const [first, second] = lesson.tasks;
  if (!first || !second) throw new Error(`Expected a lesson with at least two tasks, got ${lesson.tasks.length}`);
  const one = first.name;
  const two = second.name;
  const all = sum(lesson.tasks.map(points));
  const everyTask = (body: string): Notebook => lesson.tasks.reduce((notebook, task) => answer(notebook, task.name, body), solved);
  const right = (name: string, notebook: Notebook): HostileSubmission => ({
    name,
    notebook,
    points: all,
    verdicts: verdictsOf(lesson, 'passed'),
  });
  const nothing = (name: string, notebook: Notebook, verdicts: Record<string, Verdict> = {}): HostileSubmission => ({
    name,
    notebook,
    points: 0,
    verdicts,
  });
  const losesOne = (name: string, verdict: Verdict, notebook: Notebook): HostileSubmission => ({
    name,
    notebook,
    points: all - points(first),
    verdicts: {...verdictsOf(lesson, 'passed'), [one]: verdict},
  });
  return [
    right('01-correct', solved),
    {
      name: '02-task-two-wrong',
      notebook: answer(solved, two, 'return 0;'),
      points: all - points(second),
      verdicts: {...verdictsOf(lesson, 'passed'), [two]: 'failed'},
    },
    losesOne('03-task-one-raises', 'error', answer(solved, one, "throw new Error('not today');")),
    losesOne('04-loops-for-ever', 'timeout', answer(solved, one, 'for (;;) {}')),
    losesOne('04b-cell-loops-for-ever', 'timeout', cell(solved, one, 'for (;;) {}')),
    losesOne('04c-promise-never-settles', 'timeout', answer(solved, one, 'return new Promise(() => {});')),
    losesOne('04d-import-loops-for-ever', nodeAllowed ? 'timeout' : 'error', cell(solved, one, attacks.hangsAtImport)),
    losesOne('05-swallows-everything', 'timeout', answer(solved, one, attacks.swallowsEverything)),
    losesOne('05b-cell-swallows-everything', 'timeout', cell(solved, one, attacks.swallowsEverything)),
    right('06-prints-200-MB', add(solved, attacks.prints)),
    losesOne('07-ends-its-process', 'error', answer(solved, one, attacks.endsProcess)),
    losesOne('07b-cell-ends-its-process', 'error', cell(solved, one, attacks.endsProcess)),
    right('08-check-cells-deleted', {...solved, cells: solved.cells.filter(c => !('check' in ownMetadata(c)))}),
    nothing('09-redefines-the-metric', add(everyTask('return 0;'), attacks.redefines, 0)),
    nothing('10-patches-the-runtime', add(everyTask('return 0;'), attacks.patchesRuntime, 0)),
    nothing(
      '11-writes-noise-everywhere',
      add(everyTask('return 0;'), attacks.writesNoise),
      nodeAllowed ? verdictsOf(lesson, 'forged') : {},
    ),
    nothing('11b-writes-forged-messages', add(everyTask('return 0;'), attacks.writesForgedMessages)),
    nothing('12-searches-for-tests', everyTask(attacks.searches)),
    right('13-writes-to-the-gradebook', add(solved, attacks.writesElsewhere)),
    nothing('14-returns-constants', everyTask('return tf.tensor1d([0.5, -1, 0.25, 1]);')),
    right('15-writes-outside', add(solved, attacks.writesOutside)),
    right('16-calls-the-network', add(solved, attacks.callsNetwork)),
    right('17-forks-50', add(solved, attacks.forks)),
    losesOne('18-takes-4-GB', 'memory', answer(solved, one, attacks.takesBuffers)),
    losesOne('18b-takes-a-heap', 'memory', answer(solved, one, attacks.takesHeap)),
    losesOne('18c-fills-shared-memory', nodeAllowed ? 'memory' : 'error', answer(solved, one, attacks.fillsSharedMemory)),
    losesOne('18d-takes-4-GB-in-children', nodeAllowed ? 'memory' : 'error', answer(solved, one, attacks.takesInChildren)),
    right('19-correct-beside-an-attack', solved),
    right('20-warns-on-stderr', add(solved, attacks.warns)),
  ];
}

function verdictsOf(lesson: Lesson, verdict: Verdict): Record<string, Verdict> {
  return Object.fromEntries(lesson.tasks.map(task => [task.name, verdict]));
}

/** The notebook with a function of this body as the answer to a task. */
function answer(notebook: Notebook, task: string, body: string): Notebook {
  return cell(notebook, task, `function ${task}(...args) {\n${body}\n}`);
}

/** The notebook with this cell as the answer to a task. */
export function cell(notebook: Notebook, task: string, source: string): Notebook {
  return {...notebook, cells: notebook.cells.map(c => (ownMetadata(c)['task'] === task ? {...c, source: [source]} : c))};
}

/** The notebook with one more cell, at its end or at a place. */
function add(notebook: Notebook, source: string, place = notebook.cells.length): Notebook {
  const added: NotebookCell = {cell_type: 'code', id: 'added', metadata: {}, source: [source], execution_count: null, outputs: []};
  return {...notebook, cells: [...notebook.cells.slice(0, place), added, ...notebook.cells.slice(place)]};
}

function ownMetadata({metadata}: NotebookCell): Record<string, unknown> {
  return (metadata['snapgrid'] ?? {}) as Record<string, unknown>;
}

function points({checks}: Lesson['tasks'][number]): number {
  return sum(checks.map(check => check.points));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
