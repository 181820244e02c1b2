import type MagicString from 'magic-string';
import type {Causes, Trail} from '../output/causes.ts';
import {insertedName} from '../wire/debug.ts';
import {inserted} from './inserted.ts';
import type {AnyNode} from './names.ts';
import {runtime} from './runtime.ts';

const never = `await ${runtime}.never`;
// No call behind the await: a debugger's step over it would stop there.
const beforeAwait = inserted(`(${runtime}.returned = [${runtime}.begun(), `);
const afterAwait = inserted(`], ${runtime}.over ? ${never} : ${runtime}.awaited)`);
const unless = (trail: string): string => ` if (${runtime}.back(${trail})) ${never};`;

/** `await x`: when it comes back it is asked whether its cell still runs. Inner nodes must have been rewritten before. */
export function followAwait(node: AnyNode, out: MagicString): void {
  out.prependRight(node.start, beforeAwait).appendLeft(node.end, afterAwait);
}

/** A `try` that awaits: so are the blocks that a rejection leads into. */
export function followTry(node: AnyNode, out: MagicString): void {
  const trail = begin(node, node, out);
  const handler = node['handler'] as AnyNode | null;
  for (const block of [handler?.['body'], node['finalizer']])
    if (block) out.appendLeft((block as AnyNode).start + 1, inserted(unless(trail)));
  out.appendLeft(node.end, inserted(' }'));
}

/** `for await`, in each round and behind it. `labelled`: the loop, or the outermost label in front of it. */
export function followLoop(node: AnyNode, labelled: AnyNode, out: MagicString): void {
  const trail = begin(node, labelled, out);
  const body = node['body'] as AnyNode;
  if (body.type === 'BlockStatement') out.appendLeft(body.start + 1, inserted(unless(trail)));
  else out.prependRight(body.start, inserted(`{${unless(trail)}`)).appendLeft(body.end, inserted(' }'));
  out.appendLeft(labelled.end, inserted(`${unless(trail)} }`));
}

function begin({start}: AnyNode, outermost: AnyNode, out: MagicString): string {
  const trail = `${insertedName}${start}`;
  out.prependRight(outermost.start, inserted(`{ const ${trail} = ${runtime}.begun(); `));
  return trail;
}

/** `x.then(f, g)`, `x.catch(f)`, `x.finally(f)`: what they are given goes on behind a promise, too. */
export function followThen(node: AnyNode, out: MagicString): void {
  const callee = node['callee'] as AnyNode;
  if (callee.type !== 'MemberExpression' || callee['computed'] || !/^(?:then|catch|finally)$/.test(nameOf(callee['property']))) return;
  for (const each of node['arguments'] as AnyNode[])
    if (/^(?:ArrowFunctionExpression|FunctionExpression|Identifier)$/.test(each.type))
      out.prependRight(each.start, inserted(`${runtime}.carry(`)).appendLeft(each.end, inserted(')'));
}

const nameOf = (node: unknown): string => String((node as AnyNode)['name']);

/**
 * What rewritten code calls. What goes on behind an await goes on under the name of the cell that awaited, and not at all once that was
 * interrupted, whatever it waited for: a file or a socket knows nothing of an interrupt.
 */
export function trailFunctions(causes: Causes): object {
  let awaited: unknown;
  let over = false;
  const never = (): Promise<never> => new Promise(() => {});
  return {
    begun: () => causes.begun(),
    back: (trail: Trail) => causes.back(trail),
    set returned([trail, value]: [Trail, unknown]) {
      over = causes.back(trail);
      awaited = value;
    },
    get over() {
      return over;
    },
    get awaited() {
      const value = awaited;
      awaited = undefined;
      return value;
    },
    get never() {
      return never();
    },
    carry(callback: unknown): unknown {
      if (typeof callback !== 'function') return callback;
      const trail = causes.begun();
      return function (this: unknown, ...args: unknown[]): unknown {
        return causes.back(trail) ? never() : Reflect.apply(callback, this, args);
      };
    },
  };
}
