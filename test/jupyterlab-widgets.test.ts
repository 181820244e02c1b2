import type {Locator, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {CourseInBrowser, withoutBrowser} from './course-in-browser.ts';

const minutes = 60_000;
const notebook = 'widgets.ipynb';

const cells = [
  `import {button, checkbox, number, select, slider, text, view} from 'snapgrid/widgets';
import * as Plot from '@observablehq/plot';`,
  `const bits = slider({min: 2, max: 32, value: 8});
view(bits, b => Plot.lineY(Array.from({length: b}, (_, i) => Math.sin(i / 3)), {tip: true}).plot({height: 200, width: 640}));`,
  `const size = number({value: 3, min: 1, max: 9}), scheme = select({options: ['absmax', 'percentile']});
const signed = checkbox(), name = text({value: 'w'}), again = button({label: 'Draw again'});
view([bits, size, scheme, signed, name, again], (...values) => 'All: ' + JSON.stringify(values));`,
  `view(bits, b => { if (b > 30) throw new RangeError('too many bits'); return b; });`,
];

describe.skipIf(withoutBrowser)(`widgets in JupyterLab, in a browser${withoutBrowser}`, {timeout: 5 * minutes}, () => {
  let course: CourseInBrowser;
  let page: Page;

  beforeAll(async () => {
    course = await CourseInBrowser.open('widgets', {[notebook]: JSON.stringify(notebookOf(cells))});
    page = await openPage();
  }, 15 * minutes);

  afterAll(async () => {
    await course?.close();
  });

  let pages = 0;
  async function openPage(): Promise<Page> {
    const opened = await course.page({viewport: {width: 1200, height: 1000}});
    await goTo(opened, `${++pages}`);
    return opened;
  }

  async function goTo(opened: Page, workspace: string): Promise<void> {
    await opened.goto(course.addressOf(notebook, workspace));
    await opened
      .locator('.jp-Notebook .jp-CodeCell')
      .nth(cells.length - 1)
      .waitFor();
    // The notebook's own indicator says idle before there is a kernel.
    await opened.getByText('TypeScript (snapgrid) | Idle').waitFor();
  }

  const idle = (of = page): Promise<void> => of.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').waitFor();
  const cell = (i: number, of = page): Locator => of.locator('.jp-CodeCell').nth(i);
  const live = (i: number, of = page): Locator => cell(i, of).locator('.snapgrid-view');
  const field = (i: number, label: string, of = page): Locator => live(i, of).getByLabel(label, {exact: true});
  /** What of a cell's outputs can be seen beside the live view. */
  const savedSeen = (i: number, of = page): Promise<number> =>
    cell(i, of)
      .locator('.jp-OutputArea-child:visible')
      .filter({hasNot: of.locator('.snapgrid-view')})
      .count();
  const shoot = (name: string, of = page): Promise<Buffer> => of.screenshot({path: course.picture(`widgets-${name}`)});
  /** How many points the drawn line has. */
  const points = async (i: number, of = page): Promise<number> =>
    ((await live(i, of).locator('[aria-label="line"] path').getAttribute('d')) ?? '').split('L').length;

  it('shows live views, and hides the outputs that are saved in their place', async () => {
    await course.menu(page, 'Run', 'Run All Cells');
    await live(3).waitFor();
    expect(await points(1)).toBe(8);
    expect(await live(1).locator('svg').first().boundingBox()).toMatchObject({height: expect.any(Number)});
    for (const i of [1, 2, 3]) expect(await savedSeen(i)).toBe(0);
    await shoot('light');
  });

  it('follows the mouse: the picture changes under a drag', async () => {
    const box = (await field(1, 'bits').boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2);
    await page.mouse.down();
    for (let i = 2; i <= 9; i++) await page.mouse.move(box.x + (box.width * i) / 10, box.y + box.height / 2);
    await page.mouse.up();
    const value = Number(await field(1, 'bits').inputValue());
    expect(value).toBeGreaterThan(24);
    await expect.poll(() => points(1), {timeout: minutes}).toBe(value);
    // Views of the same input in other cells have moved too.
    await live(2).getByText(`All: [${value},`).waitFor();
    expect(await field(3, 'bits').inputValue()).toBe(String(value));
  });

  it('follows the keyboard, through every kind of input', async () => {
    await field(1, 'bits').focus();
    await page.keyboard.press('Home');
    for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => points(1), {timeout: minutes}).toBe(5);
    await field(2, 'bits').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Space');
    await page.keyboard.press('Tab');
    await page.keyboard.type('eights');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await live(2).getByText('All: [5,4,"percentile",true,"eights",1]').waitFor();
  });

  it('shows an error in its place, and the next value after it', async () => {
    await field(3, 'bits').focus();
    await page.keyboard.press('End');
    await live(3).getByRole('alert').getByText('RangeError: too many bits').waitFor();
    await shoot('error');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => live(3).locator('.snapgrid-picture').innerText(), {timeout: minutes}).toBe('30');
    expect(await live(3).getByRole('alert').count()).toBe(0);
  });

  it('stays where it was when its cell runs again', async () => {
    await cell(1).locator('.cm-content').click();
    await page.keyboard.press('Control+Enter');
    await idle();
    await expect.poll(() => points(1), {timeout: minutes}).toBe(30);
    expect(await field(1, 'bits').inputValue()).toBe('30');
    expect(await live(1).count()).toBe(1);
    // Views in other cells still follow it.
    await field(1, 'bits').focus();
    await page.keyboard.press('ArrowLeft');
    await live(2).getByText('All: [29,').waitFor();
    await page.keyboard.press('ArrowRight');
    await live(2).getByText('All: [30,').waitFor();
  });

  it('is there after the page is loaded again while the kernel runs, and works', async () => {
    await page.keyboard.press('Control+s');
    await page.locator('.lm-TabBar-tab.jp-mod-dirty').waitFor({state: 'detached'});
    await page.reload();
    await live(1).waitFor();
    await expect.poll(() => points(1), {timeout: minutes}).toBe(30);
    expect(await savedSeen(1)).toBe(0);
    await field(1, 'bits').focus();
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => points(1), {timeout: minutes}).toBe(29);
  });

  it('shows the same on two pages', async () => {
    const other = await openPage();
    await expect.poll(() => points(1, other), {timeout: minutes}).toBe(29);
    await field(1, 'bits', other).focus();
    await other.keyboard.press('Home');
    await expect.poll(() => points(1, other), {timeout: minutes}).toBe(2);
    await expect.poll(() => points(1), {timeout: minutes}).toBe(2);
    await expect.poll(() => field(1, 'bits').inputValue(), {timeout: minutes}).toBe('2');
    await other.close();
  });

  it('can be read in the dark, and on a narrow page', async () => {
    await course.menu(page, 'Settings', 'Theme', 'JupyterLab Dark');
    try {
      await page.locator('body[data-jp-theme-light="false"]').waitFor({state: 'attached'});
      await field(1, 'bits').focus();
      await page.keyboard.press('End');
      await expect.poll(() => points(1), {timeout: minutes}).toBe(32);
      await shoot('dark');
      await page.setViewportSize({width: 480, height: 1000});
      await page.locator('.lm-TabBar-tab[title^="File Browser"]').click(); // makes room
      await field(2, 'name').scrollIntoViewIfNeeded();
      await shoot('narrow');
      const view = (await live(2).boundingBox())!;
      for (const input of await live(2).locator('input, select, button').all()) {
        const box = (await input.boundingBox())!;
        expect(box.x + box.width).toBeLessThanOrEqual(view.x + view.width + 1);
      }
      await page.setViewportSize({width: 1200, height: 1000});
    } finally {
      await course.menu(page, 'Settings', 'Theme', 'JupyterLab Light');
      await page.locator('body[data-jp-theme-light="true"]').waitFor({state: 'attached'});
    }
  });

  it('is dead, and says so, once the kernel is restarted; its picture is what is left when a fresh page opens', async () => {
    await course.menu(page, 'Kernel', 'Restart Kernel…');
    await page.locator('.jp-Dialog button', {hasText: 'Restart'}).click();
    await page.locator('.snapgrid-view .snapgrid-dead').first().waitFor();
    await shoot('restarted');
    await page.keyboard.press('Control+s');
    await page.locator('.lm-TabBar-tab.jp-mod-dirty').waitFor({state: 'detached'});
    const other = await openPage();
    await expect.poll(() => savedSeen(1, other), {timeout: minutes}).toBeGreaterThanOrEqual(2);
    expect(await live(1, other).count()).toBe(0);
    const picture = cell(1, other).locator('img[src^="data:image/svg+xml"]');
    expect(await picture.evaluate((image: {naturalWidth: number}) => image.naturalWidth)).toBe(640);
    expect(decodeURIComponent((await picture.getAttribute('src'))!)).toContain('aria-label="line"');
    await cell(1, other).getByText('bits = ', {exact: false}).first().waitFor();
    await shoot('without-kernel', other);
    await other.close();
    await course.menu(page, 'Run', 'Run All Cells');
    await expect.poll(() => points(1), {timeout: minutes}).toBe(8);
    expect(await savedSeen(1)).toBe(0);
  });

  it('goes with its output, and its cell may run on', async () => {
    await cell(1).locator('.cm-content').click();
    await course.menu(page, 'Edit', 'Clear Cell Output');
    await live(1).waitFor({state: 'detached'});
    // An input of a cleared view still moves the others.
    await field(3, 'bits').focus();
    await page.keyboard.press('Home');
    await live(2).getByText('All: [2,').waitFor();
    expect(await cell(1).locator('.jp-OutputArea-child').count()).toBe(0);
    await cell(1).locator('.cm-content').click();
    await page.keyboard.press('Control+Enter');
    await expect.poll(() => points(1), {timeout: minutes}).toBe(2);
  });
});

function notebookOf(sources: readonly string[]): object {
  return {
    cells: sources.map((source, i) => ({cell_type: 'code', id: `cell-${i}`, source, metadata: {}, execution_count: null, outputs: []})),
    metadata: {kernelspec: {name: 'snapgrid', display_name: 'TypeScript (snapgrid)', language: 'typescript'}},
    nbformat: 4,
    nbformat_minor: 5,
  };
}
