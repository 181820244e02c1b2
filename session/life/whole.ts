import type {Shared} from './shared.ts';

/** A package is loaded to its end unless that takes long; a file of the learner's own may well be what hangs. */
export type Loading = 'package' | 'file';

let shared: Shared | undefined;
let interrupts = 0;
const underWay = new Map<object, Loading>();

/** From now on modules are loaded in one piece. */
export function openLoading(memory: Shared): void {
  shared = memory;
}

/** How often something was interrupted: what began before the last time is not wanted any more. */
export const interruptCount = (): number => interrupts;

export function countInterrupt(): void {
  interrupts++;
}

/** Another request begins: what an interrupt cut off all the same is under way no more. */
export function forgetLoading(): void {
  if (!underWay.size) return;
  underWay.clear();
  tell();
}

/**
 * Loads a module in one piece. One that an interrupt cuts off stays half-loaded for ever: Node would let every later import of it wait.
 * So the interrupt is answered at once, the loading ends on its own, and nothing goes on after it.
 */
export async function whole<T>(load: () => Promise<T>, loading: Loading = 'package'): Promise<T> {
  const before = interrupts;
  const done = begin(loading);
  try {
    return await load();
  } finally {
    done();
    if (interrupts !== before) await new Promise(() => {});
  }
}

/** The same for `require`. */
export function wholeNow<T>(load: () => T): T {
  const done = begin('package');
  try {
    return load();
  } finally {
    done();
  }
}

function begin(loading: Loading): () => void {
  if (!shared) return () => {};
  const token = {};
  underWay.set(token, loading);
  tell();
  return () => {
    if (underWay.delete(token)) tell();
  };
}

function tell(): void {
  const all = [...underWay.values()];
  shared?.tellLoading(all.includes('package') ? 'package' : all[0]);
}
