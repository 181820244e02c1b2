import type MagicString from 'magic-string';
import type {ForStatement, Statement, VariableDeclaration} from 'oxc-parser';
import {boundNames} from './names.ts';

/**
 * Takes a cell's `var` apart: its names are declared once at the front, by `let`, which a later cell can declare again by any kind of
 * declaration; where `var` stood, an assignment is left. A `var` in a block belongs to the whole cell, as it does in a module.
 */
export class Vars {
  readonly names = new Set<string>();

  constructor(private readonly out: MagicString) {}

  /** The statement's own `var` and those of the blocks in it; functions keep theirs. */
  hoistFrom(statement: Statement | null | undefined): void {
    switch (statement?.type) {
      case 'VariableDeclaration':
        return this.assign(statement, false);
      case 'BlockStatement':
        return statement.body.forEach(each => this.hoistFrom(each));
      case 'IfStatement':
        this.hoistFrom(statement.consequent);
        return this.hoistFrom(statement.alternate);
      case 'ForStatement':
        this.head(statement.init);
        return this.hoistFrom(statement.body);
      case 'ForInStatement':
      case 'ForOfStatement':
        this.head(statement.left);
        return this.hoistFrom(statement.body);
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'LabeledStatement':
        return this.hoistFrom(statement.body);
      case 'TryStatement':
        this.hoistFrom(statement.block);
        this.hoistFrom(statement.handler?.body);
        return this.hoistFrom(statement.finalizer);
      case 'SwitchStatement':
        return statement.cases.forEach(({consequent}) => consequent.forEach(each => this.hoistFrom(each)));
      default:
    }
  }

  /** `for (var i = 0; …)` and `for (var x of xs)` */
  private head(node: ForStatement['init'] | {readonly type: string}): void {
    if (node?.type === 'VariableDeclaration') this.assign(node as VariableDeclaration, true);
  }

  /** `var a = 1, b, {c} = d` → `a = 1, {c} = d` */
  private assign(node: VariableDeclaration, inHead: boolean): void {
    if (node.kind !== 'var' || node.declare) return;
    const {declarations, start, end} = node;
    for (const {id} of declarations) for (const name of boundNames(id)) this.names.add(name);
    // `for (var x of …)` has no value, and keeps its name.
    const kept = declarations.filter(({init}, i) => init || (inHead && i === 0));
    const [first] = kept;
    if (!first) return void this.out.overwrite(start, end, inHead ? '' : ';');
    const isObject = !inHead && first.id.type === 'ObjectPattern'; // which, first in a statement, would be a block
    this.out.overwrite(start, first.start, isObject ? '(' : '', {contentOnly: false});
    kept.forEach((each, i) => {
      const next = kept[i + 1];
      if (next) this.out.overwrite(each.end, next.start, ', ');
      else if (!inHead) this.out.overwrite(each.end, end, isObject ? ');' : ';');
    });
  }
}
