import type {KeptAssignment} from './grades.ts';
import {dueInstant} from './assignment.ts';
import type {Gradebook} from './gradebook.ts';

/** What an instructor decides about one learner. */
export interface Override {
  readonly learner: string;
  readonly author: string;
  /** For the trail, and for who asks later. */
  readonly reason: string;
  /** Points, whatever was measured and however late; `null` takes an earlier one back. */
  readonly score?: number | null;
  /** The learner's own due time, as a manifest says it; `null` takes an earlier one back. */
  readonly due?: string | null;
}

/** Adds a decision to the gradebook's trail. @throws Error where it is of nobody, of nothing, or has no reason */
export async function override(gradebook: Gradebook, kept: KeptAssignment, decision: Override): Promise<void> {
  const {learner, author, reason, score, due} = decision;
  if (!reason.trim()) throw new Error('Expected a reason for the decision, got none; say it: --reason "…"');
  const learners = new Set(
    [...(await gradebook.attempts(kept.slug)), ...(kept.students ?? []).map(({id}) => ({learner: id}))].map(row => row.learner),
  );
  if (!learners.has(learner)) {
    const near = [...learners].filter(name => name.toLowerCase().includes(learner.toLowerCase())).sort();
    throw new Error(
      `Expected a learner of ${kept.slug}, got ${JSON.stringify(learner)}; ${near.length ? `did you mean ${near.slice(0, 5).join(', ')}?` : '`snapgrid grades` lists them'}`,
    );
  }
  if (score != null && !(Number.isFinite(score) && score >= 0))
    throw new Error(`Expected points from 0 on, got ${score}; take a score back with --no-score`);
  const instant = due == null ? due : dueInstant(due, kept.timezone);
  if (due != null && instant === undefined)
    throw new Error(`Expected a date with a time, such as 2026-12-05 23:59 (in ${kept.timezone}), got ${JSON.stringify(due)}`);
  const about = {lesson: kept.slug, learner, author, reason};
  await gradebook.change(
    ...(score === undefined ? [] : [{...about, kind: 'score' as const, value: score ?? undefined}]),
    ...(instant === undefined ? [] : [{...about, kind: 'due' as const, value: instant ?? undefined}]),
  );
}
