import type {TaskResult} from '../../checking/types.ts';
import type {Grade, GradedLearner} from '../gradebook/grades.ts';
import type {SubmissionResult} from '../results.ts';
import type {ClassFigures, TaskFigures} from './class-figures.ts';
import {frontPicture} from './front.ts';
import {lateWords, scoreNow} from './lateness.ts';
import {clip, type Markup, markup} from './markup.ts';
import {counted, duration, numberText} from './numbers.ts';
import {pageFrame} from './page.ts';
import {marginStrip, scoreHistogram, shareBar, timeStrip} from './picture.ts';
import {medianOf, sumOf} from './tally.ts';
import {badge, verdictWords} from './verdicts.ts';

/** The learners of a class by name, read anew each time that they are asked for. */
export type ReadClass = () => AsyncIterable<GradedLearner> | Iterable<GradedLearner>;

export interface ClassPageOptions {
  /** Where a learner's feedback lies, relative to this page; no link without it. */
  readonly feedbackPath?: (learner: string) => string;
}

/** The instructor's page, piece by piece: how the class did, what went wrong most, how close to the thresholds, and every learner. `figures` are of the same class. */
export async function* classPage(
  read: ReadClass,
  figures: ClassFigures,
  lesson: {readonly title: string; readonly slug: string},
  options: ClassPageOptions = {},
): AsyncGenerator<string> {
  const {top, bottom} = pageFrame({
    title: `${lesson.title}: the class`,
    banner: markup`<div><p class="over">Class report</p><h1>${lesson.title}</h1></div>`,
    footer: markup`<p>Lesson <code>${lesson.slug}</code>${each(figures.lessonVersions, ', version ')} · backend ${each(figures.backends)} · ${isolationWords(figures)} · snapgrid ${each(figures.graderVersions)}</p>
<p>Figures are of what was measured, before lateness and decisions. A submission that was not graded has no score. It is not a 0, and it is in none of these figures.</p>`,
  });
  yield top;
  yield markup`${[tiles(figures), isolationNote(figures)]}`.text;
  if (figures.notGraded) yield* notGraded(read, figures, options);
  if (figures.missing) yield* missing(read, figures);
  if (figures.graded) {
    yield markup`<div class="pair">${distribution(figures)}${passRates(figures)}</div>${[mistakes(figures), margins(figures), fronts(figures), times(figures)]}`
      .text;
    yield* learners(read, figures, options);
  }
  yield bottom;
}

function tiles({graded, notGraded, missing, fullMarks, points, max}: ClassFigures): Markup {
  return markup`<dl class="tiles"><div><dt>graded</dt><dd>${graded} <small>of ${graded + notGraded}</small></dd></div>
<div><dt>not graded</dt><dd>${notGraded}</dd></div>
${missing ? markup`<div><dt>handed in nothing</dt><dd>${missing}</dd></div>` : undefined}
${
  graded
    ? markup`<div><dt>median score</dt><dd>${numberText(medianOf(points))} <small>of ${numberText(max)}</small></dd></div>
<div><dt>mean score</dt><dd>${numberText(sumOf(points) / graded, 3)} <small>of ${numberText(max)}</small></dd></div>
<div><dt>full marks</dt><dd>${fullMarks} <small>${percent(fullMarks, graded)}</small></dd></div>`
    : undefined
}</dl>`;
}

/** Always said: it decides how far the scores can be trusted. */
function isolationNote({isolation}: ClassFigures): Markup | undefined {
  const open = isolation.of('process');
  if (open === 0) return undefined;
  return markup`<section class="note bad" aria-labelledby="isolation"><h2 id="isolation">Graded without a sandbox</h2><p>${counted(open, 'submission')} ran as ordinary processes (<code>--isolation process</code>): hostile code could have read or changed anything that the grader can. Install bubblewrap and grade again before these scores count.</p></section>`;
}

async function* notGraded(read: ReadClass, figures: ClassFigures, options: ClassPageOptions): AsyncGenerator<string> {
  yield markup`<section class="note" aria-labelledby="ungraded"><h2 id="ungraded">${counted(figures.notGraded, 'submission')} not graded</h2>
<div class="scroll" tabindex="0"><table><thead><tr><th scope="col">Learner</th><th scope="col">Why</th></tr></thead><tbody>
`.text;
  for await (const {grade, result} of read())
    if (grade.status !== 'missing' && result?.status !== 'graded')
      yield markup`<tr><th scope="row">${learnerName(grade, options)}</th><td class="reason">${clip(grade.reason || result?.reason || '', 400).text}<br><code>${grade.attempt?.file}</code></td></tr>`
        .text;
  yield '</tbody></table></div></section>';
}

async function* missing(read: ReadClass, figures: ClassFigures): AsyncGenerator<string> {
  yield markup`<section class="note" aria-labelledby="missing"><h2 id="missing">${figures.missing} of the roster handed in nothing</h2><ul class="names">`
    .text;
  for await (const {grade} of read())
    if (grade.status === 'missing')
      yield markup`<li><bdi>${grade.learner}</bdi>${fullName(grade)}${grade.override ? ', set by an instructor' : ''}</li>`.text;
  yield '</ul></section>';
}

function distribution({graded, points, max}: ClassFigures): Markup {
  return markup`<section class="card" aria-labelledby="scores"><h2 id="scores">Scores</h2><figure>${scoreHistogram(
    points,
    Math.max(max, 1),
  )}<figcaption>How many of ${counted(graded, 'submission')} got how many points.</figcaption></figure></section>`;
}

function passRates({tasks}: ClassFigures): Markup {
  const rows = [...tasks.values()].map(({title, verdicts}) => {
    const passed = verdicts.of('passed');
    const {total} = verdicts;
    const rest = [...verdicts.counts].filter(([verdict]) => verdict !== 'passed');
    const words = [`${passed} of ${total} passed`, ...rest.map(([verdict, count]) => `${count} ${verdictWords[verdict].word}`)];
    return markup`<li><div class="row"><h3>${title}</h3><strong>${percent(passed, total)}</strong></div>${shareBar(total ? passed / total : 0)}<p>${words.join(' · ')}</p></li>`;
  });
  return markup`<section class="card" aria-labelledby="rates"><h2 id="rates">Tasks passed</h2><ul class="rates">${rows}</ul></section>`;
}

/** The same message, counted: what to talk about in the next lesson. */
function mistakes({mistakes: found, tasks, uncountedMistakes}: ClassFigures): Markup {
  const most = [...found.values()].sort((a, b) => b.learners - a.learners);
  const shown = most.slice(0, 12);
  const more = most.length - shown.length + uncountedMistakes;
  return markup`<section class="card" aria-labelledby="mistakes"><h2 id="mistakes">What went wrong most</h2>${
    shown.length === 0
      ? markup`<p>Nothing: every check passed.</p>`
      : markup`<div class="scroll" tabindex="0"><table class="roomy"><thead><tr><th scope="col" class="right">Learners</th><th scope="col">Check</th><th scope="col">Verdict</th><th scope="col">What it said</th></tr></thead><tbody>
${shown.map(({task, verdict, message, checks, learners}) => markup`<tr><td class="right"><strong>${learners}</strong></td><th scope="row">${checks.size === 1 ? [...checks] : counted(checks.size, 'check')}<br><span class="hint">${tasks.get(task)?.title}</span></th><td>${badge(verdict)}</td><td class="message">${message}</td></tr>`)}</tbody></table></div>${more ? markup`<p class="cut">and ${counted(more, 'more message')}</p>` : undefined}`
  }</section>`;
}

function margins({tasks}: ClassFigures): Markup {
  const rows = [...tasks.values()].flatMap(({title, margins}) =>
    [...margins].map(
      ([name, figures]) =>
        markup`<li><h3>${name}</h3><p>${title} · ${counted(figures.passes + figures.misses, 'measurement')}</p>${marginStrip(figures)}</li>`,
    ),
  );
  return markup`<section class="card" aria-labelledby="margins"><h2 id="margins">Margins</h2><p class="hint">One sign per submission, five at most on top of each other: a disc passes, a cross misses. Many signs near the threshold mean that it decides too finely. Checks for an exact value have no margin.</p><ul class="rates two">${rows.length ? rows : markup`<li>No check has a margin.</li>`}</ul></section>`;
}

/** Who reached what at the least cost: there is no single best. */
function fronts({tasks}: ClassFigures): Markup[] {
  return [...tasks.values()].flatMap(({task, title, fronts}) =>
    [...fronts.values()].map(
      (
        figures,
        i,
      ) => markup`<section class="card" aria-labelledby="${`front-${task}-${i}`}"><h2 id="${`front-${task}-${i}`}">Leaderboard: ${title}</h2><div class="pair"><figure>${frontPicture(figures)}<figcaption>${counted(figures.total, 'measurement')}. The line joins what nobody beats at its cost; top left is best.</figcaption></figure>
<div class="scroll" tabindex="0"><table><caption>Nobody beats</caption><thead><tr><th scope="col">Learner</th><th scope="col" class="right">${figures.costUnit}</th><th scope="col" class="right">${figures.unit}</th></tr></thead><tbody>
${figures.front.map(({cost, measured, learners, count}) => markup`<tr><th scope="row"><bdi>${learners.join(', ')}</bdi>${count > learners.length ? ` and ${count - learners.length} more` : ''}</th><td class="right">${numberText(cost)}</td><td class="right">${numberText(measured, 3)}</td></tr>`)}</tbody></table></div></div></section>`,
    ),
  );
}

function times({seconds, slowest}: ClassFigures): Markup {
  return markup`<section class="card" aria-labelledby="times"><h2 id="times">Time per submission</h2><div class="pair"><figure>${timeStrip(seconds)}<figcaption>${duration(sumOf(seconds))} altogether.</figcaption></figure>
<table><caption>The slowest</caption><tbody>${slowest.map(({learner, seconds: s}) => markup`<tr><th scope="row"><bdi>${learner}</bdi></th><td class="right">${duration(s)}</td></tr>`)}</tbody></table></div></section>`;
}

async function* learners(read: ReadClass, figures: ClassFigures, options: ClassPageOptions): AsyncGenerator<string> {
  const tasks = [...figures.tasks.values()];
  yield markup`<section class="card" aria-labelledby="learners"><h2 id="learners">Learners</h2><p class="hint">By name. Signs: ${Object.values(verdictWords).map((v, i) => `${i ? ', ' : ''}${v.sign} ${v.word}`)}.</p><div class="scroll" tabindex="0"><table class="roomy" aria-labelledby="learners">
<thead><tr><th scope="col">Learner</th><th scope="col" class="right">Points</th>${tasks.map(task => markup`<th scope="col" class="middle">${task.title}</th>`)}<th scope="col" class="right">Time</th><th scope="col">Notes</th></tr></thead><tbody>
`.text;
  for await (const learner of read())
    if (learner.result?.status === 'graded') yield learnerRow(learner.result, learner, tasks, options).text;
  yield '</tbody></table></div></section>';
}

function learnerRow(result: SubmissionResult, {grade}: GradedLearner, tasks: readonly TaskFigures[], options: ClassPageOptions): Markup {
  const notes = [
    ...(result.warnings.length ? [counted(result.warnings.length, 'note')] : []),
    ...lateWords(grade),
    ...(grade.override ? ['set by an instructor'] : []),
  ];
  const now = scoreNow(grade, result);
  return markup`<tr><th scope="row">${learnerName(grade, options)}</th><td class="right"><strong>${numberText(result.points)}</strong> of ${numberText(result.max)}${now && markup`<br><span class="hint">counts: ${now}</span>`}</td>${tasks.map(({task}) => verdictCell(result.tasks.find(t => t.task === task)))}<td class="right">${duration(result.seconds)}</td><td class="hint">${notes.join('; ')}</td></tr>`;
}

function verdictCell(task: TaskResult | undefined): Markup {
  if (!task) return markup`<td></td>`;
  const {sign, word, tone} = verdictWords[task.verdict];
  return markup`<td class="middle"><span class="sign ${tone}" role="img" aria-label="${word}" title="${word}">${sign}</span> <span class="hint">${numberText(task.points)}</span></td>`;
}

/** As submissions name the learner, and as the roster does. */
function learnerName(grade: Grade, {feedbackPath}: ClassPageOptions): Markup {
  const id = markup`<bdi>${grade.learner}</bdi>`;
  const link = feedbackPath ? markup`<a href="${feedbackPath(grade.learner).split('/').map(encodeURIComponent).join('/')}">${id}</a>` : id;
  return markup`${link}${fullName(grade)}`;
}

function fullName({student}: Grade): Markup | undefined {
  const name = student ? `${student.firstName} ${student.lastName}`.trim() : '';
  return name ? markup` <span class="hint name">${name}</span>` : undefined;
}

function isolationWords({isolation}: ClassFigures): string {
  const inside = isolation.of('bubblewrap');
  if (inside === isolation.total) return 'every submission ran in a bubblewrap sandbox of its own';
  return `${inside} of ${counted(isolation.total, 'submission')} ran in a bubblewrap sandbox`;
}

/** In order, behind `before`. */
function each(values: ReadonlySet<string>, before = ''): string {
  return values.size ? before + [...values].sort().join(', ') : '';
}

function percent(part: number, whole: number): string {
  return whole ? `${Math.round((100 * part) / whole)}%` : '';
}
