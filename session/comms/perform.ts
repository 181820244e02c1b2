import {Evaluator, type Outcome} from '../evaluate/inspect.ts';

/** Its own: it never leaves anything pending, and so never replaces the connection that a waiting cell hangs on. */
const evaluator = new Evaluator();

/** Calls learner's code outside of a cell: like a cell, an interrupt ends it and nothing else. A promise is not awaited. */
export function perform(action: () => void): Outcome {
  let ended: Outcome = {status: 'interrupted'};
  evaluator.call(0, action, outcome => (ended = outcome));
  return ended;
}
