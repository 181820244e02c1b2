import type {Modules} from '../modules/modules.ts';
import {channel} from '../output/channel.ts';
import type {Cell} from '../wire/messages.ts';
import type {SessionOptions} from '../wire/options.ts';
import type {Answer} from './answer.ts';
import {throughMaps} from './compile.ts';
import {cellDisposables} from './disposal.ts';
import {CellSyntaxError, describeThrown, interruptedError} from './errors.ts';
import type {Evaluator, Outcome} from './inspect.ts';
import {addSource, type Source} from './sources.ts';
import {transpileCell} from './transpile.ts';

/** Runs cells: TypeScript in, the value of the last expression out. */
export class Cells {
  private count = 0;
  /** Functions, classes, enums and namespaces, to which a later cell's namespace may add. */
  private readonly extensible = new Set<string>();

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
      transpiled = transpileCell(cell.code, cell.name, {folder: this.options.folder, extensible: this.extensible});
    } catch (error) {
      if (!(error instanceof CellSyntaxError)) throw error;
      return settle({status: 'error', error: error.thrown});
    }
    const {maps, declared} = transpiled;
    const source = {name: cell.name, text: cell.code, maps, position: throughMaps(maps)};
    addSource(url, source);
    this.evaluator.evaluate(`${transpiled.code}\n//# sourceURL=${url}`, outcome => {
      if (outcome.status === 'value') this.remember(declared);
      this.dispose(outcome, ended => this.answer(ended, cell.result && transpiled.showsValue, source, settle));
    });
  }

  private answer(outcome: Outcome, shown: boolean, source: Source, settle: (answer: Answer) => void): void {
    if (outcome.status === 'interrupted') return settle({status: 'error', error: interruptedError});
    if (outcome.status === 'thrown') return settle({status: 'error', error: describeThrown(outcome.value, {source, place: outcome.place})});
    const wanted = shown && this.options.display && outcome.value !== undefined;
    const pending = channel()?.pending;
    if (!wanted && !pending) return settle({status: 'ok'});
    this.finish(pending, wanted ? outcome.value : undefined).then(settle, (error: unknown) =>
      settle({status: 'error', error: describeThrown(error)}),
    );
  }

  private remember(declared: ReadonlyMap<string, boolean>): void {
    for (const [name, extensible] of declared)
      if (extensible) this.extensible.add(name);
      else this.extensible.delete(name);
  }

  /** What the cell declared by `using` ends with it, also when it throws. */
  private dispose(outcome: Outcome, settled: (outcome: Outcome) => void): void {
    if (cellDisposables.empty) return settled(outcome);
    if (outcome.status === 'thrown') cellDisposables.e = outcome.value;
    this.evaluator.apply(
      async () => cellDisposables.d(),
      ended => {
        if (outcome.status === 'interrupted' || ended.status === 'value') return settled(outcome);
        settled(ended.status === 'thrown' && outcome.status === 'thrown' ? {...outcome, value: ended.value} : ended);
      },
    );
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
