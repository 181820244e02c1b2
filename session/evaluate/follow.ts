import type MagicString from 'magic-string';
import type {Program} from 'oxc-parser';
import {markAwaited, markThrow} from './marks.ts';
import type {AnyNode} from './names.ts';
import {followAwait, followLoop, followThen, followTry} from './trails.ts';

interface Where {
  /** At the top of a cell or a file, not in a function. */
  readonly top: boolean;
  /** Awaits here are followed. */
  readonly followed: boolean;
}

/**
 * Puts between a cell's code what it is followed by while it runs: see marks.ts and trails.ts. Of a file of the learner's only its functions
 * are followed: an interrupt must not leave a file half-loaded that a later import waits for.
 */
export function followCode(program: Program, out: MagicString, {isCell}: {readonly isCell: boolean}): void {
  if (!/\b(?:await|throw|then|catch|finally)\b/.test(out.original)) return;
  const visit = (node: AnyNode, where: Where, labelled: AnyNode): boolean => {
    const isFunction = /Function|^(?:PropertyDefinition|AccessorProperty|StaticBlock)/.test(node.type);
    const inside = isFunction ? {top: false, followed: node['async'] === true} : where;
    let awaits = false;
    // From the inside out: what begins or ends together must nest.
    for (const value of Object.values(node))
      for (const each of Array.isArray(value) ? (value as unknown[]) : [value])
        if (typeof each === 'object' && each !== null && 'type' in each)
          awaits = visit(each as AnyNode, inside, node.type === 'LabeledStatement' ? labelled : (each as AnyNode)) || awaits;
    const marked = isCell && where.top;
    const argument = node['argument'] as AnyNode | null | undefined;
    switch (node.type) {
      case 'ThrowStatement':
        if (isCell && argument && argument.type !== 'NewExpression') markThrow(argument, out);
        break;
      case 'AwaitExpression':
        awaits = true;
        if (marked) markAwaited(argument!, out);
        if (where.followed) followAwait(node, out);
        break;
      case 'ForOfStatement':
        if (node['await'] !== true) break;
        awaits = true;
        if (marked) markAwaited(node['right'] as AnyNode, out);
        if (where.followed) followLoop(node, labelled, out);
        break;
      case 'TryStatement':
        if (awaits && where.followed) followTry(node, out);
        break;
      case 'CallExpression':
        followThen(node, out);
    }
    return awaits && !isFunction;
  };
  const root = program as unknown as AnyNode;
  visit(root, {top: true, followed: isCell}, root);
}
