import type {Verdict} from '../../checking/types.ts';
import {type Markup, markup} from './markup.ts';

/** A verdict by sign, word and colour. */
export function badge(verdict: Verdict): Markup {
  const {sign, word, tone} = verdictWords[verdict];
  return markup`<span class="badge ${tone}"><span aria-hidden="true">${sign}</span>${word}</span>`;
}

/** How a verdict is said: a sign and a word (colour alone says nothing), and what a learner can do about it. */
export interface VerdictWords {
  readonly sign: string;
  readonly word: string;
  readonly tone: 'good' | 'bad' | 'odd';
  readonly next: string;
}

export const verdictWords: Record<Verdict, VerdictWords> = {
  passed: {sign: '✓', word: 'passed', tone: 'good', next: ''},
  failed: {
    sign: '✗',
    word: 'not yet',
    tone: 'bad',
    next: 'The code ran, but an answer is not right yet. Read what the check says, and try it with small numbers that you can work out by hand.',
  },
  error: {
    sign: '!',
    word: 'error',
    tone: 'bad',
    next: 'The code could not run to its end. Restart the kernel, run all cells from the top, and look at the first error.',
  },
  timeout: {
    sign: '◷',
    word: 'out of time',
    tone: 'bad',
    next: 'The code took longer than the lesson allows. Look for a loop that cannot end, or for a loop over elements where one tensor operation would do.',
  },
  memory: {
    sign: '▣',
    word: 'out of memory',
    tone: 'bad',
    next: 'The code took more memory than the lesson allows. Look for arrays that grow in a loop, and for tensors that are never disposed of.',
  },
  forged: {
    sign: '⊘',
    word: 'stopped',
    tone: 'bad',
    next: 'The code interfered with the grading process and was stopped. Remove whatever writes to the process’s own pipes or patches the runtime.',
  },
  infrastructure: {
    sign: '?',
    word: 'not judged',
    tone: 'odd',
    next: 'The grader had a fault of its own here. This costs no points: the submission has to be graded again.',
  },
};
