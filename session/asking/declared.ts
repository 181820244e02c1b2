/** The types of what `globals.ts` defines: the language server reads them from here, for cells. */
export {};

declare global {
  /** Asks the person at the front end for a line of text. @throws StdinNotImplementedError where nobody can answer */
  function input(prompt?: string): Promise<string>;
  /** Like `input`, but what is typed is not shown. */
  function password(prompt?: string): Promise<string>;
  /** Shows text, or a bundle of MIME types (with text/plain), in the front end's pager once the cell is done. */
  function page(shown: string | {readonly [mime: string]: unknown}): void;
  /** Puts code into a new cell below, or, with `replace`, in the place of this one. */
  function setNextInput(code: string, options?: {readonly replace?: boolean}): void;
}
