import {insertedName} from '../../session/wire/debug.ts';
import type {Debugger} from 'node:inspector';
import {type Cdp, Refused} from './cdp.ts';
import {fromV8} from './breakpoints.ts';
import {collected, type Globals} from './globals.ts';
import {type DapSource, DebugRefusal, type Variable} from './protocol.ts';
import type {Scripts} from './scripts.ts';
import type {Named, Variables} from './variables.ts';

export interface DapFrame {
  readonly id: number;
  readonly name: string;
  readonly source: DapSource;
  readonly line: number;
  readonly column: number;
}

export interface DapScope {
  readonly name: string;
  readonly presentationHint?: 'locals';
  readonly variablesReference: number;
  readonly expensive: boolean;
}

/** V8 releases these handles when the code runs on. */
const group = 'backtrace';
const scopeNames: Partial<Record<string, string>> = {
  local: 'Locals',
  block: 'Locals',
  catch: 'Locals',
  eval: 'Locals',
  closure: 'Closure',
  module: 'Module',
};

/** Where the code has stopped: the learner's own frames, what they see, and what expressions are there. */
export class Stop {
  private known: Promise<readonly Variable[]> | undefined;
  private changed = false;

  constructor(
    private readonly callFrames: readonly Debugger.CallFrame[],
    private readonly scripts: Scripts,
    private readonly variables: Variables,
    private readonly globals: Globals,
    private readonly cdp: Cdp,
    /** Ids of frames start behind it, so that those of an earlier stop are found out. */
    private readonly firstId: number,
  ) {}

  /** Frames of Node, of packages and of ours are left out. */
  async frames(): Promise<readonly DapFrame[]> {
    const frames: DapFrame[] = [];
    for (const [i, {functionName, location}] of this.callFrames.entries()) {
      const script = await this.scripts.find(location.scriptId);
      const place = script?.positions.typed(fromV8(location));
      if (!script || !place) continue;
      const {name, path} = script;
      frames.push({id: this.firstId + i, name: functionName || name, source: {name, path}, line: place.line, column: place.column + 1});
    }
    return frames;
  }

  scopes(frameId: unknown): readonly DapScope[] {
    const {scopeChain, returnValue, callFrameId} = this.frame(frameId);
    const byName = new Map<string, Debugger.Scope[]>();
    for (const scope of scopeChain) {
      const name = scopeNames[scope.type];
      if (name) byName.set(name, [...(byName.get(name) ?? []), scope]);
    }
    const globals = this.variables.refer(group, () => this.notebook());
    // In a cell's own lines, what it declares is global: it is local in the sense that it is what they see.
    const locals = byName.get('Locals');
    byName.delete('Locals');
    const load = async (): Promise<readonly Variable[]> => {
      const inner = locals ? await this.contents(callFrameId, locals) : [];
      const inFunction = locals?.some(({type}) => type !== 'block');
      const shown = inner.length || inFunction ? inner : await this.notebook();
      return returnValue ? [...(await this.variables.show([{name: '(returned)', value: returnValue}], group)), ...shown] : shown;
    };
    return [
      {name: 'Locals', presentationHint: 'locals', variablesReference: this.variables.refer(group, load), expensive: false},
      ...[...byName].map(([name, scopes]) => ({
        name,
        variablesReference: this.variables.refer(group, () => this.contents(callFrameId, scopes)),
        expensive: false,
      })),
      {name: 'Globals', variablesReference: globals, expensive: false},
    ];
  }

  /** @throws Refused for what does not parse; an exception of the expression's is data */
  evaluate(frameId: unknown, expression: string, pure: boolean): Promise<Debugger.EvaluateOnCallFrameReturnType> {
    const {callFrameId} = this.frame(frameId);
    // The expression may change what is known, and V8's scopes are copies of before.
    this.known = undefined;
    this.changed ||= !pure;
    return this.cdp.post('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression,
      objectGroup: group,
      generatePreview: true,
      silent: true,
      throwOnSideEffect: pure,
    });
  }

  private notebook(): Promise<readonly Variable[]> {
    return (this.known ??= this.globals.inspect());
  }

  private frame(id: unknown): Debugger.CallFrame {
    const frame = this.callFrames[Number(id) - this.firstId];
    if (!frame) throw new DebugRefusal(`Expected the id of a frame of this stop, got ${String(id)}; ask for the stack trace again`);
    return frame;
  }

  /** The variables of scopes, an inner one hiding those of the same name further out. */
  private async contents(callFrameId: string, scopes: readonly Debugger.Scope[]): Promise<readonly Variable[]> {
    const found = new Map<string, Named>();
    for (const {object} of scopes) {
      if (!object.objectId) continue;
      const {named} = await this.variables.properties(object.objectId, '').catch((error: unknown) => {
        if (error instanceof Refused) throw new DebugRefusal('The code has run on; its variables are gone');
        throw error;
      });
      for (const each of named) if (!found.has(each.name) && !each.name.startsWith(insertedName)) found.set(each.name, each);
    }
    if (this.changed) await this.refresh(callFrameId, found);
    return this.variables.show([...found.values()], group);
  }

  private async refresh(callFrameId: string, found: Map<string, Named>): Promise<void> {
    const names = [...found.keys()].filter(name => /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name));
    const {result} = await this.cdp.post<Debugger.EvaluateOnCallFrameReturnType>('Debugger.evaluateOnCallFrame', {
      callFrameId,
      expression: collected(names),
      objectGroup: group,
      silent: true,
    });
    if (!result.objectId) return;
    for (const each of (await this.variables.properties(result.objectId, '')).named) found.set(each.name, each);
  }
}
