import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Locator, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {answerPieces, ownCourse, readLesson} from '../exercises/build/index.ts';
import {CourseInBrowser, withoutBrowser} from './course-in-browser.ts';

const slug = '04-int8-from-scratch';
const minutes = 60_000;

describe.skipIf(withoutBrowser)(`JupyterLab in a browser${withoutBrowser}`, {timeout: 5 * minutes}, () => {
  let course: CourseInBrowser;
  let page: Page;

  beforeAll(async () => {
    course = await CourseInBrowser.open('lesson', {[`${slug}.ipynb`]: readFileSync(join(ownCourse.notebooks, `${slug}.ipynb`), 'utf8')});
    page = await course.page({viewport: {width: 1360, height: 900}, deviceScaleFactor: 1.5});
  }, 15 * minutes);

  afterAll(async () => {
    await course?.close();
  });

  const cell = (text: string): Locator => page.locator('.jp-CodeCell:visible').filter({has: page.locator('.cm-content', {hasText: text})});
  const output = (text: string): Locator => cell(text).locator('.jp-OutputArea-output');
  const idle = (): Promise<void> => page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]:visible').waitFor();
  const shoot = (name: string): Promise<Buffer> => page.screenshot({path: course.picture(name)});
  /** Gives the cell the keyboard, seen to have it: a click on what is still moving reaches another cell, or none. */
  const focus = async (into: Locator): Promise<void> => {
    const focused = into.locator('.cm-editor.cm-focused');
    for (let attempt = 1; attempt <= 10 && !(await focused.isVisible()); attempt++) {
      await into.locator('.cm-content').click();
      await focused.waitFor({timeout: 5000}).catch(() => undefined);
    }
    await focused.waitFor();
  };
  /** Puts the code in place of the cell's, seen to stand there. */
  const type = async (into: Locator, code: string): Promise<void> => {
    const longest = code.split('\n').reduce((a, b) => (b.length > a.length ? b : a));
    const written = page.locator('.jp-CodeCell:visible .cm-editor.cm-focused .cm-content', {hasText: longest.trim()});
    for (let attempt = 1; attempt <= 10 && !(await written.isVisible()); attempt++) {
      await focus(into);
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(code);
      await written.waitFor({timeout: 5000}).catch(() => undefined);
    }
    await written.waitFor();
  };

  it('opens the first lesson at the address that npm start prints, and asks and changes nothing', async () => {
    await page.goto(course.server.address.href);
    await notebookOpens();
    await cell("from 'snapgrid/exercises/00-welcome'").first().waitFor();
    expect(await page.locator('.jp-Dialog').count()).toBe(0);
    // Looking at a lesson changes nothing in its file.
    expect(await page.locator('.lm-TabBar-tab.jp-mod-dirty').count()).toBe(0);
  });

  it("has the kernel's tile in the launcher: a notebook from it runs a cell", async () => {
    await page.locator('.jp-DirListing-item', {hasText: course.folder}).dblclick();
    await page.locator('.jp-BreadCrumbs-item', {hasText: course.folder}).waitFor();
    await page.locator('[data-command="launcher:create"]').first().click();
    const launcher = page.locator('.jp-Launcher:visible');
    const tiles = launcher.locator('.jp-LauncherCard', {hasText: 'TypeScript (snapgrid)'});
    const tile = tiles.and(launcher.locator('[data-category="Notebook"]'));
    await tile.waitFor();
    // Its logo is served and is a picture.
    expect(await tile.locator('img').evaluate((image: {naturalWidth: number}) => image.naturalWidth)).toBeGreaterThan(0);
    await shoot('launcher');
    await tile.click();
    await notebookOpens();
    await type(page.locator('.jp-CodeCell:visible'), 'const six: number = 6; six * 7');
    await page.keyboard.press('Shift+Enter');
    await output('six * 7').getByText('42', {exact: true}).waitFor();
  });

  it('opens the lesson from the file browser, with our kernel', async () => {
    await page.locator('.jp-DirListing-item', {hasText: slug}).dblclick();
    await cell('histogram(bellShaped').first().waitFor({state: 'attached'});
    await notebookOpens();
    expect(await page.locator('.jp-Dialog').count()).toBe(0);
  });

  it('runs it: a plot appears, and the stub fails with its hint', async () => {
    await course.menu(page, 'Run', 'Run All Cells');
    await find(output("await check('quantizeInt8')"));
    await output("await check('quantizeInt8')").getByText('quantizeInt8 is not written yet').first().waitFor();
    // Cells after the failed one were aborted: the kernel is not left looking busy.
    await idle();
    await shoot('stub');
    await find(output('histogram(bellShaped').locator('svg'));
    const box = await output('histogram(bellShaped').locator('svg').first().boundingBox();
    expect(box!.width).toBeGreaterThan(300);
    await shoot('plot');
    // Type errors are shown beside a cell; a lesson has none.
    expect(await cell('histogram(bellShaped').locator('[data-mime-type="application/vnd.jupyter.stderr"]').allInnerTexts()).toEqual([]);
  });

  it('sees the check pass once the solution is typed', async () => {
    const lesson = readLesson(ownCourse.folder(slug));
    const answers = answerPieces(lesson, ownCourse.solutions(slug).answers.source);
    const stub = cell('function quantizeInt8(x: tf.Tensor): Quantized');
    await find(stub);
    await type(stub, answers.get('quantizeInt8')!);
    await page.keyboard.press('Shift+Enter');
    await idle();
    const check = cell("await check('quantizeInt8')");
    await find(check);
    await focus(check);
    await page.keyboard.press('Shift+Enter');
    // Beside it the kernel may say on stderr which tensors the answer left.
    const passed = output("await check('quantizeInt8')").and(page.locator('[data-mime-type="text/html"]'));
    await find(passed.getByText('passed'));
    expect(await passed.innerText()).not.toContain('not written yet');
    await find(passed);
    await shoot('passed');
  });

  it('shows a tensor with its shape and values', async () => {
    const stub = cell('const quantized = quantizeInt8(bellShaped)');
    await find(stub);
    await type(stub, 'tf.tensor2d([[1.5, -2], [3, 4]])');
    await page.keyboard.press('Shift+Enter');
    const tensor = output('tf.tensor2d([[1.5, -2], [3, 4]])');
    await tensor.getByText('1.5').first().waitFor();
    expect(await tensor.innerText()).toMatch(/float32/);
    await find(tensor);
    await shoot('tensor');
  });

  async function notebookOpens(): Promise<void> {
    await page.locator('.jp-Notebook:visible .jp-CodeCell').first().waitFor();
    await page.locator('.jp-KernelName:visible, .jp-Toolbar-kernelName:visible', {hasText: 'TypeScript (snapgrid)'}).first().waitFor();
    await idle();
  }

  /** Scrolls the notebook from its top until the element is there: JupyterLab keeps only cells near the window in the page. */
  async function find(element: Locator): Promise<void> {
    const deadline = Date.now() + minutes;
    const notebook = (await page.locator('.jp-Notebook:visible').boundingBox())!;
    await page.mouse.move(notebook.x + notebook.width / 2, notebook.y + notebook.height / 2);
    await page.mouse.wheel(0, -100_000);
    while (Date.now() < deadline) {
      for (let step = 0; step < 60; step++) {
        if (await element.first().isVisible()) return element.first().scrollIntoViewIfNeeded();
        await page.mouse.wheel(0, 400);
        await page.waitForTimeout(50);
      }
      await page.mouse.wheel(0, -100_000);
    }
    throw new Error(`Expected ${element} in the notebook, got none`);
  }
});
