import {LocalLearner} from '../../checking/local-learner.ts';
import {runTask} from '../../checking/run.ts';
import type {CheckResult, Lesson} from '../../checking/types.ts';
import {knockOuts} from './knock-outs.ts';
import {type Material, rightCandidates, tasksChangedBy, wrongCandidates} from './material.ts';
import {stubScope} from './scope.ts';
import {answerPieces} from './submission.ts';

/** What every task of every lesson has at least. */
const atLeast = {hints: 2, alternatives: 2, wrong: 6} as const;

export interface TaskProof {
  readonly task: string;
  readonly checks: number;
  readonly alternatives: number;
  readonly wrongCaught: number;
}

/**
 * Proves a lesson on one seed: every stub fails, the solution and every alternative passes, every wrong answer is caught by the check it names, knock-outs pass no task,
 * and the texts, tasks and solutions belong together. `problems` is empty when all of that holds.
 */
export async function proveLesson(material: Material, seed: string): Promise<{readonly problems: string[]; readonly tasks: TaskProof[]}> {
  const problems = listProblems(material);
  const {lesson, parsed, tf} = material;
  const stubs = stubScope(parsed, tf);
  for (const task of lesson.tasks) {
    const stub = await runTask(task, new LocalLearner(stubs), seed);
    if (stub.points > 0) problems.push(`the stub of ${task.name} gets ${stub.points} points; a stub must get none`);
  }
  const right = rightCandidates(material);
  for (const {name, tasks, scope} of right) {
    for (const task of tasks) {
      const result = await runTask(task, new LocalLearner(scope), seed);
      for (const check of result.checks)
        if (check.verdict !== 'passed')
          problems.push(`${name} is right, but "${check.name}" of ${task.name} says ${check.verdict}: ${check.message}`);
    }
  }
  const caught = new Map<string, number>();
  for (const {name, tasks, scope, caughtBy} of wrongCandidates(material)) {
    // What its other checks would say of it proves nothing, and may cost a training each.
    const named = tasks[0]!.checks.filter(check => check.name === caughtBy.check);
    const [check] = (await runTask({...tasks[0]!, checks: named}, new LocalLearner(scope), seed)).checks as [CheckResult];
    if (check.verdict === 'failed') caught.set(caughtBy.task, (caught.get(caughtBy.task) ?? 0) + 1);
    else
      problems.push(
        `${name} must fail "${caughtBy.check}" of ${caughtBy.task}, which says ${check.verdict}${check.message === '' ? '' : `: ${check.message}`}`,
      );
  }
  for (const {name, learnerOf} of await knockOuts(lesson, right[0]!.scope)) {
    for (const task of lesson.tasks) {
      const result = await runTask(task, await learnerOf(task), `${seed}/knock-out`);
      if (result.verdict === 'passed') problems.push(`${name} passes ${task.name}; a knock-out must pass nothing`);
      const ours = result.checks.find(check => check.verdict === 'infrastructure');
      if (ours) problems.push(`${name} breaks "${ours.name}" of ${task.name}: ${ours.message}`);
    }
  }
  const tasks = lesson.tasks.map(task => ({
    task: task.name,
    checks: task.checks.length,
    alternatives: right.slice(1).filter(candidate => candidate.tasks.includes(task)).length,
    wrongCaught: caught.get(task.name) ?? 0,
  }));
  for (const {task, alternatives, wrongCaught} of tasks) {
    if (alternatives < atLeast.alternatives)
      problems.push(`${task} has ${alternatives} alternatives; at least ${atLeast.alternatives} must be there`);
    if (wrongCaught < atLeast.wrong)
      problems.push(`${task} has ${wrongCaught} wrong answers that are caught; at least ${atLeast.wrong} must be`);
  }
  return {problems, tasks};
}

function listProblems({parsed, lesson, solutions}: Material): string[] {
  const problems: string[] = [];
  if (lesson.slug !== parsed.slug) problems.push(`checks.ts calls the lesson ${lesson.slug}, its folder is ${parsed.slug}`);
  const inText = parsed.cells.flatMap(cell => cell.task ?? []);
  const inChecks = lesson.tasks.map(task => task.name);
  if (inText.join() !== inChecks.join())
    problems.push(`lesson.md has the tasks ${inText.join(', ')}, checks.ts has ${inChecks.join(', ')}`);
  for (const task of lesson.tasks) problems.push(...taskProblems(parsed.cells, task));
  for (const {question} of parsed.manifest.written ?? []) {
    if (!parsed.cells.some(cell => cell.id === question && cell.written !== undefined))
      problems.push(`the written question ${question} has no Markdown cell; begin one with <!-- cell {"id": "${question}"} -->`);
  }
  for (const [task, piece] of answerPieces(parsed, solutions.answers.source)) {
    if (parsed.cells.some(cell => cell.source.includes(piece))) problems.push(`lesson.md holds the solution of ${task}`);
  }
  for (const file of [...solutions.alternatives, ...solutions.wrong]) {
    const changed = tasksChangedBy(parsed, lesson, solutions.answers.source, file.source);
    if (changed.length !== 1) problems.push(`${file.name} must answer one task differently, it does ${changed.length}`);
  }
  return problems;
}

function taskProblems(cells: Material['parsed']['cells'], task: Lesson['tasks'][number]): string[] {
  const problems: string[] = [];
  const answer = cells.findIndex(cell => cell.task === task.name);
  const check = cells.findIndex(cell => cell.check === task.name);
  const before = cells.findLastIndex((cell, i) => i < answer && cell.task !== undefined);
  const prose = cells
    .slice(before + 1, answer)
    .filter(cell => cell.kind === 'markdown')
    .map(cell => cell.source)
    .join('\n');
  for (let hint = 1; hint <= atLeast.hints; hint++) {
    if (!new RegExp(`<summary>Hint ${hint}\\b`).test(prose))
      problems.push(`${task.name} has no <details><summary>Hint ${hint} … before its answer cell`);
  }
  if (check < answer) problems.push(`${task.name} has no check cell after its answer cell`);
  const points = task.checks.reduce((sum, check) => sum + check.points, 0);
  if (check >= 0 && cells[check]!.points !== points)
    problems.push(`${task.name} gives ${points} points in checks.ts, ${cells[check]!.points} in lesson.md`);
  const named = new Set(task.checks.map(check => check.name));
  if (named.size !== task.checks.length) problems.push(`${task.name} has two checks of one name`);
  return problems;
}
