import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {chromium, type Page} from 'playwright-core';
import {notebookText, ownCourse} from '../exercises/build/index.ts';
import {projectRoot} from '../project/root.ts';
import {findChromium} from './chromium.ts';
import {nbconvert, solvedLesson} from './solved-lesson.ts';

/** `node dist/test/lesson-pictures.js [lesson…]` draws README's pictures, docs/pictures/lessons/NN.png: the first figure of each lesson, solved and run. */
async function main(wanted: readonly string[]): Promise<void> {
  const browser = await chromium.launch({executablePath: findChromium()!, args: ['--no-sandbox']});
  const page = await browser.newPage({viewport: {width: 1000, height: 800}});
  const folder = mkdtempSync(join(tmpdir(), 'snapgrid-pictures-'));
  for (const slug of wanted.length > 0 ? wanted.flatMap(one => ownCourse.find(one)) : ownCourse.slugs()) {
    const [notebook, saved] = [join(folder, `${slug}.ipynb`), join(folder, `${slug}.html`)];
    writeFileSync(notebook, notebookText(solvedLesson(slug)));
    await nbconvert(['--execute', '--to', 'html', '--output', saved, notebook]);
    await page.goto(`file://${saved}`);
    await page.waitForTimeout(500);
    const figure = await firstFigure(page);
    if (figure) await figure.screenshot({path: join(projectRoot, 'docs/pictures/lessons', `${slug.slice(0, 2)}.png`)});
    console.log(`${slug}: ${figure ? 'drawn' : 'has no figure'}`);
  }
  await browser.close();
  rmSync(folder, {recursive: true});
}

/** What an output shows that is large enough to be looked at. */
async function firstFigure(page: Page) {
  for (const figure of await page.locator('.jp-OutputArea-output').locator('figure, svg, img').all()) {
    const box = await figure.boundingBox();
    if (box && box.width >= 300 && box.height >= 75) return figure;
  }
  return undefined;
}

await main(process.argv.slice(2));
