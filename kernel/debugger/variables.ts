import type {Runtime} from 'node:inspector';
import {type Cdp, Refused} from './cdp.ts';
import {DebugRefusal, type Variable} from './protocol.ts';
import {describe, hasChildren, lengthOf, mayBeTensor, typeOf} from './values.ts';

type RemoteObject = Runtime.RemoteObject;
type Load = () => Promise<readonly Variable[]>;

/** A value under its name. */
export interface Named {
  readonly name: string;
  readonly value: RemoteObject;
  /** How an expression reaches it. */
  readonly path?: string;
}

/** Lists longer than this are shown in ranges. */
const rangeLength = 100;
const longestTensorArray = 4096;

const shapeOfEach = `function (...all) {
  return all.map(t => {
    try {
      if (!Array.isArray(t.shape) || typeof t.dtype !== 'string' || !('dataId' in t)) return '';
      return ('trainable' in t ? 'Variable ' : 'Tensor ') + t.dtype + ' [' + t.shape.join(', ') + ']' + (t.isDisposed ? ' (disposed)' : '');
    } catch { return ''; }
  });
}`;
const tensorFields = `function () {
  return {dtype: this.dtype, shape: this.shape, size: this.size, disposed: this.isDisposed};
}`;
const tensorValues = `function () {
  return this.isDisposed ? undefined : this.size <= ${longestTensorArray} ? this.arraySync() : this.dataSync();
}`;
const slice = `function (from, to) {
  const part = {};
  for (let i = from; i < to; i++) if (i in this) part[i] = this[i];
  return part;
}`;
const getter = 'function (name) { return this[name]; }';

/** Names and values as a debugger shows them, children by references that hold until they are forgotten. */
export class Variables {
  private readonly loads = new Map<number, {readonly group: string; readonly load: Load}>();
  private lastReference = 0;

  constructor(
    private readonly cdp: Cdp,
    private readonly inJupyterLab: boolean,
  ) {}

  /** A reference to what `load` gives; V8 releases it with the group. */
  refer(group: string, load: Load): number {
    this.loads.set(++this.lastReference, {group, load});
    return this.lastReference;
  }

  /** @throws DebugRefusal for a reference that holds no longer */
  async children(reference: number): Promise<readonly Variable[]> {
    const found = this.loads.get(reference);
    if (!found) throw new DebugRefusal(`Expected a reference of this stop, got ${reference}; ask for the variables again`);
    try {
      return await found.load();
    } catch (error) {
      if (error instanceof Refused) throw new DebugRefusal(`The value is gone (${error.message}); ask for the variables again`);
      throw error;
    }
  }

  /** What belongs to a group is shown no longer. */
  forget(group: string): void {
    for (const [reference, each] of this.loads) if (each.group === group) this.loads.delete(reference);
  }

  /** Values with their texts, tensors by dtype and shape. */
  async show(all: readonly Named[], group: string): Promise<Variable[]> {
    const tensors = await this.tensorTexts(all.map(({value}) => value));
    return all.map(each => this.variable(each, group, tensors.get(each.value)));
  }

  /** The properties of an object, as named values. `path` is how expressions reach it. */
  async properties(objectId: string, path?: string): Promise<{named: Named[]; getters: string[]}> {
    const {result, internalProperties, privateProperties} = await this.cdp.post<
      Runtime.GetPropertiesReturnType & {privateProperties?: {name: string; value?: RemoteObject}[]}
    >('Runtime.getProperties', {objectId, ownProperties: true, generatePreview: true});
    const named: Named[] = [];
    const getters: string[] = [];
    for (const {name, value, get} of result)
      if (value) named.push({name: typedName(name), value, ...(path === undefined ? {} : {path: member(path, typedName(name))})});
      else if (get && get.type !== 'undefined') getters.push(name);
    for (const {name, value} of privateProperties ?? []) if (value) named.push({name, value});
    for (const {name, value} of internalProperties ?? [])
      if (value && /^\[\[(Entries|PromiseState|PromiseResult|Target|Handler|PrimitiveValue)\]\]$/.test(name)) named.push({name, value});
    return {named, getters};
  }

  private variable({name, value, path}: Named, group: string, tensor: string | undefined): Variable {
    const type = tensor ? undefined : typeOf(value, this.inJupyterLab);
    return {
      name,
      value: tensor ?? describe(value),
      ...(type === undefined ? {} : {type}),
      ...(path === undefined ? {} : {evaluateName: path}),
      variablesReference: hasChildren(value) ? this.refer(group, () => this.childrenOf(value, group, path, tensor !== undefined)) : 0,
    };
  }

  private async childrenOf(value: RemoteObject, group: string, path: string | undefined, tensor: boolean): Promise<readonly Variable[]> {
    const objectId = value.objectId!;
    if (tensor) return this.tensorChildren(objectId, group);
    const length = lengthOf(value);
    if (length !== undefined && length > rangeLength) return this.ranges(objectId, group, 0, length, path);
    const {named, getters} = await this.properties(objectId, path);
    const shown = await this.show(length === undefined ? named : named.filter(({name}) => /^\d+$/.test(name)), group);
    const lazy = getters.map(name => ({
      name,
      value: '(getter: expand to run it)',
      variablesReference: this.refer(group, async () =>
        this.show([{name: 'value', value: await this.call(objectId, getter, [{value: name}], group)}], group),
      ),
    }));
    return [...shown, ...lazy];
  }

  /** A long list in at most a hundred parts. */
  private ranges(objectId: string, group: string, from: number, to: number, path?: string): Variable[] {
    const step = Math.max(rangeLength, 10 ** Math.ceil(Math.log10((to - from) / rangeLength)));
    return Array.from({length: Math.ceil((to - from) / step)}, (_, i) => {
      const start = from + i * step;
      const end = Math.min(to, start + step);
      const load = async (): Promise<readonly Variable[]> => {
        if (end - start > rangeLength) return this.ranges(objectId, group, start, end, path);
        const part = await this.call(objectId, slice, [{value: start}, {value: end}], group);
        const {named} = await this.properties(part.objectId!, path);
        return this.show(named, group);
      };
      return {name: `[${start} … ${end - 1}]`, value: `${end - start} elements`, variablesReference: this.refer(group, load)};
    });
  }

  private async tensorChildren(objectId: string, group: string): Promise<readonly Variable[]> {
    const fields = await this.call(objectId, tensorFields, [], group);
    const {named} = await this.properties(fields.objectId!);
    // Loaded only when they are asked for: they may have to come from a GPU.
    const values = async (): Promise<readonly Variable[]> => {
      const read = await this.call(objectId, tensorValues, [], group);
      return read.objectId ? this.childrenOf(read, group, undefined, false) : this.show([{name: 'value', value: read}], group);
    };
    const shown = await this.show(named, group);
    return [...shown, {name: 'values', value: '(expand to read them)', variablesReference: this.refer(group, values)}];
  }

  private async tensorTexts(values: readonly RemoteObject[]): Promise<Map<RemoteObject, string>> {
    const candidates = values.filter(mayBeTensor);
    const [first] = candidates;
    if (!first) return new Map();
    const {result} = await this.cdp.post<{result: {value?: string[]}}>('Runtime.callFunctionOn', {
      objectId: first.objectId,
      functionDeclaration: shapeOfEach,
      arguments: candidates.map(({objectId}) => ({objectId})),
      returnByValue: true,
      silent: true,
    });
    return new Map(candidates.flatMap((each, i) => (result.value?.[i] ? [[each, result.value[i]] as const] : [])));
  }

  /** @throws DebugRefusal with what the function threw */
  private async call(objectId: string, functionDeclaration: string, args: readonly object[], objectGroup: string): Promise<RemoteObject> {
    const {result, exceptionDetails} = await this.cdp.post<Runtime.CallFunctionOnReturnType>('Runtime.callFunctionOn', {
      objectId,
      functionDeclaration,
      arguments: args,
      objectGroup,
      generatePreview: true,
      silent: true,
    });
    if (exceptionDetails) throw new DebugRefusal(thrownText(exceptionDetails));
    return result;
  }
}

export function thrownText({text, exception}: {readonly text: string; readonly exception?: RemoteObject | undefined}): string {
  if (!exception) return text;
  return exception.subtype === 'error' ? (exception.description ?? text).split('\n')[0]! : `Thrown: ${describe(exception)}`;
}

/** A cell's own `fetch` runs under a name that differs from Node's by a character without a width. */
const typedName = (name: string): string => name.replace(/\u200c$/, '');

/** `a.b`, `a[0]`, `a["b c"]` */
function member(path: string, name: string): string {
  if (path === '') return name;
  if (/^\d+$/.test(name)) return `${path}[${name}]`;
  return /^[\p{ID_Start}$_#][\p{ID_Continue}$]*$/u.test(name) ? `${path}.${name}` : `${path}[${JSON.stringify(name)}]`;
}
