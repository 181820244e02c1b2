import type {Modules} from '../modules/modules.ts';
import type {Cell} from '../wire/messages.ts';
import type {SessionOptions} from '../wire/options.ts';
import type {Answer} from './answer.ts';
import {describeThrown, interruptedError} from './errors.ts';
import type {Evaluator} from './inspect.ts';
import {addSource} from './sources.ts';
import {CellSyntaxError, transpileCell} from './transpile.ts';

/** Runs cells: TypeScript in, the value of the last expression out. */
export class Cells {
  private count = 0;

  constructor(private readonly evaluator: Evaluator, modules: Modules, private readonly options: SessionOptions) {
    modules.install();
  }

  run(cell: Cell, settle: (answer: Answer) => void): void {
    const url = `snapgrid:cell-${++this.count}`;
    let transpiled;
    try {
      transpiled = transpileCell(cell.code, cell.name);
    } catch (error) {
      if (!(error instanceof CellSyntaxError)) throw error;
      return settle({status: 'error', error: error.thrown});
    }
    addSource(url, {name: cell.name, text: cell.code, position: transpiled.position});
    this.evaluator.evaluate(`${transpiled.code}\n//# sourceURL=${url}`, outcome => {
      if (outcome.status === 'interrupted') return settle({status: 'error', error: interruptedError});
      if (outcome.status === 'thrown') return settle({status: 'error', error: describeThrown(outcome.value)});
      if (!cell.result || !this.options.display || !transpiled.showsValue || outcome.value === undefined) return settle({status: 'ok'});
      // Loaded by the first value: most cells that print do not need it, and it costs the first cell.
      import('../display/bundle.ts')
        .then(({toBundle}) => toBundle(outcome.value))
        .then(
          bundle => settle({status: 'ok', bundle}),
          (error: unknown) => settle({status: 'error', error: describeThrown(error)}),
        );
    });
  }
}
