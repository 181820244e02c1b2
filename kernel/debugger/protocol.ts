/** The Debug Adapter Protocol, as far as it is spoken here. */
export interface DapRequest {
  readonly seq: number;
  readonly command: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

export interface DapSource {
  readonly name: string;
  readonly path: string;
}

export interface SourceBreakpoint {
  readonly line: number;
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

export interface DapBreakpoint {
  readonly id: number;
  readonly verified: boolean;
  readonly line: number;
  readonly source: {readonly path: string};
  readonly message?: string;
}

export interface Variable {
  readonly name: string;
  readonly value: string;
  readonly type?: string;
  readonly evaluateName?: string;
  /** 0: it has no children. */
  readonly variablesReference: number;
}

/** The request cannot be done, for a reason that the person at the debugger should read. */
export class DebugRefusal extends Error {
  override name = 'DebugRefusal';
}

/** The one thread that is debugged. */
export const mainThread = {id: 1, name: 'main'} as const;
