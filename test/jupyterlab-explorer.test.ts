import {execFile} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import {promisify} from 'node:util';
import type {Locator, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {jupyterEnvironment} from '../cli/setup/jupyter.ts';
import {venvPython} from '../cli/setup/python.ts';
import {notebookText, ownCourse, readLesson, solvedNotebook} from '../exercises/build/index.ts';
import {CourseInBrowser, withoutBrowser} from './course-in-browser.ts';

const minutes = 60_000;
const slugs = {explorer: '03-snap-to-the-grid'};

describe.skipIf(withoutBrowser)(`the lessons' widgets, in a browser${withoutBrowser}`, {timeout: 5 * minutes}, () => {
  let course: CourseInBrowser;
  let page: Page;

  beforeAll(async () => {
    const solved = Object.values(slugs).map(slug => {
      const text = notebookText(solvedNotebook(readLesson(ownCourse.folder(slug)), ownCourse.solutions(slug).answers.source));
      return [`${slug}.ipynb`, text] as const;
    });
    course = await CourseInBrowser.open('explorer', Object.fromEntries(solved));
    page = await course.page({viewport: {width: 1100, height: 1000}});
  }, 15 * minutes);

  afterAll(async () => {
    await course?.close();
  });

  const shoot = (name: string, of = page): Promise<Buffer> => of.screenshot({path: course.picture(name)});
  const words = (view: Locator): Promise<string> => view.locator('strong').first().innerText();

  it('snaps the explorer to what the mouse says, in JupyterLab', async () => {
    await page.goto(course.addressOf(`${slugs.explorer}.ipynb`, 'explorer'));
    await page.getByText('TypeScript (snapgrid) | Idle').waitFor();
    await menu('Run', 'Run All Cells');
    const live = page.locator('.snapgrid-view').first();
    await scrollTo(live);
    await live.getByText('8-bit standard').waitFor();
    const before = await live.locator('svg').first().innerHTML();
    const box = (await live.getByLabel('bits', {exact: true}).boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2);
    await page.mouse.down();
    for (let i = 9; i >= 0; i--) await page.mouse.move(box.x + (box.width * i) / 50 + 1, box.y + box.height / 2);
    await page.mouse.up();
    await expect.poll(() => words(live), {timeout: minutes}).toBe('2-bit extreme');
    expect(await live.innerText()).toContain('4 levels');
    expect(await live.locator('svg').first().innerHTML()).not.toBe(before);
    // Two bits have four lines: the values stand on four places.
    expect(await places(live)).toBe(4);
    await shoot('explorer-light');
    await page.keyboard.press('End');
    await expect.poll(() => words(live), {timeout: minutes}).toContain('32-bit baseline');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => words(live), {timeout: minutes}).toContain('31-bit');
  });

  describe('saved as HTML, without a kernel', () => {
    const opened = async (slug: string, options: Parameters<CourseInBrowser['page']>[0]): Promise<Page> => {
      const html = await savedPage(slug);
      const saved = await course.page({...options, offline: true});
      await saved.goto(pathToFileURL(html).href);
      return saved;
    };

    it('the explorer still moves, by keyboard', async () => {
      const saved = await opened(slugs.explorer, {viewport: {width: 1000, height: 900}});
      const book = saved.locator('[id^="snapgrid-flipbook-"]').first();
      await book.scrollIntoViewIfNeeded();
      expect(await words(book)).toContain('8-bit standard');
      await book.getByLabel('bits', {exact: true}).focus();
      for (const name of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await saved.keyboard.press(name);
      expect(await words(book)).toContain('4-bit');
      expect(await book.locator('output').innerText()).toBe('4');
      expect(await book.getByLabel('bits', {exact: true}).getAttribute('aria-valuetext')).toBe('4');
      await shoot('explorer-saved', saved);
      await saved.keyboard.press('Home');
      expect(await places(book)).toBe(4);
      // The last page of the book is the best: nothing moves.
      await saved.keyboard.press('End');
      expect(await words(book)).toContain('32-bit baseline');
      await saved.close();
    });

    it('the explorer can be read on a narrow page, and in the dark', async () => {
      const saved = await opened(slugs.explorer, {viewport: {width: 400, height: 800}, colorScheme: 'dark'});
      const book = saved.locator('[id^="snapgrid-flipbook-"]').first();
      await book.scrollIntoViewIfNeeded();
      const box = (await book.locator('svg').first().boundingBox())!;
      expect(box.x + box.width).toBeLessThanOrEqual(400);
      await shoot('explorer-saved-narrow', saved);
      await saved.close();
    });
  });

  /** How many places the values of the number line land on. */
  async function places(view: Locator): Promise<number> {
    const xs = await view
      .locator('svg')
      .first()
      .locator('circle')
      .evaluateAll((all: {getAttribute(name: string): string | null}[]) =>
        all.flatMap((circle, i) => (i % 2 ? [circle.getAttribute('cx')] : [])),
      );
    return new Set(xs).size;
  }

  async function menu(...names: string[]): Promise<void> {
    await page.locator('.lm-MenuBar-item', {hasText: new RegExp(`^${names[0]}$`)}).click();
    for (const name of names.slice(1))
      await page
        .locator('.lm-Menu-item:visible', {hasText: new RegExp(`^${name}`)})
        .first()
        .click();
  }

  /** JupyterLab keeps only cells near the window in the page. */
  async function scrollTo(element: Locator): Promise<void> {
    const notebook = (await page.locator('.jp-Notebook:visible').boundingBox())!;
    await page.mouse.move(notebook.x + notebook.width / 2, notebook.y + notebook.height / 2);
    for (let step = 0; step < 300 && !(await element.isVisible()); step++) {
      await page.mouse.wheel(0, step % 60 === 59 ? -100_000 : 300);
      await page.waitForTimeout(50);
    }
    await element.scrollIntoViewIfNeeded();
  }

  /** The notebook, run by nbconvert and saved as a page: what a learner would send to somebody without Jupyter. */
  async function savedPage(slug: string): Promise<string> {
    const file = course.path(`${slug}.html`);
    const source = course.path(`${slug}-saved.ipynb`);
    writeFileSync(source, readFileSync(course.path(`${slug}.ipynb`)));
    await promisify(execFile)(venvPython, ['-m', 'jupyter', 'nbconvert', '--execute', '--to', 'html', '--output', file, source], {
      env: {...process.env, ...jupyterEnvironment(), SNAPGRID_BACKEND: 'cpu'},
    });
    return file;
  }
});
