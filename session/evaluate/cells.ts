import {memory} from '../memory/index.ts';
import {globalsFor, installGlobals} from '../modules/globals.ts';
import {whole} from '../life/whole.ts';
import type {Modules} from '../modules/modules.ts';
import {channel} from '../output/channel.ts';
import {cellUrl} from '../wire/debug.ts';
import type {Cell} from '../wire/messages.ts';
import type {SessionOptions} from '../wire/options.ts';
import type {Answer} from './answer.ts';
import {throughMaps} from './compile.ts';
import {cellDisposables} from './disposal.ts';
import {CellSyntaxError, describeThrown, interruptedError} from './errors.ts';
import {forgetMarks} from './marks.ts';
import type {Evaluator, Outcome} from './inspect.ts';
import {assignedNames, noteUninitialized} from './uninitialized.ts';
import {rememberShadows, runtimeName} from './shadow.ts';
import {addSource, type Source} from './sources.ts';
import {transpileCell} from './transpile.ts';

/** Runs cells: TypeScript in, the value of the last expression out. */
export class Cells {
  private count = 0;
  /** Functions, classes, enums and namespaces, to which a later cell's namespace may add. */
  private readonly extensible = new Set<string>();
  /** Declared by cells that failed before they had a value. */
  private readonly uninitialized = new Set<string>();
  private bundles: typeof import('../display/bundle.ts') | undefined;

  constructor(
    private readonly evaluator: Evaluator,
    modules: Modules,
    private readonly options: SessionOptions,
  ) {
    modules.install();
    installGlobals({shows: options.display});
  }

  run(id: number, cell: Cell, settle: (answer: Answer) => void): void {
    const url = cellUrl(++this.count, cell.key);
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
    const code = `${transpiled.code}\n//# sourceURL=${url}`;
    const shows = cell.result && this.options.display && transpiled.showsValue;
    const evaluate = (): void => {
      forgetMarks();
      this.initializeAssigned(cell.code);
      const evaluated = (outcome: Outcome): void => {
        if (outcome.status === 'value') this.remember(declared);
        else noteUninitialized(declared.keys(), this.uninitialized);
        this.dispose(id, outcome, ended => this.answer(ended, shows, source, settle));
      };
      this.evaluator.evaluate(id, code, evaluated, cell.limitMs);
    };
    const globals = globalsFor(cell.code);
    memory()?.begin(cell.name);
    if (globals) void globals.then(evaluate);
    else evaluate();
  }

  /** No function here may hold the outcome for long: a value that nobody else holds must be seen to be garbage. */
  private answer(outcome: Outcome, shows: boolean, source: Source, settle: (answer: Answer) => void): void {
    const end = (answer: Answer, shown?: unknown): void => {
      const watching = memory()?.end(shown);
      if (watching) void watching.then(() => settle(answer));
      else settle(answer);
    };
    const pending = channel()?.finish();
    if (outcome.status === 'interrupted') return settle({status: 'error', error: interruptedError});
    if (outcome.status === 'thrown') {
      const error = describeThrown(outcome.value, {source, place: outcome.place});
      forgetMarks();
      return end({status: 'error', error});
    }
    const value = shows ? outcome.value : undefined;
    if (value === undefined && !pending) return end({status: 'ok'});
    void this.finish(pending, value, end);
  }

  /** What a failed cell declared can be assigned to, as if its declaration had come without a value; V8 alone would refuse it for ever. */
  private initializeAssigned(code: string): void {
    if (!this.uninitialized.size) return;
    const names = assignedNames(code);
    const assigned = [...this.uninitialized].filter(name => names.has(name));
    if (!assigned.length) return;
    this.evaluator.declare(assigned.map(runtimeName));
    for (const name of assigned) this.uninitialized.delete(name);
  }

  private remember(declared: ReadonlyMap<string, boolean>): void {
    rememberShadows(declared.keys());
    for (const [name, extensible] of declared)
      if (extensible) this.extensible.add(name);
      else this.extensible.delete(name);
  }

  /** What the cell declared by `using` ends with it, also when it throws. */
  private dispose(id: number, outcome: Outcome, settled: (outcome: Outcome) => void): void {
    // While a subshell's cell awaits, what it holds must not go: the last one to end lets go of all.
    if (cellDisposables.empty || !this.evaluator.idle) return settled(outcome);
    if (outcome.status === 'thrown') cellDisposables.e = outcome.value;
    this.evaluator.apply(
      id,
      async () => cellDisposables.d(),
      ended => {
        if (outcome.status === 'interrupted' || ended.status === 'value') return settled(outcome);
        settled(ended.status === 'thrown' && outcome.status === 'thrown' ? {...outcome, value: ended.value} : ended);
      },
    );
  }

  /** Waits for displays under way, then makes the value's bundle. */
  private async finish(pending: Promise<void> | undefined, value: unknown, end: (answer: Answer, shown: unknown) => void): Promise<void> {
    let answer: Answer = {status: 'ok'};
    try {
      await pending;
      // Loaded by the first value: cells that only print do without.
      this.bundles ??= value === undefined ? undefined : await whole(() => import('../display/bundle.ts'));
      const bundle = value === undefined ? {} : await this.bundles!.toBundle(value);
      if (Object.keys(bundle).length) answer = {status: 'ok', bundle};
    } catch (error) {
      answer = {status: 'error', error: describeThrown(error)};
    }
    end(answer, value);
  }
}
