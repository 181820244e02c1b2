import {LocalLearner} from '../../checking/local-learner.ts';
import {meets, runTask} from '../../checking/run.ts';
import type {CheckResult, Comparison} from '../../checking/types.ts';
import {type Material, materialHash, rightCandidates, wrongCandidates} from './material.ts';

/** `margins.json`: what stands behind a lesson's thresholds. */
export interface Margins {
  /** Of the checks and solutions that were measured. */
  readonly hash: string;
  readonly seeds: number;
  readonly checks: readonly CheckMargins[];
}

export interface CheckMargins {
  readonly task: string;
  readonly check: string;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly unit: string;
  /** The right answer nearest to the threshold, over all seeds. */
  readonly worstRight: number;
  /** The wrong answer nearest to the threshold; null where every wrong answer is refused before there is a number. */
  readonly bestWrong: number | null;
  readonly wrongAnswers: number;
}

/** On each side of a threshold there must be this share of the threshold itself, or of the distance between the worst right answer and the best wrong one. */
const daylight = 0.05;

type Measured = NonNullable<CheckResult['measurement']>;

/** What one seed showed: plain data, so that seeds can be measured in processes side by side and kept. */
export interface SeedMeasurements {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly right: readonly CheckMeasurement[];
  readonly wrong: readonly CheckMeasurement[];
}

interface CheckMeasurement {
  readonly task: string;
  readonly check: string;
  readonly measurement: Measured;
}

/** Runs every right answer on all its checks and every wrong one on the check that must catch it. */
export async function measureSeed(material: Material, seed: number): Promise<SeedMeasurements> {
  const problems: string[] = [];
  const right: CheckMeasurement[] = [];
  const wrong: CheckMeasurement[] = [];
  for (const {name, tasks, scope} of rightCandidates(material)) {
    for (const task of tasks) {
      for (const check of (await runTask(task, new LocalLearner(scope), `calibrate/${seed}`)).checks) {
        if (check.verdict !== 'passed')
          problems.push(`${task.name} · ${check.name}: ${name} is right but ${check.verdict} on seed ${seed}: ${check.message}`);
        if (check.measurement) right.push({task: task.name, check: check.name, measurement: check.measurement});
      }
    }
  }
  for (const {name, tasks, scope, caughtBy} of wrongCandidates(material)) {
    const task = {...tasks[0]!, checks: tasks[0]!.checks.filter(check => check.name === caughtBy.check)};
    const check = (await runTask(task, new LocalLearner(scope), `calibrate/${seed}`)).checks[0]!;
    if (check.verdict !== 'failed') problems.push(`${task.name} · ${check.name}: ${name} is wrong but ${check.verdict} on seed ${seed}`);
    if (check.measurement) wrong.push({task: task.name, check: check.name, measurement: check.measurement});
  }
  return {seed, problems, right, wrong};
}

/** Puts seeds together into a lesson's margins. `problems` is empty when every threshold has daylight on both sides. */
export function marginsFrom(
  material: Material,
  measured: readonly SeedMeasurements[],
): {readonly margins: Margins; readonly problems: string[]} {
  const problems = new Set(measured.flatMap(seed => seed.problems));
  const wrongs = wrongCandidates(material);
  const of = (side: 'right' | 'wrong', task: string, check: string): Measured[] =>
    measured.flatMap(seed => seed[side].filter(row => row.task === task && row.check === check).map(row => row.measurement));
  const checks = material.lesson.tasks.flatMap(task =>
    task.checks.flatMap(({name}) => {
      const wrongHere = wrongs.filter(({caughtBy}) => caughtBy.task === task.name && caughtBy.check === name).length;
      if (wrongHere === 0) problems.add(`${task.name} · ${name}: no wrong answer names this check, so nothing shows that it catches one`);
      const rightValues = of('right', task.name, name);
      if (rightValues.length === 0) {
        problems.add(`${task.name} · ${name}: no right answer was measured`);
        return [];
      }
      const row = marginsOf(task.name, name, rightValues, of('wrong', task.name, name), wrongHere);
      if (!hasDaylight(row))
        problems.add(
          `${task.name} · ${name}: no daylight: worst right ${row.worstRight}, threshold ${row.comparison} ${row.threshold}, best wrong ${row.bestWrong} ${row.unit}`,
        );
      return [row];
    }),
  );
  return {margins: {hash: materialHash(material), seeds: measured.length, checks}, problems: [...problems]};
}

function marginsOf(
  task: string,
  check: string,
  right: readonly Measured[],
  wrong: readonly Measured[],
  wrongAnswers: number,
): CheckMargins {
  const {comparison, threshold, unit} = right[0]!;
  const worst = right.reduce((worst, value) => (value.margin < worst.margin ? value : worst));
  const best = wrong.length === 0 ? null : wrong.reduce((best, value) => (value.margin > best.margin ? value : best));
  return {task, check, comparison, threshold, unit, worstRight: worst.measured, bestWrong: best?.measured ?? null, wrongAnswers};
}

function hasDaylight({comparison, threshold, worstRight, bestWrong}: CheckMargins): boolean {
  if (!meets(worstRight, comparison, threshold)) return false;
  if (bestWrong === null) return true;
  if (meets(bestWrong, comparison, threshold)) return false;
  if (comparison === '==') return true;
  const enough = daylight * Math.min(Math.abs(threshold), Math.abs(bestWrong - worstRight));
  return Math.abs(threshold - worstRight) >= enough && Math.abs(bestWrong - threshold) >= enough;
}
