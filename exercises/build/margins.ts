import {LocalLearner} from '../../checking/local-learner.ts';
import {meets, runTask} from '../../checking/run.ts';
import type {CheckResult, Comparison} from '../../checking/types.ts';
import {type Candidate, type Material, materialHash, rightCandidates, type WrongCandidate, wrongCandidates} from './material.ts';

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

/** What one seed showed of one solution: plain data, so that it can be measured in another process and kept. */
export interface SeedMeasurements {
  readonly seed: number;
  readonly problems: readonly string[];
  readonly rows: readonly {readonly task: string; readonly check: string; readonly measurement: Measured}[];
}

/** Every solution whose margins count: right ones on all their checks, wrong ones on the check that must catch them. */
export function measuredCandidates(material: Material): (Candidate | WrongCandidate)[] {
  return [...rightCandidates(material), ...wrongCandidates(material)];
}

export async function measureSeed(candidate: Candidate | WrongCandidate, seed: number): Promise<SeedMeasurements> {
  const expected = 'caughtBy' in candidate ? {only: candidate.caughtBy.check, verdict: 'failed'} : {only: undefined, verdict: 'passed'};
  const problems: string[] = [];
  const rows: SeedMeasurements['rows'][number][] = [];
  for (const task of candidate.tasks) {
    const checks = task.checks.filter(check => expected.only === undefined || check.name === expected.only);
    for (const check of (await runTask({...task, checks}, new LocalLearner(candidate.scope), `calibrate/${seed}`)).checks) {
      if (check.verdict !== expected.verdict)
        problems.push(
          `${task.name} · ${check.name}: expected ${candidate.name} to have ${expected.verdict} on seed ${seed}, it says ${check.verdict} ${check.message}`,
        );
      if (check.measurement) rows.push({task: task.name, check: check.name, measurement: check.measurement});
    }
  }
  return {seed, problems, rows};
}

/** Puts the measurements of all candidates together into a lesson's margins. `problems` is empty when every threshold has daylight on both sides. */
export function marginsFrom(
  material: Material,
  seeds: number,
  measured: ReadonlyMap<Candidate, readonly SeedMeasurements[]>,
): {readonly margins: Margins; readonly problems: string[]} {
  const problems = new Set([...measured.values()].flat().flatMap(seed => seed.problems));
  const wrongs = [...measured.keys()].filter(candidate => 'caughtBy' in candidate) as WrongCandidate[];
  const of = (side: 'right' | 'wrong', task: string, check: string): Measured[] =>
    [...measured]
      .filter(([candidate]) => (side === 'wrong') === 'caughtBy' in candidate)
      .flatMap(([, all]) => all.flatMap(({rows}) => rows))
      .filter(row => row.task === task && row.check === check)
      .map(row => row.measurement);
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
  return {margins: {hash: materialHash(material), seeds, checks}, problems: [...problems]};
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
