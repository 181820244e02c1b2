import {reportAgain} from '../../backend/unreported.ts';
import {whole} from '../life/whole.ts';
import type {Ledger} from './ledger.ts';

/** What the ledger of tensors needs of its session. */
export interface MemoryHost {
  /** The request that what happens now belongs to. */
  readonly cause: () => number;
  /** Whether no other request runs: Node 22 aborts when the promise that one waits for is collected as garbage. */
  readonly alone: () => boolean;
  /** Says something below the cell that runs. */
  readonly print: (text: string) => void;
}

/** A notebook's watch over tensors. It costs nothing until a cell imports tf: only then the ledger is loaded. */
export class Memory {
  ledger: Ledger | undefined;
  /** false: leaks are not reported. */
  reports = process.env['SNAPGRID_LEAKS'] !== 'off';
  /** The globals that were there before any cell. */
  readonly builtins: ReadonlySet<PropertyKey> = new Set(Reflect.ownKeys(globalThis));
  private readonly cells = new Map<number, string>();

  constructor(readonly host: MemoryHost) {}

  /** A cell begins: tensors that its request causes are its own. */
  begin(name: string): void {
    this.cells.set(this.host.cause(), name);
    reportAgain();
  }

  cellOf(request: number): string {
    return this.cells.get(request) ?? '';
  }

  /** Says what the cell that ends left behind. `shown`: its value, which the notebook shows and so may use. */
  end(shown: unknown): Promise<void> | undefined {
    const {ledger} = this;
    if (!ledger?.changed || !this.reports) return undefined;
    return whole(() => import('./report.ts'))
      .then(({reportLeaks}) => reportLeaks(this, ledger, shown))
      .catch(() => {}); // a fault of ours is no reason to lose the cell's answer
  }
}

let open: Memory | undefined;

export function openMemory(memory: Memory): void {
  open = memory;
}

/** The notebook's watch; undefined in a grader, and in a process that is no session. */
export const memory = (): Memory | undefined => open;
