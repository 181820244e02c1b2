import {type BindingPattern, type Declaration, type ParseResult, parseSync, type Statement} from 'oxc-parser';

/** How later cells see a name: `let` may be assigned to, `const` may not, `import` is anything that has a type of the same name, `type` is only that. */
export type NameKind = 'let' | 'const' | 'import' | 'type';

export interface CellNames {
  readonly declared: ReadonlyMap<string, NameKind>;
  /** Names that the cell itself exports: they cannot be exported again. */
  readonly exported: ReadonlySet<string>;
  /** Every identifier in the text, used or not. */
  readonly mentioned: ReadonlySet<string>;
  /** Functions, classes, enums and namespaces as they are written: a later cell's `namespace` of the same name adds to them. */
  readonly extensible: ReadonlyMap<string, string>;
  /** What the cell declares by `namespace` only. */
  readonly extending: ReadonlySet<string>;
  /** Whether it has tags in it (JSX). */
  readonly hasTags: boolean;
  /** `declare global`, `declare module 'x'`: it holds in all later cells, also in those that use none of its names. */
  readonly isGlobal: boolean;
}

/** The names that a cell declares at its top level; none where it does not parse. */
export function cellNames(code: string): CellNames {
  const {program, errors, hasTags} = parseCell(code);
  const names = new Names(code, hasTags);
  if (!errors.length) for (const statement of program.body) names.take(statement);
  return names;
}

/** A cell has tags where it makes sense only with them: otherwise `<T>x` is a cast. */
export function parseCell(code: string): ParseResult & {readonly hasTags: boolean} {
  const plain = parseSync('cell.ts', code, {sourceType: 'module'});
  const tagged = plain.errors.length && /<[\p{L}>]/u.test(code) ? parseSync('cell.tsx', code, {sourceType: 'module'}) : undefined;
  const result = tagged && !tagged.errors.length ? tagged : plain;
  return {program: result.program, module: result.module, comments: result.comments, errors: result.errors, hasTags: result === tagged};
}

/** Every identifier in a text, also in its comments. */
export const identifiersOf = (code: string): Set<string> => new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu));

class Names implements CellNames {
  readonly declared = new Map<string, NameKind>();
  readonly exported = new Set<string>();
  readonly mentioned: ReadonlySet<string>;
  readonly extensible = new Map<string, string>();
  readonly extending = new Set<string>();
  isGlobal = false;

  constructor(
    private readonly code: string,
    readonly hasTags: boolean,
  ) {
    this.mentioned = identifiersOf(code);
  }

  take(statement: Statement): void {
    if (statement.type === 'ExportNamedDeclaration') {
      const before = new Set(this.declared.keys());
      if (statement.declaration) this.declare(statement.declaration);
      for (const name of this.declared.keys()) if (statement.declaration && !before.has(name)) this.exported.add(name);
      for (const {exported: name} of statement.specifiers) if (name.type === 'Identifier') this.exported.add(name.name);
    } else if (statement.type === 'ExportDefaultDeclaration') {
      const {declaration} = statement;
      if ('id' in declaration && declaration.id) this.declare(declaration as Declaration);
    } else if (statement.type === 'ImportDeclaration') {
      for (const specifier of statement.specifiers) {
        const typeOnly = statement.importKind === 'type' || (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type');
        this.declared.set(specifier.local.name, typeOnly ? 'type' : 'import');
      }
    } else {
      this.declare(statement as Declaration);
      this.hoist(statement);
    }
  }

  private declare(declaration: Declaration): void {
    switch (declaration.type) {
      case 'VariableDeclaration':
        for (const {id} of declaration.declarations)
          for (const name of boundNames(id)) this.add(name, declaration.kind === 'let' || declaration.kind === 'var' ? 'let' : 'const');
        break;
      case 'FunctionDeclaration':
      case 'TSDeclareFunction':
      case 'ClassDeclaration':
        if (declaration.id) this.addExtensible(declaration.id.name, declaration);
        break;
      case 'TSEnumDeclaration':
        this.addExtensible(declaration.id.name, declaration);
        break;
      case 'TSModuleDeclaration':
        this.declareNamespace(declaration);
        break;
      case 'TSImportEqualsDeclaration':
        this.add(declaration.id.name, declaration.importKind === 'type' ? 'type' : 'import');
        break;
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
        this.add(declaration.id.name, 'type');
        break;
      default:
    }
  }

  private declareNamespace(declaration: Declaration & {type: 'TSModuleDeclaration'}): void {
    const {id} = declaration;
    // `declare global` and `declare module 'x'`, against `namespace N` and `namespace N.M`.
    if (declaration.kind === 'global' || id.type === 'Literal') return void (this.isGlobal = true);
    const [name = ''] = this.code.slice(id.start, id.end).split(/[\s.]/, 1);
    if (!this.declared.has(name)) this.extending.add(name);
    this.addExtensible(name, declaration, true);
  }

  private addExtensible(name: string, {start, end}: Declaration, isNamespace = false): void {
    this.add(name, 'import');
    if (!isNamespace) this.extending.delete(name);
    this.extensible.set(name, [...(this.extensible.has(name) ? [this.extensible.get(name)!] : []), this.code.slice(start, end)].join('\n'));
  }

  private add(name: string, kind: NameKind): void {
    // An interface beside a value of its name: importing brings both.
    this.declared.set(name, this.declared.has(name) && this.declared.get(name) !== kind ? 'import' : kind);
  }

  /** `var` in a block belongs to the cell. */
  private hoist(statement: Statement | null | undefined): void {
    switch (statement?.type) {
      case 'VariableDeclaration':
        if (statement.kind === 'var') this.declare(statement);
        return;
      case 'BlockStatement':
        return statement.body.forEach(each => this.hoist(each));
      case 'IfStatement':
        this.hoist(statement.consequent);
        return this.hoist(statement.alternate);
      case 'ForStatement':
        this.hoist(statement.init as Statement | null);
        return this.hoist(statement.body);
      case 'ForInStatement':
      case 'ForOfStatement':
        this.hoist(statement.left as Statement);
        return this.hoist(statement.body);
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'LabeledStatement':
        return this.hoist(statement.body);
      case 'TryStatement':
        this.hoist(statement.block);
        this.hoist(statement.handler?.body);
        return this.hoist(statement.finalizer);
      case 'SwitchStatement':
        return statement.cases.forEach(({consequent}) => consequent.forEach(each => this.hoist(each)));
      default:
    }
  }
}

function boundNames(pattern: BindingPattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ObjectPattern':
      return pattern.properties.flatMap(property => boundNames(property.type === 'RestElement' ? property.argument : property.value));
    case 'ArrayPattern':
      return pattern.elements.flatMap(element => (element ? boundNames(element.type === 'RestElement' ? element.argument : element) : []));
    case 'AssignmentPattern':
      return boundNames(pattern.left);
    default:
      return [];
  }
}
