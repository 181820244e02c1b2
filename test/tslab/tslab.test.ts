import {join} from 'node:path';
import {beforeAll, describe, expect, it} from 'vitest';
import {projectRoot} from '../../project/root.ts';
import {comparable, differences, goldens, notebooks, type Result, type Results, runNotebooks} from './notebooks.ts';
import {tslabKernel} from './tslab.ts';

/** The long tests ask tslab itself; `npm test` believes what was recorded. */
const live = process.env['SNAPGRID_TSLAB'] === 'live';
const patienceMs = 1_800_000;

const recorded = goldens();
/** What tslab's converter and Node say of code that it turned into something else: no words of the cell's. */
const tslabsOwn = /^(Cannot find module|Unexpected|Invalid|await is not defined)/;
const failure = /^(?:\w*Error|Uncaught \w+): (.+)$/m;

describe(`against tslab ${recorded.tslab}, recorded on ${recorded.recorded}`, () => {
  let ours: Results;
  beforeAll(async () => {
    // Types are another question: tslab refuses a cell for them.
    ours = await runNotebooks([process.execPath, join(projectRoot, 'dist/kernel/main.js'), '{connection_file}'], {
      SNAPGRID_TYPECHECK: 'off',
    });
  }, patienceMs);

  it.each(notebooks)('the same cells give the same: $name', ({name, cells}) => {
    const own = differences.filter(each => each.notebook === name);
    for (const [i, code] of cells.entries()) {
      const [theirs, mine] = [recorded.results[name]![i]!, ours[name]![i]!];
      const expected = own.find(({cell}) => cell === i)?.ours ?? comparable(theirs);
      expect([code, comparable(mine)]).toEqual([code, expected]);
      // A failure of the cell's own is told in its own words.
      const told = theirs.ok || mine.ok ? undefined : failure.exec(theirs.said ?? '')?.[1];
      if (told && !tslabsOwn.test(told)) expect([code, mine.said]).toEqual([code, expect.stringContaining(told)]);
    }
  });

  it('every difference that is listed is one, and says why', () => {
    for (const {notebook, cell, why, ours: listed} of differences) {
      expect(why).not.toBe('');
      expect(listed).not.toEqual(comparable(recorded.results[notebook]![cell]!));
    }
  });
});

it(
  `what was recorded covers every notebook${live ? ', and tslab still gives it' : ''}`,
  async () => {
    const results = live ? await runNotebooks(tslabKernel()) : recorded.results;
    const shape = (cells: readonly Result[]): unknown => cells.map(comparable);
    for (const {name, cells} of notebooks) {
      expect([name, results[name]!.length]).toEqual([name, cells.length]);
      expect([name, shape(results[name]!)]).toEqual([name, shape(recorded.results[name]!)]);
    }
  },
  patienceMs,
);
