import type {CheckResult, TaskResult, Verdict} from '../../checking/types.ts';
import type {SubmissionResult} from '../results.ts';
import {type Costed, FrontFigures} from './front.ts';
import {clip} from './markup.ts';
import {MarginFigures} from './picture.ts';
import {Tally} from './tally.ts';

/** Learners who made the same mistake: the same message, from which checks of a task. */
export interface Mistake {
  readonly task: string;
  readonly verdict: Verdict;
  readonly message: string;
  readonly checks: Set<string>;
  learners: number;
}

export interface TaskFigures {
  readonly task: string;
  readonly title: string;
  readonly verdicts: Tally<Verdict>;
  /** Of the checks that have one, by name. */
  readonly margins: Map<string, MarginFigures>;
  /** Of the checks that say what the measured value cost, by its unit and the cost's. */
  readonly fronts: Map<string, FrontFigures>;
}

interface Slow {
  readonly learner: string;
  readonly seconds: number;
}

/** Messages that differ, of which learners are counted; what comes after them is only counted itself. */
const maxMistakes = 2000;
const slowestShown = 5;

/** What the class's page says of all submissions together: one is taken after the other, and none is kept. */
export class ClassFigures {
  graded = 0;
  notGraded = 0;
  /** On the roster, and nothing handed in: in none of the other figures. */
  missing = 0;
  fullMarks = 0;
  /** The most that any submission could get. */
  max = 0;
  readonly points = new Tally<number>();
  /** Three digits of each. */
  readonly seconds = new Tally<number>();
  slowest: Slow[] = [];
  readonly tasks = new Map<string, TaskFigures>();
  readonly mistakes = new Map<string, Mistake>();
  uncountedMistakes = 0;
  readonly isolation = new Tally<SubmissionResult['isolation']>();
  readonly lessonVersions = new Set<string>();
  readonly backends = new Set<string>();
  readonly graderVersions = new Set<string>();

  /** `result` is undefined where nothing was measured. */
  add(result: SubmissionResult | undefined): void {
    if (result) this.addCircumstances(result);
    if (result?.status !== 'graded') {
      this.notGraded++;
      return;
    }
    const {learner, points, max, seconds, tasks} = result;
    this.graded++;
    if (points === max) this.fullMarks++;
    this.max = Math.max(this.max, max);
    this.points.add(points);
    this.seconds.add(Number(seconds.toPrecision(3)));
    this.slowest = [...this.slowest, {learner, seconds}].sort((a, b) => b.seconds - a.seconds).slice(0, slowestShown);
    const mistakes = new Set<Mistake>();
    for (const task of tasks) this.addTask(learner, task, mistakes);
    for (const mistake of mistakes) mistake.learners++;
  }

  private addCircumstances({isolation, lessonVersion, backend, graderVersion}: SubmissionResult): void {
    this.isolation.add(isolation);
    this.lessonVersions.add(String(lessonVersion));
    this.backends.add(backend);
    this.graderVersions.add(graderVersion);
  }

  private addTask(learner: string, {task, title, verdict, checks}: TaskResult, mistakes: Set<Mistake>): void {
    const figures = this.tasks.get(task) ?? {task, title, verdicts: new Tally(), margins: new Map(), fronts: new Map()};
    this.tasks.set(task, figures);
    figures.verdicts.add(verdict);
    for (const check of checks) {
      if (check.measurement && check.measurement.comparison !== '==') {
        const margins = figures.margins.get(check.name) ?? new MarginFigures();
        figures.margins.set(check.name, margins);
        margins.add(check.measurement, check.verdict === 'passed');
      }
      if (check.measurement?.cost && Number.isFinite(check.measurement.measured))
        this.addToFront(figures, learner, check.measurement as Costed, check.verdict === 'passed');
      if (check.verdict !== 'passed') this.addMistake(task, check, mistakes);
    }
  }

  private addToFront({fronts}: TaskFigures, learner: string, measurement: Costed, passed: boolean): void {
    const key = JSON.stringify([measurement.unit, measurement.cost.unit]);
    const front = fronts.get(key) ?? new FrontFigures(measurement);
    fronts.set(key, front);
    front.add(learner, measurement, passed);
  }

  /** Code that was lost loses all checks of its task at once, which is one mistake. */
  private addMistake(task: string, {name, verdict, message: whole}: CheckResult, mistakes: Set<Mistake>): void {
    const message = clip(whole.split('\n', 1)[0]!, 300).text;
    const key = JSON.stringify([task, verdict, message, verdict === 'failed' ? name : '']);
    const known = this.mistakes.get(key);
    if (!known && this.mistakes.size >= maxMistakes) {
      this.uncountedMistakes++;
      return;
    }
    const mistake = known ?? {task, verdict, message, checks: new Set(), learners: 0};
    this.mistakes.set(key, mistake);
    mistake.checks.add(name);
    mistakes.add(mistake);
  }
}
