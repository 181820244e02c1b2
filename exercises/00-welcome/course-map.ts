import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {notebookFolder, type Shown, shown} from '../../checking/notebook.ts';
import {type CourseProgress, readProgress} from '../../checking/progress-file.ts';
import {escapeHtml} from '../../checking/report.ts';

/** What the map says of a lesson. */
export interface MapEntry {
  readonly slug: string;
  readonly title: string;
  readonly minutes: number;
  readonly core: boolean;
  readonly tasks: readonly string[];
}

const folder = notebookFolder();
const [columns, pitch, radius] = [9, 68, 22];
const green = 'var(--jp-success-color1, light-dark(#1a7f37, #56d364))';
const faint = 'var(--jp-border-color2, light-dark(#999, #666))';

/** The lessons of the course, as a picture and a list, with what is done of each, as the checks of all notebooks in this folder have kept it. */
export async function courseMap(): Promise<Shown> {
  // Loaded here: the grader reads this lesson, too, and draws no map.
  const {ownCourse, readLesson} = await import('../build/index.ts');
  const lessons = ownCourse.slugs().map(slug => {
    const {manifest, cells} = readLesson(ownCourse.folder(slug));
    const {title, minutes, core = false} = manifest;
    return {slug, title, minutes, core, tasks: cells.flatMap(cell => cell.task ?? [])};
  });
  return mapOf(lessons, readProgress(folder), slug => existsSync(join(folder, `${slug}.ipynb`)));
}

/** @param isHere whether the lesson's notebook stands beside this one, so that it can be linked */
export function mapOf(lessons: readonly MapEntry[], progress: CourseProgress, isHere: (slug: string) => boolean): Shown {
  const rows = lessons.map(lesson => {
    const done = lesson.tasks.filter(task => progress.get(lesson.slug)?.get(task)?.passed).length;
    const all = lesson.tasks.length;
    const state =
      done === all
        ? {symbol: '✓', word: 'done'}
        : done > 0 || progress.has(lesson.slug)
          ? {symbol: '◐', word: 'begun'}
          : {symbol: '○', word: 'to do'};
    return {...lesson, number: lesson.slug.slice(0, 2), done, all, ...state};
  });
  const finished = rows.filter(row => row.done === row.all).length;
  const hours = (of: readonly MapEntry[]): string => (of.reduce((sum, {minutes}) => sum + minutes, 0) / 60).toFixed(1);
  const core = rows.filter(row => row.core);
  const heading = `${finished} of ${rows.length} lessons done · ${rows.reduce((sum, row) => sum + row.done, 0)} of ${rows.reduce((sum, row) => sum + row.all, 0)} tasks`;
  const note = `● the core path: ${core.length} lessons, about ${hours(core)} hours; all: about ${hours(rows)} hours`;
  const link = (row: (typeof rows)[number]): string =>
    isHere(row.slug) ? `<a href="${encodeURIComponent(row.slug)}.ipynb">${escapeHtml(row.title)}</a>` : escapeHtml(row.title);
  const body = rows.map(
    row =>
      `<tr><td>${row.core ? '<span title="core path">●</span>' : ''}</td><td>${row.number}</td><td style="text-align:left">${link(row)}</td>` +
      `<td>${row.minutes} min</td><td style="text-align:left">${row.symbol} ${row.word}, ${row.done} of ${row.all} tasks</td></tr>`,
  );
  return shown({
    'text/plain': [
      heading,
      ...rows.map(
        row =>
          `  ${row.symbol} ${row.core ? '●' : ' '} ${row.number} ${row.title}: ${row.minutes} min, ${row.word}, ${row.done} of ${row.all} tasks`,
      ),
      note,
    ].join('\n'),
    'text/html':
      `<section aria-label="Map of the course"><p><strong>${heading}</strong></p>${drawing(rows, heading)}<p>${note}</p>` +
      '<table><thead><tr><th></th><th>No.</th><th style="text-align:left">Lesson</th><th>Time</th><th style="text-align:left">Your progress</th></tr></thead>' +
      `<tbody>${body.join('')}</tbody></table></section>`,
  });
}

/** A path of circles, one a lesson: the core path has the strong rims, what is done is filled and ticked, what is begun is filled as far. */
function drawing(
  rows: readonly {readonly number: string; readonly core: boolean; readonly done: number; readonly all: number}[],
  label: string,
): string {
  const place = (i: number): {x: number; y: number} => {
    const line = Math.floor(i / columns);
    // Like an ox with a plough: every second line goes back.
    const column = line % 2 === 0 ? i % columns : columns - 1 - (i % columns);
    return {x: pitch / 2 + column * pitch, y: pitch / 2 + line * pitch};
  };
  const path = rows.map((_, i) => `${i === 0 ? 'M' : 'L'}${place(i).x} ${place(i).y}`).join('');
  const stations = rows.map(({number, core, done, all}, i) => {
    const {x, y} = place(i);
    const level = 2 * radius * (all === 0 ? 0 : done / all);
    const fill =
      done === 0
        ? ''
        : `<clipPath id="snapgrid-map-${i}"><rect x="${x - radius}" y="${y + radius - level}" width="${2 * radius}" height="${level}"/></clipPath>` +
          `<circle cx="${x}" cy="${y}" r="${radius}" fill="${green}" fill-opacity=".45" clip-path="url(#snapgrid-map-${i})"/>`;
    return (
      `<circle cx="${x}" cy="${y}" r="${radius}" fill="var(--jp-layout-color0, Canvas)"/>${fill}` +
      `<circle cx="${x}" cy="${y}" r="${radius}" fill="none" stroke="${core ? 'currentColor' : faint}" stroke-width="${core ? 3 : 1.5}"/>` +
      `<text x="${x}" y="${y + 5}" text-anchor="middle" fill="currentColor"${core ? ' font-weight="700"' : ''}>${number}${done === all ? '✓' : ''}</text>`
    );
  });
  const width = columns * pitch;
  const height = Math.ceil(rows.length / columns) * pitch;
  return (
    `<svg role="img" aria-label="${escapeHtml(label)}: each lesson is a circle, those of the core path have a strong rim" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" ` +
    `style="max-width:100%;height:auto;display:block;font:16px system-ui,sans-serif"><path d="${path}" fill="none" stroke="${faint}" stroke-width="2"/>${stations.join('')}</svg>`
  );
}
