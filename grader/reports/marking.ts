import type {WrittenQuestion} from '../../exercises/build/written.ts';
import {clip, markup} from './markup.ts';
import {counted} from './numbers.ts';
import {page} from './page.ts';

export interface WrittenAnswer {
  readonly pseudonym: string;
  readonly text: string;
  readonly points: number | undefined;
  readonly comment: string;
}

const shownCharacters = 20_000;

/** One question with its rubric, what its cell held before, and every answer: for who marks it, who is not told whose they are. */
export function markingPage(
  {question, title, points, rubric}: WrittenQuestion,
  lessonTitle: string,
  answers: readonly WrittenAnswer[],
  given = '',
): string {
  return page({
    title: `${title}: answers to mark`,
    banner: markup`<div><p class="over">${lessonTitle} · written answers</p><h1>${title}</h1></div>`,
    content: [
      markup`<section class="card" aria-labelledby="rubric"><h2 id="rubric">${counted(points, 'point')}</h2>${rubric.length ? markup`<ul>${rubric.map(line => markup`<li>${line}</li>`)}</ul>` : undefined}<p class="hint">${counted(answers.length, 'answer')}. Points and comments go into <code>marks.csv</code>, on the line of the answer’s name and the question <code>${question}</code>.</p></section>`,
      given.trim()
        ? markup`<section class="card" aria-labelledby="asked"><h2 id="asked">As it was asked</h2><div class="answer">${given.trim()}</div></section>`
        : undefined,
      answers.map(({pseudonym, text, points: given, comment}) => {
        const {text: shown, dropped} = clip(text, shownCharacters);
        return markup`<section class="card" aria-labelledby="answer-${pseudonym}"><h2 id="answer-${pseudonym}"><code>${pseudonym}</code></h2>
${shown.trim() ? markup`<div class="answer">${shown}</div>` : markup`<p class="hint">No answer was found.</p>`}${dropped ? markup`<p class="cut">${counted(dropped, 'more character')} not shown here</p>` : undefined}
${given === undefined ? undefined : markup`<p>Marked: <strong>${given}</strong> of ${points}. ${comment}</p>`}</section>`;
      }),
    ],
    footer: markup`<p>Answers are in the order of names that say nothing of who wrote them.</p>`,
  });
}
