import {tf} from '../../backend/core.ts';
import {loadBackend} from '../../backend/index.ts';
import {toPlain, toTensors} from '../../backend/plain.ts';
import type {Answer} from '../evaluate/answer.ts';
import {describeThrown, interruptedError} from '../evaluate/errors.ts';
import type {Evaluator} from '../evaluate/inspect.ts';
import {runtimeName} from '../evaluate/shadow.ts';
import type {Request} from '../wire/messages.ts';
import {isTensorData, isTypedArray, type Plain} from '../wire/plain.ts';
import {decodeValue, type Encoded, encodeValue} from '../wire/values.ts';

type CallRequest = Exclude<Request, {type: 'run' | 'comm'}>;
type Callable = (...args: unknown[]) => unknown;

const limits = {depth: 64, nodes: Infinity}; // the host is trusted

/** Calls what cells declared, with plain data in and out. */
export class Calls {
  private readonly instances: object[] = [];

  constructor(private readonly evaluator: Evaluator) {}

  async perform(request: CallRequest, buffers: readonly Uint8Array[], settle: (answer: Answer) => void): Promise<void> {
    const plain = request.args.map(arg => decodeValue(arg, buffers, limits));
    const dy = request.type === 'gradient' ? decodeValue(request.dy, buffers, limits) : undefined;
    if ([...plain, dy].some(hasTensor)) await loadBackend();
    const out: Uint8Array[] = [];
    let value: Encoded | undefined;
    const action = async (): Promise<void> => {
      value = encodeValue(await this.answer(request, plain, dy), out);
    };
    this.evaluator.apply(request.id, action, outcome => {
      if (outcome.status === 'interrupted') settle({status: 'error', error: interruptedError});
      else if (outcome.status === 'thrown') settle({status: 'error', error: describeThrown(outcome.value)});
      else settle({status: 'ok', value: value!, buffers: out});
    });
  }

  private async answer(request: CallRequest, plain: readonly Plain[], dy: Plain): Promise<Plain> {
    const args = plain.map(toTensors);
    try {
      switch (request.type) {
        case 'call':
          return await this.call(request.target, args);
        case 'construct':
          return this.construct(request.target, args);
        case 'invoke':
          return await this.invoke(request, args);
        case 'gradient':
          return await gradient(request, args, toTensors(dy));
      }
    } finally {
      // An instance may keep what it was made of.
      if (request.type !== 'construct') tf.dispose(args as tf.TensorContainer);
    }
  }

  private async call(target: string, args: unknown[]): Promise<Plain> {
    const declared = find(target);
    const newest = tf.scalar(0);
    newest.dispose();
    const result = await declared(...args);
    const plain = await toPlain(result);
    disposeNewer(result, newest.id);
    return plain;
  }

  private construct(target: string, args: unknown[]): Plain {
    const made: unknown = Reflect.construct(find(target), args);
    return this.instances.push(made as object) - 1;
  }

  /** A method's result, or a field's value. */
  private async invoke({handle, method}: CallRequest & {type: 'invoke'}, args: unknown[]): Promise<Plain> {
    const instance = this.instances[handle];
    if (!instance) throw new Error(`Expected the handle of an instance, got ${handle}`);
    const member: unknown = Reflect.get(instance, method);
    if (member === undefined)
      throw new Error(`Expected ${instance.constructor.name} to have a member '${method}', found none; declare it in the class.`);
    return toPlain(await (typeof member === 'function' ? Reflect.apply(member, instance, args) : member));
  }
}

async function gradient({target, wrt}: CallRequest & {type: 'gradient'}, args: readonly unknown[], dy: unknown): Promise<Plain> {
  const declared = find(target);
  const inputs = wrt.map(i => {
    const input = args[i];
    if (!(input instanceof tf.Tensor)) throw new Error(`Expected argument ${i} of ${target} to be a tensor, got ${typeof input}`);
    return input;
  });
  const forward = (...tensors: tf.Tensor[]): tf.Tensor => {
    const result = declared(...args.map((arg, i) => (wrt.includes(i) ? tensors[wrt.indexOf(i)] : arg)));
    if (result instanceof tf.Tensor) return result;
    throw new Error(
      `Expected ${target} to return a tensor, got ${result instanceof Promise ? 'a promise; it must not be async' : typeof result}`,
    );
  };
  try {
    const gradients = tf.grads(forward)(inputs, dy as tf.Tensor);
    try {
      return await toPlain(gradients);
    } finally {
      tf.dispose(gradients);
    }
  } finally {
    tf.dispose(dy as tf.Tensor);
  }
}

/** What a cell declared under this name. An indirect eval sees the scope that cells share. */
function find(name: string): Callable {
  const variable = runtimeName(name);
  const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name);
  // oxlint-disable-next-line no-eval -- only eval reaches `const` and `class` of the global scope; the name is an identifier
  const found: unknown = identifier ? (0, eval)(`typeof ${variable} === 'undefined' ? undefined : ${variable}`) : undefined;
  if (typeof found === 'function') return found as Callable;
  throw new ReferenceError(
    `Expected a cell to declare the function or class '${name}', found ${found === undefined ? 'none' : `a ${typeof found}`}; define it and run its cell.`,
  );
}

/** Disposes the tensors in a result that were made after the tensor with this id: older ones are the learner's own. */
function disposeNewer(value: unknown, id: number, seen = new Set<object>()): void {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return;
  seen.add(value);
  if (value instanceof tf.Tensor) {
    if (value.id > id && !(value instanceof tf.Variable)) value.dispose();
  } else for (const {value: inner} of Object.values(Object.getOwnPropertyDescriptors(value))) disposeNewer(inner, id, seen);
}

function hasTensor(value: Plain): boolean {
  if (typeof value !== 'object' || value === null || isTypedArray(value)) return false;
  return isTensorData(value) || Object.values(value).some(hasTensor);
}
