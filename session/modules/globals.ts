import {whole} from '../life/whole.ts';

type Shown = typeof import('../display/index.ts');

/** What every cell has without an import. */
const names = ['display', 'tensors'] as const;
/** A cell's own text may use them, or that of a file of the learner's which it imports. */
const mentioned = /\b(?:display|tensors)\b|['"`](?:\.{0,2}\/|file:)/;

let loaded: Partial<Record<(typeof names)[number], unknown>> | undefined;

/** Defines `display` and `tensors` for all cells. They load when a cell first mentions them; where nothing is shown they do nothing. */
export function installGlobals({shows}: {readonly shows: boolean}): void {
  if (!shows) loaded = {display: () => Promise.resolve(), tensors: () => []};
  for (const name of names)
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => loaded?.[name],
      // An assignment without a declaration makes it the learner's own.
      set: (value: unknown) => {
        Object.defineProperty(globalThis, name, {value, configurable: true, enumerable: true, writable: true});
      },
    });
}

/** What a cell must wait for before it runs, if it mentions one of the globals for the first time. */
export function globalsFor(code: string): Promise<Shown> | undefined {
  if (loaded || !mentioned.test(code)) return undefined;
  return whole(() => import('../display/index.ts')).then(shown => (loaded = shown) as Shown);
}
