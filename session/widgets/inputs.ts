import {inspect} from 'node:util';
import {displaySymbol} from '../display/bundle.ts';
import {channel} from '../output/channel.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {keyOfNew} from './variables.ts';

/** What the page is told of an input: its kind, label and bounds. */
export type FieldSpec = {readonly kind: string; readonly label: string; readonly [key: string]: unknown};

/** What an input's kind decides. */
interface Kind<T> {
  readonly spec: FieldSpec;
  /** As the page takes it. */
  encode(value: T): string | number | boolean;
  /** Of what the page or a cell gives; undefined where it is none. */
  accept(given: unknown): T | undefined;
  /** From the page, where that is something else than the value. */
  decode?(given: unknown): T | undefined;
  /** What is remembered of a value, and the value of that; by itself if not given. */
  readonly memory?: {of(value: T): unknown; value(kept: unknown): T | undefined};
  /** What it expects, for errors. */
  readonly expected: string;
  /** false: it starts anew when its cell runs again. */
  readonly kept?: boolean;
  /** Every value that it can have and what it is called, where they can be counted. */
  readonly choices?: () => readonly Choice<T>[];
}

/** A value of an input, and what the reader sees of it. */
export interface Choice<T> {
  readonly value: T;
  readonly text: string;
}

/** Told when a value changes; settles when it is done with it. */
export interface Dependent {
  changed(input: Input<unknown>): Promise<void>;
  /** Its bounds or label may be others, its value is not. */
  renewed(input: Input<unknown>): void;
}

type ShowAlone = (input: Input<unknown>) => MimeBundle;
let showAlone: ShowAlone | undefined;
/** How an input that stands alone at a cell's end is shown: view.ts says it. */
export const showInputsBy = (show: ShowAlone): void => void (showAlone = show);

/** Inputs by what they are known by: made again by the same cell, one is the same input, and views elsewhere still follow it. */
const inputs = new Map<string, Input<unknown>>();

function makeInput<T>(kind: Kind<T>, initial: T): Input<T> {
  const {key, variable} = keyOfNew(kind.spec.kind);
  const known = key === undefined ? undefined : (inputs.get(key) as Input<T> | undefined);
  if (known) {
    known.renew(kind, initial);
    return known;
  }
  const made = new Input(kind, initial, variable);
  if (key !== undefined) inputs.set(key, made as Input<unknown>);
  return made;
}

/** A value that the reader of the notebook can change. */
export class Input<T> {
  private current: T;
  private readonly dependents = new Set<Dependent>();

  constructor(
    private kind: Kind<T>,
    private initial: T,
    private readonly variable: string,
  ) {
    this.current = initial;
  }

  get label(): string {
    return this.kind.spec.label || this.variable || this.kind.spec.kind;
  }

  /** Its cell ran again: it stays where the reader left it, if it can, and if the cell does not start it elsewhere now. */
  renew(kind: Kind<T>, initial: T): void {
    const before = this.kept(this.current);
    const startsElsewhere = this.kept(initial) !== this.kept(this.initial) || kind.kept === false;
    [this.kind, this.initial] = [kind, initial];
    const kept = startsElsewhere ? undefined : kind.memory ? kind.memory.value(before) : kind.accept(before);
    const value = kept === undefined ? initial : kept;
    const same = this.kept(value) === before;
    this.current = value;
    // Where nothing else changed, what is shown of it is still right.
    if (same) for (const each of this.dependents) each.renewed(this);
    else void channel()?.hold(this.tellAll());
  }

  /** Setting it shows it in every view, as if the reader had. @throws RangeError */
  get value(): T {
    return this.current;
  }

  set value(value: T) {
    const accepted = this.kind.accept(value);
    if (accepted === undefined) throw new RangeError(`Expected ${this.label} to be ${this.kind.expected}, got ${inspect(value)}`);
    const shown = this.change(accepted);
    void channel()?.hold(shown);
  }

  /** What the page sent: taken if it can be. */
  receive(given: unknown): Promise<void> {
    const value = this.kind.decode ? this.kind.decode(given) : this.kind.accept(given);
    return value === undefined ? Promise.resolve() : this.change(value);
  }

  get spec(): FieldSpec {
    return {...this.kind.spec, label: this.label};
  }

  get encoded(): string | number | boolean {
    return this.kind.encode(this.current);
  }

  /** Every value that it can have, in order. @throws RangeError for an input whose values cannot be counted */
  get choices(): readonly Choice<T>[] {
    const {choices} = this.kind;
    if (choices) return choices();
    throw new RangeError(`Expected sliders, selects and checkboxes, whose values can be counted, got ${this.label}, a ${this.spec.kind}`);
  }

  /** `bits = 8`; a button's clicks are no value to read. */
  get caption(): string {
    const {options, kind} = this.spec;
    if (kind === 'button') return '';
    return `${this.label} = ${Array.isArray(options) ? String(options[Number(this.encoded)]) : String(this.encoded)}`;
  }

  tell(dependent: Dependent): void {
    this.dependents.add(dependent);
  }

  forget(dependent: Dependent): void {
    this.dependents.delete(dependent);
  }

  private kept(value: T): unknown {
    return this.kind.memory ? this.kind.memory.of(value) : value;
  }

  private async change(value: T): Promise<void> {
    this.current = value;
    await this.tellAll();
  }

  private async tellAll(): Promise<void> {
    await Promise.all([...this.dependents].map(each => each.changed(this)));
  }

  [displaySymbol](): MimeBundle {
    return showAlone?.(this) ?? {'text/plain': this.caption};
  }

  [inspect.custom](): string {
    return this.caption || this.label;
  }
}

export interface SliderOptions {
  readonly min: number;
  readonly max: number;
  /** Where it starts; the least value if not given. */
  readonly value?: number;
  /** 1, or a hundredth of a range that is no longer than 1. */
  readonly step?: number;
  /** The variable's name, if not given. */
  readonly label?: string;
}

/** A number between two others: `const bits = slider({min: 2, max: 32, value: 8})`. @throws RangeError */
export function slider({min, max, value = min, step = max - min > 1 ? 1 : (max - min) / 100, label = ''}: SliderOptions): Input<number> {
  if (!(Number.isFinite(min) && Number.isFinite(max) && min < max))
    throw new RangeError(`Expected a slider's min to be less than its max, got ${min} and ${max}`);
  if (!(step > 0 && step <= max - min)) throw new RangeError(`Expected a slider's step to be between 0 and ${max - min}, got ${step}`);
  const accept = (given: unknown): number | undefined =>
    typeof given === 'number' && given >= min && given <= max ? onGrid(given, min, max, step) : undefined;
  const kind = {
    spec: {kind: 'slider', label, min, max, step},
    accept,
    encode: identity<number>,
    expected: `a number from ${min} to ${max}`,
    choices: () => stepsFrom(min, max, step),
  };
  return makeInput(kind, required(accept(value), 'value', kind.expected, value));
}

export interface NumberOptions {
  readonly value?: number;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  readonly label?: string;
}

/** A field for a number. What is typed beyond its bounds becomes the nearest of them. @throws RangeError */
export function number({value = 0, min, max, step, label = ''}: NumberOptions = {}): Input<number> {
  const low = min ?? -Infinity;
  const high = max ?? Infinity;
  const accept = (given: unknown): number | undefined =>
    typeof given === 'number' && Number.isFinite(given) ? Math.min(high, Math.max(low, given)) : undefined;
  const kind = {spec: {kind: 'number', label, min, max, step}, accept, encode: identity<number>, expected: 'a finite number'};
  return makeInput(kind, required(accept(value), 'value', kind.expected, value));
}

export interface SelectOptions<T> {
  /** The choices, or what each is called and stands for. */
  readonly options: readonly T[] | {readonly [name: string]: T};
  readonly value?: T;
  readonly label?: string;
}

/** One of several: `select({options: ['absmax', 'percentile']})`. @throws RangeError */
export function select<const T>({options, value, label = ''}: SelectOptions<T>): Input<T> {
  const names = Array.isArray(options) ? options.map(each => (typeof each === 'string' ? each : inspect(each))) : Object.keys(options);
  const values = Object.values(options) as T[];
  if (!values.length) throw new RangeError('Expected options to select from, got none');
  const accept = (given: unknown): T | undefined => (values.includes(given as T) ? (given as T) : undefined);
  const decode = (given: unknown): T | undefined => values[given as number];
  const expected = `one of ${names.join(', ')}`;
  const encode = (each: T): number => values.indexOf(each);
  // Remembered by name: the choices may be others when the cell runs again.
  const memory = {of: (each: T) => names[encode(each)], value: (kept: unknown) => values[names.indexOf(String(kept))]};
  const choices = (): Choice<T>[] => values.map((each, i) => ({value: each, text: names[i]!}));
  const kind = {spec: {kind: 'select', label, options: names}, accept, decode, encode, memory, expected, choices};
  return makeInput<T>(kind, required(accept(value ?? values[0]), 'value', expected, value));
}

export interface CheckboxOptions {
  readonly value?: boolean;
  readonly label?: string;
}

export function checkbox({value = false, label = ''}: CheckboxOptions = {}): Input<boolean> {
  const accept = (given: unknown): boolean | undefined => (typeof given === 'boolean' ? given : undefined);
  const choices = (): Choice<boolean>[] => [false, true].map(each => ({value: each, text: each ? 'on' : 'off'}));
  return makeInput(
    {spec: {kind: 'checkbox', label}, accept, encode: identity<boolean>, expected: 'true or false', choices},
    Boolean(value),
  );
}

export interface TextOptions {
  readonly value?: string;
  readonly placeholder?: string;
  readonly label?: string;
}

const longestText = 100_000;

export function text({value = '', placeholder = '', label = ''}: TextOptions = {}): Input<string> {
  const accept = (given: unknown): string | undefined => (typeof given === 'string' ? given.slice(0, longestText) : undefined);
  return makeInput({spec: {kind: 'text', label, placeholder}, accept, encode: identity<string>, expected: 'a text'}, String(value));
}

export interface ButtonOptions {
  readonly label: string;
}

/** Its value is how often it was pressed. */
export function button({label}: ButtonOptions): Input<number> {
  const accept = (given: unknown): number | undefined =>
    Number.isSafeInteger(given) && (given as number) >= 0 ? (given as number) : undefined;
  return makeInput({spec: {kind: 'button', label: String(label)}, accept, encode: identity<number>, expected: 'a count', kept: false}, 0);
}

const mostChoices = 10_000;

const identity = <T>(value: T): T => value;

/** The nearest step, without the noise of adding fractions. */
function onGrid(value: number, min: number, max: number, step: number): number {
  const steps = Math.min(Math.round((value - min) / step), Math.floor((max - min) / step + 1e-9));
  return Number((min + steps * step).toPrecision(12));
}

function stepsFrom(min: number, max: number, step: number): Choice<number>[] {
  const count = Math.floor((max - min) / step + 1e-9) + 1;
  if (count > mostChoices) throw new RangeError(`Expected a slider of at most ${mostChoices} steps, got ${count}; give it a larger step`);
  return Array.from({length: count}, (_, i) => {
    const value = onGrid(min + i * step, min, max, step);
    return {value, text: String(value)};
  });
}

function required<T>(value: T | undefined, name: string, expected: string, got: unknown): T {
  if (value === undefined) throw new RangeError(`Expected ${name} to be ${expected}, got ${inspect(got)}`);
  return value;
}
