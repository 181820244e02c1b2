import type {TaskResult, Verdict} from '../../checking/types.ts';
import type {SubmissionResult} from '../results.ts';
import {clip, type Markup, markup} from './markup.ts';
import {counted, duration, median, numberText} from './numbers.ts';
import {page} from './page.ts';
import {marginStrip, scoreHistogram, shareBar, timeStrip} from './picture.ts';
import {byLearner} from '../order.ts';
import {badge, verdictWords} from './verdicts.ts';

export interface ClassPageOptions {
  /** Where a submission's feedback lies, relative to this page; no link without it. */
  readonly feedbackPath?: (result: SubmissionResult) => string;
}

/** The instructor's page: how the class did, what went wrong most, how close to the thresholds, and every learner. */
export function classPage(
  results: readonly SubmissionResult[],
  lesson: {readonly title: string; readonly slug: string},
  options: ClassPageOptions = {},
): string {
  const sorted = [...results].sort(byLearner);
  const graded = sorted.filter(result => result.status === 'graded');
  const missing = sorted.filter(result => result.status !== 'graded');
  return page({
    title: `${lesson.title}: the class`,
    banner: markup`<div><p class="over">Class report</p><h1>${lesson.title}</h1></div>`,
    content: [
      tiles(graded, missing),
      isolationNote(sorted),
      missing.length ? notGraded(missing, options) : undefined,
      graded.length
        ? [markup`<div class="pair">${distribution(graded)}${passRates(graded)}</div>`, mistakes(graded), margins(graded), times(graded)]
        : undefined,
      graded.length ? learners(graded, options) : undefined,
    ],
    footer: markup`<p>Lesson <code>${lesson.slug}</code>${each(sorted, r => String(r.lessonVersion), ', version ')} · backend ${each(sorted, r => r.backend)} · ${isolationWords(sorted)} · snapgrid ${each(sorted, r => r.graderVersion)}</p>
<p>A submission that was not graded has no score. It is not a 0, and it is in none of these figures.</p>`,
  });
}

function tiles(graded: readonly SubmissionResult[], missing: readonly SubmissionResult[]): Markup {
  const points = graded.map(result => result.points);
  const max = graded[0]?.max ?? 0;
  const full = graded.filter(result => result.points === result.max).length;
  return markup`<dl class="tiles"><div><dt>graded</dt><dd>${graded.length} <small>of ${graded.length + missing.length}</small></dd></div>
<div><dt>not graded</dt><dd>${missing.length}</dd></div>
${
  graded.length
    ? markup`<div><dt>median score</dt><dd>${numberText(median(points))} <small>of ${numberText(max)}</small></dd></div>
<div><dt>mean score</dt><dd>${numberText(mean(points), 3)} <small>of ${numberText(max)}</small></dd></div>
<div><dt>full marks</dt><dd>${full} <small>${percent(full, graded.length)}</small></dd></div>`
    : undefined
}</dl>`;
}

/** Always said: it decides how far the scores can be trusted. */
function isolationNote(results: readonly SubmissionResult[]): Markup | undefined {
  const open = results.filter(result => result.isolation === 'process').length;
  if (open === 0) return undefined;
  return markup`<section class="note bad" aria-labelledby="isolation"><h2 id="isolation">Graded without a sandbox</h2><p>${counted(open, 'submission')} ran as ordinary processes (<code>--isolation process</code>): hostile code could have read or changed anything that the grader can. Install bubblewrap and grade again before these scores count.</p></section>`;
}

function notGraded(missing: readonly SubmissionResult[], options: ClassPageOptions): Markup {
  return markup`<section class="note" aria-labelledby="missing"><h2 id="missing">${counted(missing.length, 'submission')} not graded</h2>
<div class="scroll" tabindex="0"><table class="roomy"><thead><tr><th scope="col">Learner</th><th scope="col">File</th><th scope="col">Why</th></tr></thead><tbody>
${missing.map(result => markup`<tr><th scope="row">${learnerName(result, options)}</th><td><code>${result.file}</code></td><td>${clip(result.reason, 400).text}</td></tr>`)}</tbody></table></div></section>`;
}

function distribution(graded: readonly SubmissionResult[]): Markup {
  return markup`<section class="card" aria-labelledby="scores"><h2 id="scores">Scores</h2><figure>${scoreHistogram(
    graded.map(result => result.points),
    Math.max(...graded.map(result => result.max), 1),
  )}<figcaption>How many of ${counted(graded.length, 'submission')} got how many points.</figcaption></figure></section>`;
}

function passRates(graded: readonly SubmissionResult[]): Markup {
  const rows = tasksOf(graded).map(({title, task}) => {
    const verdicts = graded.flatMap(result => result.tasks.filter(t => t.task === task).map(t => t.verdict));
    const passed = verdicts.filter(v => v === 'passed').length;
    const rest = [...tally(verdicts.filter(v => v !== 'passed'))].map(([verdict, count]) => `${count} ${verdictWords[verdict].word}`);
    return markup`<li><div class="row"><h3>${title}</h3><strong>${percent(passed, verdicts.length)}</strong></div>${shareBar(verdicts.length ? passed / verdicts.length : 0)}<p>${[`${passed} of ${verdicts.length} passed`, ...rest].join(' · ')}</p></li>`;
  });
  return markup`<section class="card" aria-labelledby="rates"><h2 id="rates">Tasks passed</h2><ul class="rates">${rows}</ul></section>`;
}

interface Mistake {
  readonly task: TaskResult;
  readonly verdict: Verdict;
  readonly message: string;
  readonly checks: Set<string>;
  readonly learners: Set<string>;
}

/** The same message, counted: what to talk about in the next lesson. Code that was lost loses all checks of its task at once, which is one mistake. */
function mistakes(graded: readonly SubmissionResult[]): Markup {
  const found = new Map<string, Mistake>();
  for (const result of graded)
    for (const task of result.tasks)
      for (const {name, verdict, message: whole} of task.checks) {
        if (verdict === 'passed') continue;
        const message = clip(whole.split('\n', 1)[0]!, 300).text;
        const key = JSON.stringify([task.task, verdict, message, verdict === 'failed' ? name : '']);
        const mistake = found.get(key) ?? {task, verdict, message, checks: new Set(), learners: new Set()};
        found.set(key, mistake);
        mistake.checks.add(name);
        mistake.learners.add(result.learner);
      }
  const most = [...found.values()].sort((a, b) => b.learners.size - a.learners.size);
  const shown = most.slice(0, 12);
  return markup`<section class="card" aria-labelledby="mistakes"><h2 id="mistakes">What went wrong most</h2>${
    shown.length === 0
      ? markup`<p>Nothing: every check passed.</p>`
      : markup`<div class="scroll" tabindex="0"><table class="roomy"><thead><tr><th scope="col" class="right">Learners</th><th scope="col">Check</th><th scope="col">Verdict</th><th scope="col">What it said</th></tr></thead><tbody>
${shown.map(({task, verdict, message, checks, learners}) => markup`<tr><td class="right"><strong>${learners.size}</strong></td><th scope="row">${checks.size === 1 ? [...checks] : counted(checks.size, 'check')}<br><span class="hint">${task.title}</span></th><td>${badge(verdict)}</td><td class="message">${message}</td></tr>`)}</tbody></table></div>${most.length > shown.length ? markup`<p class="cut">and ${counted(most.length - shown.length, 'more message')}</p>` : undefined}`
  }</section>`;
}

function margins(graded: readonly SubmissionResult[]): Markup {
  const rows = tasksOf(graded).flatMap(task =>
    task.checks.flatMap(({name}) => {
      const measured = graded.flatMap(result =>
        result.tasks
          .filter(t => t.task === task.task)
          .flatMap(t =>
            t.checks.flatMap(c =>
              c.name === name && c.measurement && c.measurement.comparison !== '=='
                ? [{measurement: c.measurement, passed: c.verdict === 'passed'}]
                : [],
            ),
          ),
      );
      return measured.length
        ? [markup`<li><h3>${name}</h3><p>${task.title} · ${counted(measured.length, 'measurement')}</p>${marginStrip(measured)}</li>`]
        : [];
    }),
  );
  return markup`<section class="card" aria-labelledby="margins"><h2 id="margins">Margins</h2><p class="hint">One sign per submission: a disc passes, a cross misses. Many signs near the threshold mean that it decides too finely. Checks for an exact value have no margin.</p><ul class="rates two">${rows.length ? rows : markup`<li>No check has a margin.</li>`}</ul></section>`;
}

function times(graded: readonly SubmissionResult[]): Markup {
  const seconds = graded.map(result => result.seconds);
  const slowest = [...graded].sort((a, b) => b.seconds - a.seconds).slice(0, 5);
  return markup`<section class="card" aria-labelledby="times"><h2 id="times">Time per submission</h2><div class="pair"><figure>${timeStrip(seconds)}<figcaption>${duration(seconds.reduce((a, b) => a + b, 0))} altogether.</figcaption></figure>
<table><caption>The slowest</caption><tbody>${slowest.map(result => markup`<tr><th scope="row"><bdi>${result.learner}</bdi></th><td class="right">${duration(result.seconds)}</td></tr>`)}</tbody></table></div></section>`;
}

function learners(graded: readonly SubmissionResult[], options: ClassPageOptions): Markup {
  const tasks = tasksOf(graded);
  return markup`<section class="card" aria-labelledby="learners"><h2 id="learners">Learners</h2><div class="scroll" tabindex="0"><table class="roomy"><caption>By name. Signs: ${Object.values(verdictWords).map((v, i) => `${i ? ', ' : ''}${v.sign} ${v.word}`)}</caption>
<thead><tr><th scope="col">Learner</th><th scope="col" class="right">Points</th>${tasks.map(task => markup`<th scope="col" class="middle">${task.title}</th>`)}<th scope="col" class="right">Time</th><th scope="col">Notes</th></tr></thead><tbody>
${graded.map(result => markup`<tr><th scope="row">${learnerName(result, options)}</th><td class="right"><strong>${numberText(result.points)}</strong> of ${numberText(result.max)}</td>${tasks.map(({task}) => verdictCell(result.tasks.find(t => t.task === task)))}<td class="right">${duration(result.seconds)}</td><td class="hint">${result.warnings.length ? counted(result.warnings.length, 'note') : ''}</td></tr>`)}</tbody></table></div></section>`;
}

function verdictCell(task: TaskResult | undefined): Markup {
  if (!task) return markup`<td></td>`;
  const {sign, word, tone} = verdictWords[task.verdict];
  return markup`<td class="middle"><span class="sign ${tone}" role="img" aria-label="${word}" title="${word}">${sign}</span> <span class="hint">${numberText(task.points)}</span></td>`;
}

function learnerName(result: SubmissionResult, {feedbackPath}: ClassPageOptions): Markup {
  const name = markup`<bdi>${result.learner}</bdi>`;
  return feedbackPath ? markup`<a href="${feedbackPath(result).split('/').map(encodeURIComponent).join('/')}">${name}</a>` : name;
}

/** The lesson's tasks, each as the first submission that has it lists it. */
function tasksOf(results: readonly SubmissionResult[]): readonly TaskResult[] {
  const tasks = new Map<string, TaskResult>();
  for (const task of results.flatMap(result => result.tasks)) if (!tasks.has(task.task)) tasks.set(task.task, task);
  return [...tasks.values()];
}

function isolationWords(results: readonly SubmissionResult[]): string {
  const inside = results.filter(result => result.isolation === 'bubblewrap').length;
  if (inside === results.length) return 'every submission ran in a bubblewrap sandbox of its own';
  return `${inside} of ${counted(results.length, 'submission')} ran in a bubblewrap sandbox`;
}

/** The distinct values, in order, behind `before`. */
function each(results: readonly SubmissionResult[], value: (result: SubmissionResult) => string, before = ''): string {
  const values = [...new Set(results.map(value))].sort();
  return values.length ? before + values.join(', ') : '';
}

function tally<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(part: number, whole: number): string {
  return whole ? `${Math.round((100 * part) / whole)}%` : '';
}
