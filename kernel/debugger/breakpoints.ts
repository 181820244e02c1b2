import {cellUrlPattern} from '../../session/wire/debug.ts';
import {type Cdp, Refused} from './cdp.ts';
import {cellKey} from './cell-files.ts';
import type {Place, Positions} from './positions.ts';
import type {DapBreakpoint, SourceBreakpoint} from './protocol.ts';
import type {Script, Scripts} from './scripts.ts';

/** A breakpoint that was asked for, and what V8 calls it. */
interface Breakpoint {
  readonly id: number;
  readonly asked: SourceBreakpoint;
  line: number;
  verified: boolean;
  message?: string;
  readonly v8: Set<string>;
  hits: number;
}

type Target = {readonly urlRegex: string} | {readonly url: string};

/** The breakpoints of all cells and files, kept when the session is replaced. */
export class Breakpoints {
  private readonly byPath = new Map<string, Breakpoint[]>();
  private lastId = 0;

  /** @param textOf the text of a cell that has not run */
  constructor(private readonly textOf: (path: string) => string | undefined) {}

  /** Sets the breakpoints of one cell or file, in place of those it had. */
  async set(path: string, asked: readonly SourceBreakpoint[], cdp: Cdp, scripts: Scripts): Promise<readonly DapBreakpoint[]> {
    const before = this.byPath.get(path) ?? [];
    const now = asked.map(each => ({id: ++this.lastId, asked: each, line: each.line, verified: false, v8: new Set<string>(), hits: 0}));
    if (now.length) this.byPath.set(path, now);
    else this.byPath.delete(path);
    for (const breakpointId of before.flatMap(({v8}) => [...v8])) await cdp.post('Debugger.removeBreakpoint', {breakpointId});
    await this.bindPath(path, cdp, scripts);
    return now.map(each => dapBreakpoint(path, each));
  }

  /** Sets all of them on a fresh session. */
  async restore(cdp: Cdp, scripts: Scripts): Promise<void> {
    for (const [path, breakpoints] of this.byPath) {
      for (const each of breakpoints) each.v8.clear();
      await this.bindPath(path, cdp, scripts);
    }
  }

  /** Sets those of a file on its new compilation. */
  async bindScript(script: Script, cdp: Cdp): Promise<void> {
    for (const each of this.byPath.get(script.path) ?? []) await bind(each, {url: script.url}, script.positions, cdp);
  }

  /** Whether some are to be set on files, whose URLs nobody knows before. */
  get inFiles(): boolean {
    return [...this.byPath.keys()].some(path => cellKey(path) === undefined);
  }

  /** As debugInfo lists them. */
  list(): readonly {source: string; breakpoints: readonly SourceBreakpoint[]}[] {
    return [...this.byPath].map(([source, all]) => ({source, breakpoints: all.map(({asked, line}) => ({...asked, line}))}));
  }

  /** The ids of those that V8 has hit, `undefined` where each of them still waits for its count of hits. */
  hit(v8Ids: readonly string[]): readonly number[] | undefined {
    const hit = [...this.byPath.values()].flat().filter(({v8}) => v8Ids.some(id => v8.has(id)));
    const due = hit.filter(each => isDue(++each.hits, each.asked.hitCondition));
    return hit.length && !due.length ? undefined : due.map(({id}) => id);
  }

  clear(): void {
    this.byPath.clear();
  }

  private async bindPath(path: string, cdp: Cdp, scripts: Scripts): Promise<void> {
    const breakpoints = this.byPath.get(path);
    if (!breakpoints?.length) return;
    const key = cellKey(path);
    const ran = await scripts.at(path);
    const code = ran[0]?.text ?? this.textOf(path);
    const positions = ran[0]?.positions ?? (key !== undefined && code !== undefined ? await scripts.positionsOf(code) : undefined);
    for (const each of breakpoints) {
      if (key !== undefined && positions) await bind(each, {urlRegex: cellUrlPattern(key)}, positions, cdp);
      // Compiled before the debugger was there, and so not under a URL that names its key; or a file.
      for (const script of ran)
        if (key === undefined || !script.url.endsWith(`/${key}`)) await bind(each, {url: script.url}, script.positions, cdp);
      if (each.verified) continue;
      each.message = positions
        ? 'No code runs from this line on'
        : key === undefined
          ? 'It is set when the file is imported'
          : 'The cell is unknown, or no TypeScript: run it, or correct it';
    }
  }
}

async function bind(breakpoint: Breakpoint, target: Target, positions: Positions, cdp: Cdp): Promise<void> {
  const at = positions.runningAt(breakpoint.asked.line);
  if (!at) return;
  try {
    const {breakpointId, locations} = await cdp.post<{breakpointId: string; locations: {lineNumber: number; columnNumber: number}[]}>(
      'Debugger.setBreakpointByUrl',
      {...target, lineNumber: at.line - 1, columnNumber: at.column, ...condition(breakpoint.asked)},
    );
    breakpoint.v8.add(breakpointId);
    const found = locations[0] && positions.typed(fromV8(locations[0]));
    breakpoint.line = found?.line ?? at.typedLine;
  } catch (error) {
    // Another one slid to the same place: V8 stops there already.
    if (!(error instanceof Refused && error.message.includes('already exists'))) throw error;
    breakpoint.line = at.typedLine;
  }
  breakpoint.verified = true;
}

export const fromV8 = ({lineNumber, columnNumber = 0}: {lineNumber: number; columnNumber?: number | undefined}): Place => ({
  line: lineNumber + 1,
  column: columnNumber,
});

/** A log point is a condition that prints and never holds. */
function condition({condition: asked, logMessage}: SourceBreakpoint): {condition?: string} {
  if (logMessage === undefined) return asked ? {condition: asked} : {};
  const parts = logMessage.split(/\{([^{}]*)\}/).map((part, i) => (i % 2 ? `(${part})` : JSON.stringify(part)));
  const print = `(console.log([${parts.join(', ')}].join('')), false)`;
  return {condition: asked ? `(${asked}) && ${print}` : print};
}

/** `3`, `>= 3`, `% 10`: the hit that stops. */
function isDue(hits: number, asked: string | undefined): boolean {
  const [, operator = '==', number = ''] = /^\s*(==|>=|>|<=|<|%)?\s*(\d+)\s*$/.exec(asked ?? '') ?? [];
  if (!number) return true;
  const wanted = Number(number);
  switch (operator) {
    case '>=':
      return hits >= wanted;
    case '>':
      return hits > wanted;
    case '<=':
      return hits <= wanted;
    case '<':
      return hits < wanted;
    case '%':
      return hits % wanted === 0;
    default:
      return hits === wanted;
  }
}

function dapBreakpoint(path: string, {id, line, verified, message}: Breakpoint): DapBreakpoint {
  return {id, verified, line, source: {path}, ...(verified || message === undefined ? {} : {message})};
}
