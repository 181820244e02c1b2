import type {Modules} from '../modules/modules.ts';
import {channel} from '../output/channel.ts';
import type {Cell} from '../wire/messages.ts';
import type {SessionOptions} from '../wire/options.ts';
import type {Answer} from './answer.ts';
import {CellSyntaxError, describeThrown, interruptedError} from './errors.ts';
import type {Evaluator} from './inspect.ts';
import {addSource} from './sources.ts';
import {transpileCell} from './transpile.ts';

/** Runs cells: TypeScript in, the value of the last expression out. */
export class Cells {
  private count = 0;

  constructor(
    private readonly evaluator: Evaluator,
    modules: Modules,
    private readonly options: SessionOptions,
  ) {
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
    const source = {name: cell.name, text: cell.code, position: transpiled.position};
    addSource(url, source);
    this.evaluator.evaluate(`${transpiled.code}\n//# sourceURL=${url}`, outcome => {
      if (outcome.status === 'interrupted') return settle({status: 'error', error: interruptedError});
      if (outcome.status === 'thrown')
        return settle({status: 'error', error: describeThrown(outcome.value, {source, place: outcome.place})});
      const wanted = cell.result && this.options.display && transpiled.showsValue && outcome.value !== undefined;
      const pending = channel()?.pending;
      if (!wanted && !pending) return settle({status: 'ok'});
      this.finish(pending, wanted ? outcome.value : undefined).then(settle, (error: unknown) =>
        settle({status: 'error', error: describeThrown(error)}),
      );
    });
  }

  /** Waits for displays under way, then makes the value's bundle. */
  private async finish(pending: Promise<void> | undefined, value: unknown): Promise<Answer> {
    await pending;
    if (value === undefined) return {status: 'ok'};
    // Loaded by the first value: cells that only print do without.
    const {toBundle} = await import('../display/bundle.ts');
    return {status: 'ok', bundle: await toBundle(value)};
  }
}
