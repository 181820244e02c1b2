import {existsSync} from 'node:fs';
import {pathToFileURL} from 'node:url';
import type {Locator, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {notebookText} from '../exercises/build/index.ts';
import {CourseInBrowser, withoutBrowser} from './course-in-browser.ts';
import {nbconvert, solvedLesson} from './solved-lesson.ts';

const minutes = 60_000;
const onCpu = {SNAPGRID_BACKEND: 'cpu'};

/** What of a page's globals is used here: the project is compiled without its types. */
interface Styles {
  getComputedStyle(element: unknown): {getPropertyValue(name: string): string};
}

const slugs = {
  welcome: '00-welcome',
  calculator: '01-why-quantization-matters',
  explorer: '03-snap-to-the-grid',
  serving: '25-serving-plan',
};

describe.skipIf(withoutBrowser)(`the lessons' widgets, in a browser${withoutBrowser}`, {timeout: 5 * minutes}, () => {
  let course: CourseInBrowser;
  let page: Page;

  beforeAll(async () => {
    const solved = Object.values(slugs).map(slug => {
      const text = notebookText(solvedLesson(slug));
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
    await course.runAll(page);
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

  it('shows on the map of the course what another notebook has done, and opens a lesson from it', async () => {
    await page.goto(course.addressOf(`${slugs.welcome}.ipynb`, 'welcome'));
    await course.runAll(page);
    const map = page.locator('section[aria-label="Map of the course"]:visible');
    await scrollTo(map);
    await map.getByText(/^2 of \d+ lessons done/).waitFor();
    const row = map.locator('tr', {hasText: 'Snap to the grid'});
    expect(await row.innerText()).toMatch(/●\s+03\s+Snap to the grid\s+\d+ min\s+✓ done, 4 of 4 tasks/);
    await shoot('map');
    await row.getByRole('link').click();
    await page.locator('.lm-TabBar-tab.lm-mod-current', {hasText: slugs.explorer}).waitFor();
  });

  it('calculates for the model, the bits and the bandwidth that are chosen, in JupyterLab', async () => {
    await page.goto(course.addressOf(`${slugs.calculator}.ipynb`, 'calculator'));
    await course.runAll(page);
    const live = page.locator('.snapgrid-view:visible').first();
    await scrollTo(live);
    await live.getByText('280 GB · 140 ms to read once · at most 7.14 tokens/s').waitFor();
    await live.getByRole('combobox', {name: 'bits'}).selectOption('int4: 4 bits');
    await live.getByText('35 GB · 17.5 ms to read once · at most 57.1 tokens/s · 8× float32').waitFor();
    await live.getByRole('combobox', {name: 'model'}).selectOption('7B');
    await live.getByText('3.5 GB · 1.75 ms to read once').waitFor();
    expect(await live.innerText()).toContain('✓ fits in a 16 GB laptop');
    await shoot('calculator-light');
  });

  it('plans the memory of each card, and chooses by keyboard what is cheapest, in JupyterLab', async () => {
    await page.goto(course.addressOf(`${slugs.serving}.ipynb`, 'serving'));
    await course.runAll(page);
    const plan = page.locator('.snapgrid-view:visible', {hasText: 'KV cache'}).first();
    await scrollTo(plan);
    await plan.getByText('✓ fits: 78.9 of 80 GB on each GPU').waitFor();
    await plan.getByRole('combobox', {name: 'users'}).selectOption('8');
    await plan.getByText('✗ does not fit: 81.2 GB for each GPU of 80 GB').waitFor();
    await plan.getByRole('combobox', {name: 'weights'}).selectOption('4 bits');
    await plan.getByText('✓ 30 can be reached').waitFor();
    expect(await plan.innerText()).toContain('largest batch: 155 users');
    await shoot('planner-light');
    const choice = page.locator('.snapgrid-view:visible', {hasText: 'requests a day'}).first();
    await scrollTo(choice);
    await choice.getByText('▶ small model, INT8: $300 a month, 300 missed answers a day').waitFor();
    await choice.getByLabel('right, at least %', {exact: true}).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await choice.getByText('▶ small model, INT4: $150 a month').waitFor();
    await page.keyboard.press('End');
    await choice.getByText('✗ no option meets everything').waitFor();
    await shoot('chooser-light');
  });

  describe('saved as HTML, without a kernel', () => {
    const opened = async (
      slug: string,
      options: Parameters<CourseInBrowser['page']>[0],
      theme: 'light' | 'dark' = 'light',
    ): Promise<Page> => {
      const html = await savedPage(slug, theme);
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
      const saved = await opened(slugs.explorer, {viewport: {width: 400, height: 800}}, 'dark');
      const book = saved.locator('[id^="snapgrid-flipbook-"]').first();
      await book.scrollIntoViewIfNeeded();
      const box = (await book.locator('svg').first().boundingBox())!;
      expect(box.x + box.width).toBeLessThanOrEqual(400);
      // Its words are light where the page is dark.
      const [paper, ink] = await Promise.all([brightness(saved.locator('body'), 'background-color'), brightness(book, 'color')]);
      expect(paper).toBeLessThan(60);
      expect(ink).toBeGreaterThan(180);
      await shoot('explorer-saved-narrow-dark', saved);
      await saved.close();
    });

    it('the calculator still calculates, for every combination of its three lists', async () => {
      const saved = await opened(slugs.calculator, {viewport: {width: 1000, height: 900}});
      const book = saved.locator('[id^="snapgrid-flipbook-"]').first();
      await book.getByText('280 GB · 140 ms to read once').waitFor();
      await book.getByLabel('bits', {exact: true}).selectOption('int4: 4 bits');
      await book.getByText('35 GB · 17.5 ms to read once · at most 57.1 tokens/s · 8× float32').waitFor();
      await book.getByLabel('model', {exact: true}).selectOption('405B');
      await book.getByLabel('bandwidth', {exact: true}).selectOption('data-centre card, 2000 GB/s');
      expect(await book.innerText()).toMatch(/203 GB · 101 ms to read once[^]*✗ too large for an 80 GB data-centre card/);
      await shoot('calculator-saved', saved);
      await saved.close();
    });

    it('the serving planner and the cost chooser still move, on a narrow page and in the dark', async () => {
      const saved = await opened(slugs.serving, {viewport: {width: 400, height: 900}}, 'dark');
      const [plan, choice] = ['KV cache', 'requests a day'].map(label =>
        saved.locator('[id^="snapgrid-flipbook-"]', {hasText: label}).first(),
      ) as [Locator, Locator];
      await plan.getByLabel('card', {exact: true}).selectOption('RTX 4090, 24 GB');
      await plan.getByLabel('weights', {exact: true}).selectOption('4 bits');
      await plan.getByText('✓ fits: 22.6 of 24 GB on each GPU').waitFor();
      await plan.getByLabel('cards', {exact: true}).selectOption('1');
      await plan.getByText('✗ does not fit').waitFor();
      await plan.scrollIntoViewIfNeeded();
      await shoot('planner-saved-narrow-dark', saved);
      await choice.getByLabel('right, at least %', {exact: true}).focus();
      await saved.keyboard.press('ArrowRight');
      await choice.getByText('▶ small model, FP16: $600 a month').waitFor();
      expect(await brightness(choice, 'color')).toBeGreaterThan(180);
      await shoot('chooser-saved-narrow-dark', saved);
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

  /** Red, green and blue of a colour on the page, on the average: 0 to 255. */
  async function brightness(of: Locator, property: string): Promise<number> {
    const colour = await of.evaluate(
      (element, name) => (globalThis as unknown as Styles).getComputedStyle(element).getPropertyValue(name),
      property,
    );
    const [red = 0, green = 0, blue = 0] = (colour.match(/[\d.]+/g) ?? []).map(Number);
    return (red + green + blue) / 3;
  }

  /** The notebook, run by nbconvert and saved as a page: what a learner would send to somebody without Jupyter. */
  async function savedPage(slug: string, theme: 'light' | 'dark'): Promise<string> {
    const ran = course.path(`${slug}-ran.ipynb`);
    const page = course.path(`${slug}-${theme}.html`);
    if (!existsSync(ran)) await nbconvert(['--execute', '--to', 'notebook', '--output', ran, course.path(`${slug}.ipynb`)], onCpu);
    await nbconvert(['--to', 'html', `--HTMLExporter.theme=${theme}`, '--output', page, ran], onCpu);
    return page;
  }
});
