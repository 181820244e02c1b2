import {inspect, types} from 'node:util';
import {describeThrown} from '../evaluate/errors.ts';

/** From deep and wide to shallow and narrow: the first that keeps a value short is taken. */
const views = [
  {depth: 4, width: 100},
  {depth: 3, width: 50},
  {depth: 2, width: 20},
  {depth: 1, width: 10},
  {depth: 0, width: 5},
] as const;
/** About as many values as people want to read at once. */
const mostValues = 3000;
const mostKeys = 200;
const longestString = 10_000;
const longestText = 50_000;

/** A value as text of a bounded length. Never throws: what a value's own code throws is said in the text. */
export function plainText(value: unknown): string {
  if (typeof value === 'bigint') return bigintText(value);
  if (typeof value === 'string') return inspect(value, {maxStringLength: longestString});
  const {depth, width} = views.find(view => weight(value, view.depth, view.width, mostValues) < mostValues) ?? views.at(-1)!;
  const options = {depth, maxArrayLength: width, maxStringLength: Math.min(longestString, 100 * width)};
  try {
    const [shown, left] = fewerKeys(value);
    return cutText(inspect(shown, options) + left);
  } catch (error) {
    return `${cutText(withoutItsCode(value, options))}\n(${thrownBy('its own inspection', error)})`;
  }
}

/** `its toString threw TypeError: no`, whatever was thrown. */
export function thrownBy(what: string, thrown: unknown): string {
  const {name, message} = describeThrown(thrown);
  return `${what} threw ${name}: ${message.length > 500 ? `${message.slice(0, 500)} …` : message}`;
}

/** Text as long as people may want to read; says how long it was. */
export function cutText(text: string, most = longestText): string {
  return text.length > most ? `${text.slice(0, most)} … (${text.length.toLocaleString('en')} characters)` : text;
}

function withoutItsCode(value: unknown, options: object): string {
  try {
    return inspect(value, {...options, customInspect: false});
  } catch {
    return typeof value === 'object' && value !== null ? `{ ${Reflect.ownKeys(value).slice(0, 20).map(String).join(', ')} }` : typeof value;
  }
}

/** inspect cuts lists, not records: one of too many keys is shown by its first. */
function fewerKeys(value: unknown): [unknown, string] {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value) || types.isProxy(value))
    return [value, ''];
  const keys = Reflect.ownKeys(value);
  if (keys.length <= mostKeys) return [value, ''];
  const first = keys.slice(0, mostKeys).map(key => [key, Reflect.getOwnPropertyDescriptor(value, key)!] as const);
  const shown: unknown = Object.create(Object.getPrototypeOf(value) as object | null, Object.fromEntries(first));
  return [shown, `\n… ${(keys.length - mostKeys).toLocaleString('en')} more keys`];
}

/** How many values inspect would show, counted no further than `most`. Runs none of the value's code. */
function weight(value: unknown, depth: number, width: number, most: number, outer: readonly object[] = []): number {
  if (typeof value === 'string') return 1 + Math.min(value.length, 100 * width) / 100;
  if (typeof value !== 'object' || value === null || types.isProxy(value) || outer.includes(value)) return 1;
  if (ArrayBuffer.isView(value)) return width;
  if (depth < 0) return 1;
  let sum = 1;
  const inner = [...outer, value];
  const add = (part: unknown): boolean => (sum += weight(part, depth - 1, width, most - sum, inner)) < most;
  if (types.isMap(value)) {
    let n = 0;
    for (const [key, part] of Map.prototype.entries.call(value)) if (n++ >= width || !add(key) || !add(part)) break;
  } else if (types.isSet(value)) {
    let n = 0;
    for (const part of Set.prototype.values.call(value)) if (n++ >= width || !add(part)) break;
  } else {
    const keys = Array.isArray(value) ? Array.from({length: Math.min(value.length, width)}, (_, i) => String(i)) : Object.keys(value);
    // A record of the first level is cut by its keys.
    for (const key of outer.length ? keys : keys.slice(0, mostKeys)) {
      const property = Reflect.getOwnPropertyDescriptor(value, key);
      if (!add(property && 'value' in property ? property.value : undefined)) break;
    }
  }
  return sum;
}

const decimalBits = 8192;

/** The decimal digits of a very large integer take minutes, its hexadecimal ones do not. */
function bigintText(value: bigint): string {
  if (BigInt.asIntN(decimalBits, value) === value) return `${value}n`;
  const digits = (value < 0n ? -value : value).toString(16);
  const bits = (4 * digits.length).toLocaleString('en');
  return `${value < 0n ? '-' : ''}0x${digits.slice(0, 40)}…${digits.slice(-40)}n (about ${bits} bits)`;
}
