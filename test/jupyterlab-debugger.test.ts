import type {Locator, Page} from 'playwright-core';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {CourseInBrowser, withoutBrowser} from './course-in-browser.ts';

const minutes = 60_000;

const cells = [
  "import * as tf from '@tensorflow/tfjs';\n\ninterface Options { bits: number }\n\nfunction levels(options: Options): number {\n  const count: number = 2 ** options.bits;\n  return count;\n}",
  "const weights = tf.tensor2d([[1, 2, 3], [4, 5, 6]]);\nconst eight = levels({bits: 8});\nconsole.log('levels', eight);",
  "const who = await input('Who are you? ');\nconsole.log('hello', who);",
];

describe.skipIf(withoutBrowser)(`the debugger in JupyterLab${withoutBrowser}`, {timeout: 3 * minutes}, () => {
  let course: CourseInBrowser;
  let page: Page;

  beforeAll(async () => {
    course = await CourseInBrowser.open('debugger', {'debug.ipynb': JSON.stringify(notebook(cells))});
    page = await course.page({viewport: {width: 1500, height: 950}, deviceScaleFactor: 1.5});
    await page.goto(course.addressOf('debug.ipynb', 'only'));
    await cell(0).waitFor();
    await page.locator('.jp-Toolbar-kernelName:visible', {hasText: 'TypeScript (snapgrid)'}).waitFor();
    await idle();
  }, 15 * minutes);

  afterAll(async () => {
    await course?.close();
  });

  const cell = (index: number): Locator => page.locator('.jp-Notebook:visible .jp-CodeCell').nth(index);
  const idle = (): Promise<void> => page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]:visible').waitFor();
  const shoot = (name: string): Promise<Buffer> => page.screenshot({path: course.picture(`debugger-${name}`)});
  const bug = (): Locator => page.locator('.jp-DebuggerBugButton:visible').first();
  const highlighted = (index: number): Locator => cell(index).locator('.jp-DebuggerEditor-highlight');
  const variable = (name: string): Locator =>
    page
      .locator('.jp-DebuggerVariables jp-tree-item')
      .filter({has: page.locator(`.jp-DebuggerVariables-name:text-is("${name}")`)})
      .first();
  const run = async (index: number): Promise<void> => {
    await cell(index).locator('.cm-content').click();
    await page.keyboard.press('ControlOrMeta+Enter');
  };
  const press = (command: string): Promise<void> => page.locator(`[data-command="debugger:${command}"]:visible`).first().click();
  /** Clicks beside a line, counted from 1, where breakpoints are. */
  const clickGutter = async (index: number, line: number): Promise<void> => {
    const box = (await cell(index)
      .locator('.cm-line')
      .nth(line - 1)
      .boundingBox())!;
    const gutter = (await cell(index).locator('.cm-gutter.cm-breakpoint-gutter').first().boundingBox())!;
    await page.mouse.click(gutter.x + gutter.width / 2, box.y + box.height / 2);
  };

  it('is turned on by the bug, and shows what cells declared', async () => {
    await run(0);
    await cell(0).locator('.jp-InputPrompt', {hasText: '[1]'}).waitFor();
    await bug().click();
    await page.locator('.jp-DebuggerVariables').waitFor();
    await variable('levels').waitFor();
    expect(await page.locator('.jp-DebuggerVariables-name').allInnerTexts()).toEqual(['levels', 'tf']);
    await shoot('on');
  });

  it('stops at a breakpoint that was clicked into the gutter, and highlights the line', async () => {
    await clickGutter(0, 6);
    await cell(0).locator('.cm-breakpoint-icon:visible').waitFor();
    await run(1);
    await highlighted(0).waitFor();
    await shoot('stopped');
    expect(await highlighted(0).innerText()).toContain('const count: number = 2 ** options.bits;');
    expect(await variable('options').locator('.jp-DebuggerVariables-detail').innerText()).toBe('{bits: 8}');
  });

  it('steps, and shows what the step changed', async () => {
    await press('next');
    await highlighted(0).filter({hasText: 'return count;'}).waitFor();
    expect(await variable('count').locator('.jp-DebuggerVariables-detail').innerText()).toBe('256');
    await press('stepOut');
    await highlighted(1).waitFor();
    await variable('weights').waitFor();
    expect(await variable('weights').locator('.jp-DebuggerVariables-detail').innerText()).toBe('Tensor float32 [2, 3]');
    await shoot('stepped');
  });

  it('continues to the end, and is turned off again', async () => {
    await press('continue');
    await cell(1).locator('.jp-OutputArea-output', {hasText: 'levels 256'}).waitFor();
    await idle();
    expect(await page.locator('.jp-DebuggerEditor-highlight').count()).toBe(0);
    await variable('eight').waitFor();
    await shoot('finished');
    await bug().click();
    await run(1);
    await cell(1).locator('.jp-InputPrompt', {hasText: '[3]'}).waitFor();
    expect(await page.locator('.jp-DebuggerEditor-highlight').count()).toBe(0);
  });

  it('off, a cell asks below itself and goes on with the answer', async () => {
    await run(2);
    const field = cell(2).locator('.jp-Stdin-input');
    await field.fill('Ada');
    await field.press('Enter');
    const output = cell(2).locator('.jp-OutputArea-output', {hasText: 'hello'});
    await output.waitFor();
    expect((await output.innerText()).trim()).toBe('hello Ada');
  });
});

function notebook(sources: readonly string[]): object {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {kernelspec: {name: 'snapgrid', display_name: 'TypeScript (snapgrid)', language: 'typescript'}},
    cells: sources.map((source, i) => ({cell_type: 'code', id: `cell-${i}`, metadata: {}, source, outputs: [], execution_count: null})),
  };
}
