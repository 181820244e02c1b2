import type MagicString from 'magic-string';
import type {VariableDeclaration} from 'oxc-parser';

/** Rewrites a cell's `var` to `let`, which a later cell can declare again by any kind of declaration; `var` may repeat a name, `let` not. */
export class Vars {
  private readonly declared = new Set<string>();

  constructor(private readonly out: MagicString) {}

  /** `var a = 1` → `let a = 1`, the second time `a = 1` */
  declaration(node: VariableDeclaration): void {
    const names = plainNames(node);
    const [only] = node.declarations;
    if (names.some(name => this.declared.has(name))) {
      // A list that repeats only some of its names stays what it is: V8 then says what is wrong with it.
      if (names.length === 1 && only?.init) this.out.overwrite(node.start, only.init.start, `${names[0]} = `);
      else if (names.length === 1) this.out.remove(node.start, node.end);
      return;
    }
    this.out.overwrite(node.start, node.start + 'var'.length, 'let');
    for (const name of names) this.declared.add(name);
  }

  /** `for (var i = 0; …` → `let i; for (i = 0; …`: the variable outlives its loop. */
  loop(start: number, node: VariableDeclaration): void {
    const names = plainNames(node);
    if (node.kind !== 'var' || names.length !== node.declarations.length) return;
    const fresh = names.filter(name => !this.declared.has(name));
    if (fresh.length) this.out.appendRight(start, `let ${fresh.join(', ')}; `);
    for (const name of fresh) this.declared.add(name);
    this.out.remove(node.start, node.declarations[0]!.start);
    // An assignment takes no type.
    for (const {id} of node.declarations) if (id.type === 'Identifier') this.out.overwrite(id.start, id.end, id.name);
  }
}

const plainNames = (node: VariableDeclaration): string[] =>
  node.declarations.flatMap(({id}) => (id.type === 'Identifier' ? [id.name] : []));
