import type {Runtime} from 'node:inspector';
import type {Cdp} from './cdp.ts';
import type {Variable} from './protocol.ts';
import type {Variables} from './variables.ts';

/** Node's own globals, as they are in this process too, and those of tfjs and its protobuf. The session's are not enumerable. */
const notTheLearners = new Set([...Object.getOwnPropertyNames(globalThis), '_tfengine', '_tfGlobals', 'proto']);
/** Answers that come faster than this change nothing that anybody sees. */
const atMostEveryMs = 100;

/** What the notebook's cells have declared. */
export class Globals {
  private generation = 0;
  private running: Promise<readonly Variable[]> | undefined;
  private next: Promise<readonly Variable[]> | undefined;
  private lastStart = 0;
  private urgent = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly cdp: Cdp,
    private readonly variables: Variables,
  ) {}

  /**
   * All of them, as they are when this is called or later. JupyterLab asks after every message of a running cell:
   * requests that come while one is answered share one more answer.
   */
  list(): Promise<readonly Variable[]> {
    if (!this.running) return this.start();
    return (this.next ??= this.running.catch(() => {}).then(() => this.start()));
  }

  /** Answers at once what was asked for. JupyterLab shows what comes last: globals must not come after the locals of a stop. */
  async settle(): Promise<void> {
    this.urgent = true;
    this.wake?.();
    while (this.running ?? this.next) await (this.next ?? this.running)!.catch(() => {});
    this.urgent = false;
  }

  private start(): Promise<readonly Variable[]> {
    const running = this.pause().then(() => this.inspect());
    this.running = running;
    const over = (): void => {
      if (this.running === running) this.running = undefined;
    };
    running.then(over, over);
    return running;
  }

  private pause(): Promise<void> {
    const delayMs = this.lastStart + atMostEveryMs - Date.now();
    if (this.urgent || delayMs <= 0) return Promise.resolve();
    return new Promise(resolve => {
      const timer = setTimeout(resolve, delayMs);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** As they are now. */
  async inspect(): Promise<readonly Variable[]> {
    this.next = undefined;
    this.lastStart = Date.now();
    // A tree that is on the screen may still be opened while the new one is on its way.
    const outdated = `globals-${this.generation - 1}`;
    this.variables.forget(outdated);
    const group = `globals-${++this.generation}`;
    await this.cdp.post('Runtime.releaseObjectGroup', {objectGroup: outdated});
    const {names} = await this.cdp.post<{names: string[]}>('Runtime.globalLexicalScopeNames');
    const {result} = await this.cdp.post<{result: Runtime.RemoteObject}>('Runtime.evaluate', {
      expression: collected(names, looseGlobals),
      objectGroup: group,
      silent: true,
      disableBreaks: true,
    });
    const {named} = await this.variables.properties(result.objectId!, '');
    return this.variables.show(named, group);
  }
}

const looseGlobals = `
  const known = new Set(${JSON.stringify([...notTheLearners])});
  for (const [name, {value, get, enumerable}] of Object.entries(Object.getOwnPropertyDescriptors(globalThis)))
    if (enumerable && !get && !known.has(name)) all[name] = value;`;

/** An expression for one object with the value of each name; a name that has no value yet is left out. */
export function collected(names: readonly string[], before = ''): string {
  // One that is named as a builtin runs under that name with an invisible letter after it: session/evaluate/shadow.ts.
  const typed = (name: string): string => JSON.stringify(name.replace(/\u200c$/, ''));
  const each = names.map(name => `try { all[${typed(name)}] = ${name} } catch {}`);
  return `(() => { const all = Object.create(null); ${before} ${each.join('\n')}\nreturn all; })()`;
}
