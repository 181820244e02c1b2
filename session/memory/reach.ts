import inspector from 'node:inspector';
import {types} from 'node:util';
import type {tf as core} from '../../backend/core.ts';

type Core = typeof core;

/** More than a notebook's variables have; what is not reached is not taken for lost because of it. */
const mostObjects = 50_000;
const mostItems = 10_000;

interface Step {
  readonly value: object;
  readonly from: Step | undefined;
  readonly key: string;
}

/** Tensors that the notebook's variables lead to, by their ids: with the shortest path there, `model.layers[0].kernel.val`. */
export function namedTensors(tf: Core, builtins: ReadonlySet<PropertyKey>): Map<number, string> {
  return walk(tf, variables(builtins));
}

/** Tensors in a value, by their ids. */
export function tensorsIn(tf: Core, value: unknown): Map<number, string> {
  return walk(tf, [['', value]]);
}

function walk(tf: Core, roots: Iterable<readonly [string, unknown]>): Map<number, string> {
  const found = new Map<number, string>();
  const seen = new Set<object>([tf, tf.engine(), globalThis, process, console]);
  const queue: Step[] = [];
  const {prototype} = tf.Tensor;
  const add = (value: unknown, from: Step | undefined, key: string): void => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value) || queue.length >= mostObjects)
      return;
    // None of these leads on, or only by running code of its own.
    if (types.isProxy(value) || ArrayBuffer.isView(value) || types.isModuleNamespaceObject(value) || types.isAnyArrayBuffer(value)) return;
    seen.add(value);
    const step = {value, from, key};
    if (Object.prototype.isPrototypeOf.call(prototype, value)) found.set((value as {id: number}).id, pathOf(step));
    else queue.push(step);
  };
  for (const [name, value] of roots) add(value, undefined, name);
  // The queue grows while it is read: what is near is met first.
  for (let i = 0; i < queue.length; i++) lookInto(queue[i]!, add);
  return found;
}

/** What an object holds, as far as that can be seen without running its code. */
function lookInto(step: Step, add: (value: unknown, from: Step, key: string) => void): void {
  const {value} = step;
  if (types.isMap(value)) {
    let n = 0;
    for (const [key, part] of Map.prototype.entries.call(value)) {
      if (n++ > mostItems) break;
      add(key, step, '.keys()');
      add(part, step, `.get(${typeof key === 'string' ? JSON.stringify(key) : String(n - 1)})`);
    }
  } else if (types.isSet(value)) {
    let n = 0;
    for (const part of Set.prototype.values.call(value)) if (n++ < mostItems) add(part, step, `[${n - 1}]`);
  }
  const list = Array.isArray(value);
  const keys = list && value.length > mostItems ? Array.from({length: mostItems}, (_, i) => String(i)) : Reflect.ownKeys(value);
  for (const key of keys) {
    if (typeof value === 'function' && key === 'prototype') continue;
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    if (property && 'value' in property) add(property.value, step, list ? `[${String(key)}]` : `.${String(key)}`);
  }
}

function pathOf({from, key}: Step): string {
  let path = key;
  for (let at = from; at; at = at.from) path = at.key + path;
  return path.length > 80 ? `${path.slice(0, 40)}…${path.slice(-39)}` : path;
}

/** Under which tf keeps its own things. */
const ofTf = /^_tf/;

/** Names and values of what cells declared, and of what they put on globalThis. */
function variables(builtins: ReadonlySet<PropertyKey>): (readonly [string, unknown])[] {
  const names = declaredNames();
  // oxlint-disable-next-line no-eval -- only eval reaches `let` and `class` of the global scope; the names come from V8
  const readers = (0, eval)(`[${names.map(name => `() => ${name}`).join(',')}]`) as (() => unknown)[];
  const declared = names.flatMap((name, i) => {
    try {
      return [[name, readers[i]!()] as const];
    } catch {
      return []; // its cell threw before it had a value
    }
  });
  const globals = Reflect.ownKeys(globalThis).flatMap(key => {
    const property = builtins.has(key) || ofTf.test(String(key)) ? undefined : Reflect.getOwnPropertyDescriptor(globalThis, key);
    return property && 'value' in property ? [[String(key), property.value as unknown] as const] : [];
  });
  return [...declared, ...globals];
}

let session: inspector.Session | undefined;

/** The `let`, `const` and `class` names of the scope that cells share, as V8 knows them. */
function declaredNames(): string[] {
  if (!session) {
    session = new inspector.Session();
    session.connect();
  }
  let names: string[] = [];
  session.post('Runtime.globalLexicalScopeNames', {}, (_error, reply) => (names = reply?.names ?? []));
  return names;
}
