import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {type Browser, type BrowserContextOptions, chromium, type Page} from 'playwright-core';
import {projectRoot} from '../project/root.ts';
import {chromiumAdvice, findChromium} from './chromium.ts';
import {type CourseServer, startCourse} from './course-server.ts';

const executablePath = findChromium();
const minute = 60_000;

/** Appended to the name of what a browser is needed for; empty where there is one. */
export const withoutBrowser = executablePath ? '' : ` (skipped: ${chromiumAdvice})`;

/** The course in a JupyterLab, and a browser to look at it, with notebooks of the test's own in a folder beside the lessons. */
export class CourseInBrowser {
  private constructor(
    /** Its name in notebooks/: JupyterLab saves what it opens, so the lessons themselves are left alone. */
    readonly folder: string,
    readonly server: CourseServer,
    private readonly browser: Browser,
    /** SNAPGRID_PICTURES names a folder to keep them in. */
    private readonly pictures: string,
  ) {}

  /** `notebooks`: file names and what stands in them. */
  static async open(name: string, notebooks: Readonly<Record<string, string>>): Promise<CourseInBrowser> {
    const folder = `test-${process.pid}-${name}`;
    mkdirSync(join(projectRoot, 'notebooks', folder));
    for (const [file, text] of Object.entries(notebooks)) writeFileSync(join(projectRoot, 'notebooks', folder, file), text);
    const server = await startCourse();
    const browser = await chromium.launch({executablePath: executablePath!, args: ['--no-sandbox', '--disable-dev-shm-usage']});
    return new CourseInBrowser(
      folder,
      server,
      browser,
      process.env['SNAPGRID_PICTURES'] ?? mkdtempSync(join(tmpdir(), 'snapgrid-pictures-')),
    );
  }

  async page(options: BrowserContextOptions): Promise<Page> {
    const page = await this.browser.newPage(options);
    page.setDefaultTimeout(2 * minute);
    return page;
  }

  /** Where a notebook of the folder is opened. JupyterLab opens again what a workspace had open: each page has its own. */
  addressOf(notebook: string, workspace: string): string {
    const {origin, searchParams} = this.server.address;
    return `${origin}/lab/workspaces/${this.folder}-${workspace}/tree/${this.folder}/${notebook}?token=${searchParams.get('token')}`;
  }

  /** Where a file of the folder lies. */
  path(file: string): string {
    return join(projectRoot, 'notebooks', this.folder, file);
  }

  picture(name: string): string {
    return join(this.pictures, `${name}.png`);
  }

  /** Chooses from JupyterLab's menus: `menu(page, 'Run', 'Run All Cells')`. */
  async menu(page: Page, ...names: string[]): Promise<void> {
    await page.locator('.lm-MenuBar-item', {hasText: new RegExp(`^${names[0]}$`)}).click();
    for (const name of names.slice(1))
      await page
        .locator('.lm-Menu-item:visible', {hasText: new RegExp(`^${name}`)})
        .first()
        .click();
  }

  /** Runs the whole notebook, to its end: until then JupyterLab scrolls to what runs. */
  async runAll(page: Page): Promise<void> {
    await page.getByText('TypeScript (snapgrid) | Idle').waitFor();
    await this.menu(page, 'Run', 'Run All Cells');
    const lastPrompt = page.locator('.jp-Notebook:visible .jp-CodeCell .jp-InputPrompt').last();
    await lastPrompt.filter({hasText: /^\[\d+\]:$/}).waitFor();
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    rmSync(this.path('.'), {recursive: true, force: true});
    if (process.env['SNAPGRID_PICTURES'] === undefined) rmSync(this.pictures, {recursive: true, force: true});
  }
}
