/** `warn`: errors are shown beside the cell. `error`: a cell with one does not run. */
export type TypecheckMode = 'off' | 'warn' | 'error';

/** `// typecheck: off`, for one cell; `// notebook typecheck: off`, for it and all that run after it. */
const directive = /^\/\/\s*(notebook\s+)?@?typecheck\b:?\s*(\S*)\s*$/i;
const modes: ReadonlySet<string> = new Set(['off', 'warn', 'error'] satisfies TypecheckMode[]);

export interface CellMode {
  readonly mode: TypecheckMode;
  /** What is wrong with the cell's first line; '' for nothing. */
  readonly fault: string;
}

/** What is set for a notebook; at first SNAPGRID_TYPECHECK, else `warn`. A notebook's metadata is no place for it: Jupyter keeps that from kernels. */
export class TypecheckSetting {
  private notebook: TypecheckMode;

  constructor(environment = process.env['SNAPGRID_TYPECHECK']) {
    this.notebook = isMode(environment) ? environment : 'warn';
  }

  /** How a cell that is about to run is checked, by a comment on its first line or by what is set. */
  of(code: string): CellMode {
    const [firstLine = ''] = code.trimStart().split(/\r?\n/, 1);
    // TypeScript's own words for it, which count at a file's very top only.
    if (/^\/\/\s*@ts-nocheck\b/.test(firstLine)) return {mode: 'off', fault: ''};
    const [asked, forNotebook, value = ''] = directive.exec(firstLine.trimEnd()) ?? [];
    if (asked === undefined) return {mode: this.notebook, fault: ''};
    const mode = value.toLowerCase();
    if (!isMode(mode)) return {mode: this.notebook, fault: `Expected "// typecheck: off", "warn" or "error", got "${value}"\n`};
    if (forNotebook !== undefined) this.notebook = mode;
    return {mode, fault: ''};
  }
}

const isMode = (value: string | undefined): value is TypecheckMode => value !== undefined && modes.has(value);
