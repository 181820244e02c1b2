import {EventEmitter} from 'node:events';
import {Socket} from 'node:net';
import {Duplex, Readable, Writable} from 'node:stream';
import {comparisonOf, type Property} from './comparison.ts';

interface Builtin extends Property {
  readonly label: string;
}

const plain = [Array, Object, Map, Set, WeakMap, WeakSet, WeakRef, Promise, String, Number, RegExp, Function, Symbol, Error, BigInt, Date];
const others = [Uint8Array, Int32Array, Float64Array, SharedArrayBuffer, ArrayBuffer, Buffer, FinalizationRegistry, URL, EventTarget];
const namespaces = {JSON, Math, Reflect, Atomics};
/** Node's own classes by which requests come in. */
const classes = {EventEmitter, Readable, Writable, Duplex, Socket};
const {getPrototypeOf} = Object;
const prototypes = {object: Object.prototype, array: Array.prototype};
/** What loops and spreads call. */
const iterators = {
  'the iterator of arrays': [].values(),
  'the iterator of maps': new Map().values(),
  'the iterator of sets': new Set().values(),
  'the iterator of strings': ''[Symbol.iterator](),
  'the iterator of matches': ''.matchAll(/x/g),
};

/** A session that runs only a few cells, as most do that grade, does without the fast comparison. */
const comparedSlowly = 8;

let originals: readonly Builtin[] = [];
let isAsItWas: (() => boolean) | undefined;
let comparisons = 0;

/** Takes down what JavaScript's own functions are: before any cell runs. */
export function rememberBuiltins(): void {
  originals = snapshot();
}

function snapshot(): Builtin[] {
  const found: Builtin[] = [];
  const take = (holder: object, label: string, from = holder): void => {
    for (const key of Reflect.ownKeys(from)) {
      const {value, writable} = Object.getOwnPropertyDescriptor(from, key)!;
      if (typeof value === 'function' && writable && key !== 'constructor' && key !== 'prepareStackTrace')
        found.push({holder: holder as Record<PropertyKey, unknown>, key, value, label: `${label}.${String(key)}`});
    }
  };
  for (const value of [...plain, ...others]) {
    const {name} = value;
    found.push({holder: globalThis, key: name, value, label: name});
    take(value, name);
    take(value.prototype as object, `${name}.prototype`);
  }
  const typedArray = getPrototypeOf(Uint8Array.prototype) as object;
  take(typedArray, 'TypedArray.prototype');
  take(Uint8Array.prototype, 'Uint8Array.prototype', typedArray);
  for (const [name, value] of Object.entries(namespaces)) {
    found.push({holder: globalThis, key: name, value, label: name});
    take(value, name);
  }
  for (const [name, value] of Object.entries(classes)) take(value.prototype as object, `${name}.prototype`);
  for (const [name, value] of Object.entries(iterators)) take(getPrototypeOf(value) as object, name);
  take(process, 'process');
  found.push({holder: process as unknown as Builtin['holder'], key: 'env', value: process.env, label: 'process.env'});
  for (const name of ['setTimeout', 'setImmediate', 'setInterval', 'clearTimeout', 'queueMicrotask', 'process', 'console'] as const)
    found.push({holder: globalThis, key: name, value: globalThis[name], label: name});
  return found;
}

/**
 * Puts back what a cell made of JavaScript's own functions, where the session could not go on with it, and says so. One that still does what
 * the standard says, as a wrapper does that counts calls, is the learner's to replace.
 */
export function mendBuiltins(tell: (text: string) => void): void {
  const seesToJson = 'toJSON' in prototypes.object || 'toJSON' in prototypes.array;
  if (!seesToJson && isAsItWas?.()) return;
  // No iteration and no method here: they may be what was replaced.
  let broken = '';
  let works: boolean | undefined;
  for (let i = 0; i < originals.length; i++) {
    const {holder, key, value, label} = originals[i]!;
    const current = holder[key];
    // What is not even a function does no work.
    if (current === value || (typeof current === typeof value && current !== null && (works ??= doTheirWork()))) continue;
    try {
      holder[key] = value;
      broken += `${broken && ', '}${label}`;
    } catch {
      // Frozen as it is: what comes of it is said where it comes.
    }
  }
  if (seesToJson && (works ?? doTheirWork()) === false) {
    delete (Object.prototype as {toJSON?: unknown}).toJSON;
    delete (Array.prototype as {toJSON?: unknown}).toJSON;
    broken += `${broken && ', '}toJSON of all objects`;
  }
  if (broken)
    tell(
      `The cell replaced ${broken}. The session and the packages need what JavaScript has there, so it has been put back; give yours a name of its own.\n`,
    );
  else if (works === undefined && ++comparisons === comparedSlowly) isAsItWas = comparisonOf(originals);
}

/** Whether what the session uses does what it should. */
function doTheirWork(): boolean {
  try {
    const list = [3, 1, 2];
    const copy = [...list];
    const map = new Map([[1, 'a']]).set(2, 'b');
    const set = new Set([1]).add(2);
    const bytes = new Uint8Array(4);
    bytes.set([1, 2], 1);
    const self = function (this: unknown): unknown {
      return this;
    };
    const facts = [
      copy.length === 3 && copy.push(4) === 4 && copy.pop() === 4 && copy.splice(0, 1)[0] === 3,
      list.map(x => x + 1)[2] === 3 && list.filter(x => x > 1).length === 2 && list.flatMap(x => [x, x]).length === 6,
      list.slice(1)[0] === 1 && list.join('-') === '3-1-2' && list.some(x => x === 2) && list.find(x => x === 1) === 1,
      list.includes(2) && list.reduce((sum, x) => sum + x, 0) === 6 && [1].concat([2])[1] === 2 && [[1]].flat()[0] === 1,
      Array.isArray(list) && Array.from({length: 2}, (_, i) => i)[1] === 1 && Array.from(map.values())[1] === 'b',
      map.get(1) === 'a' && map.has(2) && map.delete(2) && [...map.keys()].length === 1,
      set.has(2) && set.delete(1) && set.size === 1 && new WeakMap([[list, 1]]).get(list) === 1,
      JSON.stringify({a: [1, 'x']}) === '{"a":[1,"x"]}' && (JSON.parse('[1]') as number[])[0] === 1,
      'a,b'.split(',')[1] === 'b' && 'abc'.includes('b') && 'abc'.replace('b', 'x') === 'axc' && 'abc'.slice(1) === 'bc',
      'abc'.startsWith('a') && ' a '.trim() === 'a' && 'a'.repeat(2) === 'aa' && 'aa'.replaceAll('a', 'b') === 'bb' && String(1) === '1',
      /b/.test('abc') && /b(c)/.exec('abc')?.[1] === 'c' && Number('2') === 2 && Number.isSafeInteger(2),
      Object.keys({a: 1})[0] === 'a' &&
        Object.entries({a: 1})[0]?.[1] === 1 &&
        Object.assign({}, {a: 1}).a === 1 &&
        Object.hasOwn({a: 1}, 'a'),
      Object.fromEntries([['a', 1]])['a'] === 1 && Object.prototype.toString.call(list) === '[object Array]',
      Math.max(1, 2) === 2 && Math.min(1, 2) === 1 && Math.floor(1.5) === 1 && Math.ceil(1.5) === 2,
      Reflect.get({a: 7}, 'a') === 7 && Reflect.apply(self, list, []) === list && self.call(list) === list && self.apply(list) === list,
      bytes[2] === 2 &&
        bytes.subarray(1)[0] === 1 &&
        Buffer.concat([Buffer.from('a'), Buffer.alloc(1)]).length === 2 &&
        Buffer.byteLength('é') === 2,
      Promise.resolve(1).then(self) instanceof Promise && new Promise(() => {}) instanceof Promise && typeof Symbol('s') === 'symbol',
      new Error('x').message === 'x',
    ];
    for (let i = 0; i < facts.length; i++) if (!facts[i]) return false;
    return true;
  } catch {
    return false;
  }
}
