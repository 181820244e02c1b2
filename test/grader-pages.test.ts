import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {type Browser, chromium, type Page} from 'playwright-core';
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest';
import {loadDemoLesson} from '../grader/demo/class.ts';
import {hostileSubmissions} from '../grader/demo/hostile.ts';
import {missingSandbox, TestClass} from '../grader/test/class.ts';
import {chromiumAdvice, findChromium} from './chromium.ts';
import {solvedLesson} from './solved-lesson.ts';

const executablePath = findChromium();
const without = executablePath ? ((await missingSandbox()) ? ' (skipped: no sandbox)' : '') : ` (skipped: ${chromiumAdvice})`;
const pages = ['right/feedback.html', 'wrong/feedback.html', 'raises/feedback.html', 'broken/feedback.html', 'class.html'];

/** Narrower than any phone of today. */
const phone = {viewport: {width: 320, height: 640}, deviceScaleFactor: 2, hasTouch: true, isMobile: true};

describe.skipIf(without)(`the grader's pages in a browser${without}`, {timeout: 120_000}, () => {
  let all: TestClass;
  let browser: Browser;
  let page: Page;
  let asked: string[];

  beforeAll(async () => {
    const lesson = await loadDemoLesson();
    const solved = solvedLesson(lesson.lesson.slug);
    const hostile = (name: string): typeof solved =>
      hostileSubmissions({lesson: lesson.lesson, solved, imports: lesson.imports}).find(one => one.name === name)!.notebook;
    const long = {...solved.cells[0]!, cell_type: 'code' as const, id: 'long', execution_count: null, outputs: [] as const};
    const wide = {...long, source: [`const ${'x'.repeat(400)} = 1;\nconsole.log('${'y'.repeat(3000)}')`]};
    all = await TestClass.make({
      right: {...solved, cells: [...solved.cells, wide]},
      wrong: hostile('02-task-two-wrong'),
      raises: hostile('03-task-one-raises'),
      broken: 'no notebook',
      [`a learner with ${'a-very-long-name'.repeat(6)}`]: solved,
    });
    await all.grade({lesson});
    browser = await chromium.launch({executablePath: executablePath!, args: ['--no-sandbox', '--disable-dev-shm-usage']});
  }, 180_000);

  afterEach(() => page?.close());
  afterAll(async () => {
    await browser?.close();
    await all?.remove();
  });

  async function open(name: string, options: Parameters<Browser['newPage']>[0]): Promise<void> {
    page = await browser.newPage(options);
    asked = [];
    page.on('request', request => asked.push(request.url()));
    await page.goto(pathToFileURL(join(all.results, name)).href);
  }

  it.each(pages)('%s fits a phone: nothing to scroll sideways but in frames made for it, no letter too small to read', async name => {
    await open(name, phone);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(phone.viewport.width);
    const outside = await page.evaluate(`[...document.querySelectorAll('body *')].filter(element => {
      const box = element.getBoundingClientRect();
      return box.width > 0 && box.right > innerWidth + 1 && !element.closest('.scroll, .skip');
    }).map(element => element.outerHTML.slice(0, 80))`);
    expect(outside).toEqual([]);
    const small = await page.evaluate(`[...document.querySelectorAll('main *')].filter(element =>
      [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim()) && element.getClientRects().length && !element.closest('svg') &&
      parseFloat(getComputedStyle(element).fontSize) < 12).map(element => element.outerHTML.slice(0, 80))`);
    expect(small).toEqual([]);
  });

  it.each(pages)('%s asks nobody for anything', async name => {
    await open(name, phone);
    expect(asked).toHaveLength(1);
  });

  it.each(pages)('%s has letters of a contrast of 4.5 at least, by day and by night', async name => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await open(name, {...phone, colorScheme});
      expect([colorScheme, await page.evaluate(faintText)]).toEqual([colorScheme, []]);
      await page.close();
    }
  });

  it.each(pages)('%s prints dark on white, with what is folded on the screen, and cuts nothing off', async name => {
    await open(name, {viewport: {width: 720, height: 1000}, colorScheme: 'dark'});
    await page.emulateMedia({media: 'print'});
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
    expect(await page.evaluate(faintText)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(720);
    const folded = await page.evaluate(
      `[...document.querySelectorAll('details')].map(details => details.lastElementChild.getBoundingClientRect().height)`,
    );
    for (const height of folded as number[]) expect(height).toBeGreaterThan(0);
    const folder = mkdtempSync(join(tmpdir(), 'snapgrid-print-'));
    const pdf = await page.pdf({format: 'A4', path: join(folder, 'page.pdf')});
    rmSync(folder, {recursive: true});
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });
});

/** Texts whose colour is too near to that of what lies behind them (WCAG 2.2, 1.4.3). */
const faintText = `(() => {
  const channels = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = color => {
    const [r, g, b] = channels(color).map(value => value / 255).map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = element => {
    for (let at = element; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      if ((channels(color)[3] ?? 1) === 1) return color;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('body *')].filter(element => {
    if (element.closest('.skip') || !element.getClientRects().length) return false;
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())) return false;
    const text = element.closest('svg') ? getComputedStyle(element).fill : getComputedStyle(element).color;
    const [light, dark] = [luminance(text), luminance(ground(element))].sort((a, b) => b - a);
    return (light + 0.05) / (dark + 0.05) < 4.5;
  }).map(element => element.outerHTML.slice(0, 80));
})()`;
