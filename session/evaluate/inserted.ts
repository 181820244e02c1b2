import {insertedMarks} from '../wire/debug.ts';

const [start, end] = insertedMarks;

/** Code that a rewrite puts between what was typed. */
export const inserted = (code: string): string => `${start}${code}${end}`;

/** From now on a function's text is what was typed: it may be sent to a browser or a worker, where what was put in leads nowhere. */
export function hideInserted(): void {
  const {toString} = Function.prototype;
  const {indexOf, slice} = String.prototype;
  const {apply} = Reflect;
  const shown = {
    toString(this: unknown): string {
      let text = apply(toString, this, []);
      for (let from: number; (from = apply(indexOf, text, [start]) as number) >= 0;) {
        const to = apply(indexOf, text, [end, from]) as number;
        if (to < 0) break;
        text = (apply(slice, text, [0, from]) as string) + (apply(slice, text, [to + end.length]) as string);
      }
      return text;
    },
  };
  Object.defineProperty(Function.prototype, 'toString', {value: shown.toString, configurable: true, writable: true});
}
