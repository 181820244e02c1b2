import type {CheckResult, TaskResult} from '../../checking/types.ts';
import {sharedMessage} from '../../checking/report.ts';
import type {Grade} from '../gradebook/grades.ts';
import type {MarkedAnswer} from '../gradebook/marks.ts';
import type {SubmissionResult} from '../results.ts';
import {lateWords, scoreNow} from './lateness.ts';
import {clip, type Markup, markup} from './markup.ts';
import {counted, measurementWords, numberText} from './numbers.ts';
import {page} from './page.ts';
import {gauge, pointSquares} from './picture.ts';
import {badge, verdictWords} from './verdicts.ts';

type Cell = SubmissionResult['cells'][number];

/** Characters shown of one text, and of all of a page's cells together: the page stays under 2 MB whatever was submitted (a character becomes six bytes at most). */
const limits = {message: 1_500, output: 4_000, source: 12_000, page: 200_000, warnings: 20};

/** The learner's page: verdicts beside the cells they are about. It tells nothing of hidden inputs, seeds and expected values: `SubmissionResult` holds none. */
export function feedbackPage(result: SubmissionResult, lessonTitle: string, written: readonly MarkedAnswer[] = [], grade?: Grade): string {
  const graded = result.status === 'graded';
  return page({
    title: `${lessonTitle}: feedback for ${result.learner}`,
    banner: markup`<div><p class="over">Feedback for <bdi>${result.learner}</bdi></p><h1>${lessonTitle}</h1></div>
${graded ? markup`<div class="score"><strong>${numberText(result.points)}</strong> <span>of ${counted(result.max, 'point')}</span>${pointSquares(result.points, result.max)}</div>` : markup`<div class="score"><strong>–</strong> <span>not graded</span></div>`}`,
    content: [
      graded ? summary(result) : notGraded(result),
      grade && whatCounts(result, grade),
      assumptions(result.warnings),
      writtenAnswers(written),
      ...notebook(result),
    ],
    footer: markup`<p>Lesson <code>${result.lesson}</code>, version ${result.lessonVersion} · file <code>${result.file}</code> · content <code>${result.contentHash.slice(0, 12)}</code> · graded ${result.started.slice(0, 16).replace('T', ' ')} UTC by snapgrid ${result.graderVersion}${result.isolation === 'process' ? ', without a sandbox' : ''}</p>
<p>Every submission is checked with fresh inputs of its own, so an answer has to hold in general. The same file is always checked with the same inputs.</p>`,
  });
}

function summary({tasks, points, max}: SubmissionResult): Markup {
  const open = tasks.filter(task => task.verdict !== 'passed');
  const lead =
    open.length === 0
      ? 'Everything passed. Well done.'
      : points > 0
        ? `${counted(tasks.length - open.length, 'task')} of ${tasks.length} passed. What is still open stands below, with what to try next.`
        : 'Nothing has passed yet. What each check saw stands below, with what to try next.';
  return markup`<section class="card" aria-labelledby="summary"><h2 id="summary">Summary</h2><p class="lead">${lead}</p>
<div class="scroll"><table><thead><tr><th scope="col">Task</th><th scope="col">Verdict</th><th scope="col" class="spare">Checks passed</th><th scope="col" class="right">Points</th></tr></thead><tbody>
${tasks.map(task => markup`<tr><th scope="row"><a href="#task-${task.task}">${task.title}</a></th><td>${badge(task.verdict)}</td><td class="spare">${task.checks.filter(c => c.verdict === 'passed').length} of ${task.checks.length}</td><td class="right">${numberText(task.points)} of ${numberText(task.max)}</td></tr>`)}
</tbody><tfoot><tr><th scope="row">Together</th><td></td><td class="spare"></td><td class="right"><strong>${numberText(points)} of ${numberText(max)}</strong></td></tr></tfoot></table></div></section>`;
}

function notGraded({reason}: SubmissionResult): Markup {
  return markup`<section class="note" aria-labelledby="summary"><h2 id="summary">Not graded</h2><p>${clip(reason, limits.message).text}</p><p>This is not a score of 0: nothing was scored.</p></section>`;
}

/** Lateness, and a score that was decided, where the score is not just what was measured; who decided, and why, is the instructor's to say. */
function whatCounts(result: SubmissionResult, grade: Grade): Markup | undefined {
  const how = [...lateWords(grade), ...(grade.override ? ['set by an instructor'] : [])];
  const now = scoreNow(grade, result);
  if (how.length === 0 && now === undefined) return undefined;
  return markup`<section class="note" aria-labelledby="counts"><h2 id="counts">The score that counts</h2><p>${now ? markup`<strong>${now}</strong>${how.length ? ' · ' : ''}` : undefined}${how.join('; ')}</p></section>`;
}

function assumptions(warnings: readonly string[]): Markup | undefined {
  if (warnings.length === 0) return undefined;
  return markup`<section class="note" aria-labelledby="assumed"><h2 id="assumed">What the grader assumed</h2><ul>${warnings.slice(0, limits.warnings).map(warning => markup`<li>${clip(warning, limits.message).text}</li>`)}${warnings.length > limits.warnings ? markup`<li>and ${counted(warnings.length - limits.warnings, 'more note')}</li>` : undefined}</ul></section>`;
}

/** Marks with their comments; who marked is the instructor's to say. */
function writtenAnswers(written: readonly MarkedAnswer[]): Markup | undefined {
  if (!written.length) return undefined;
  return markup`<section class="card" aria-labelledby="written"><h2 id="written">Written answers</h2>
${written.map(({title, points, max, comment}) => markup`<div class="check"><h3>${title}</h3><span class="points">${points === undefined ? 'not marked yet' : `${numberText(points)} of ${counted(max, 'point')}`}</span></div>${comment ? markup`<p>${clip(comment, limits.message).text}</p>` : undefined}`)}</section>`;
}

/** The tasks, each beside its cells, then every other cell. */
function notebook({tasks, cells}: SubmissionResult): Markup[] {
  const budget = {left: limits.page};
  const known = new Set(tasks.map(task => task.task));
  const numbered = cells.map((cell, i) => ({cell, number: i + 1}));
  const others = numbered.filter(({cell}) => cell.task === undefined || !known.has(cell.task));
  const cards = tasks.map(task =>
    taskCard(
      task,
      numbered.filter(({cell}) => cell.task === task.task).map(({cell, number}) => cellBlock(cell, number, budget)),
    ),
  );
  if (others.length === 0) return cards;
  return [
    ...cards,
    markup`<section class="card" aria-labelledby="rest"><details><summary><h2 id="rest">The rest of your notebook</h2> <span class="hint">${counted(others.length, 'cell')}, as run</span></summary>
${others.map(({cell, number}) => cellBlock(cell, number, budget))}</details></section>`,
  ];
}

function taskCard(task: TaskResult, cells: readonly (Markup | undefined)[]): Markup {
  const {next, tone} = verdictWords[task.verdict];
  const shared = sharedMessage(task);
  return markup`<section class="card task" id="task-${task.task}" aria-labelledby="title-${task.task}">
<header><h2 id="title-${task.task}">${task.title}</h2><code>${task.task}</code>${badge(task.verdict)}<span class="points">${numberText(task.points)} of ${counted(task.max, 'point')}</span></header>
${next ? markup`<p class="hint">${next}</p>` : undefined}
${says(shared, tone)}<div class="beside"><div class="cells">${cells.length ? cells : markup`<p class="hint">No cell of the notebook holds this answer.</p>`}</div>
<ul class="checks" aria-label="${`Checks of ${task.title}`}">${task.checks.map(check => checkItem(check.message === shared ? {...check, message: ''} : check))}</ul></div></section>`;
}

function checkItem(check: CheckResult): Markup {
  const passed = check.verdict === 'passed';
  const {tone} = verdictWords[check.verdict];
  const words = check.measurement && measurementWords(check.measurement);
  // Where one value only is right, a picture of the distance says nothing that the number does not.
  const drawn = check.measurement && !(passed && check.measurement.comparison === '==') ? check.measurement : undefined;
  return markup`<li><div class="check"><h3>${check.name}</h3>${badge(check.verdict)}</div>
${drawn ? gauge(drawn, passed) : undefined}<dl class="values">${words ? markup`<div class="measured"><dt>measured${words.unit && `, ${words.unit}`}</dt><dd>${words.measured}</dd></div><div><dt>threshold</dt><dd>${words.threshold}</dd></div>` : undefined}${words && drawn ? markup`<div><dt>margin</dt><dd>${words.margin}</dd></div>` : undefined}<div><dt>points</dt><dd>${numberText(check.points)} of ${numberText(check.max)}</dd></div></dl>
${says(check.message, tone)}</li>`;
}

function says(message: string, tone: string): Markup | undefined {
  const {text, dropped} = clip(message, limits.message);
  return text ? markup`<p class="says ${tone}"><span>${text}${dropped ? ' …' : ''}</span></p>` : undefined;
}

/** One cell as it was handed in, what it printed and what it threw. Nothing once the page is full, which the last one shown says. */
function cellBlock(cell: Cell, number: number, budget: {left: number}): Markup | undefined {
  if (budget.left < 0) return undefined;
  const source = clip(cell.source, Math.min(limits.source, budget.left));
  budget.left -= source.text.length;
  const output = clip(cell.output, Math.max(0, Math.min(limits.output, budget.left)));
  const threw = clip(cell.error ?? '', limits.message);
  budget.left -= output.text.length + threw.text.length + 200;
  const full =
    budget.left < 0
      ? markup`<p class="cut">This page is full. The rest of the notebook is not shown; all of it was graded.</p>`
      : undefined;
  return markup`<div class="cell"><h3>Cell ${number}</h3><pre class="code"><code>${source.text}</code></pre>
${source.dropped ? markup`<p class="cut">${counted(source.dropped, 'more character')} of code not shown here</p>` : undefined}
${output.text ? markup`<pre class="out"><span class="comment">printed: </span>${output.text}</pre>` : undefined}
${output.dropped ? markup`<p class="cut">${counted(output.dropped, 'more character')} of output not shown here</p>` : undefined}
${threw.text ? markup`<pre class="threw">${threw.text}</pre>` : undefined}${full}</div>`;
}
