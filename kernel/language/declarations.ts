import {type BindingPattern, type Declaration, parseSync, type Statement} from 'oxc-parser';

/** How later cells see a name: `let` may be assigned to, `const` may not, `import` is anything that has a type of the same name, `type` is only that. */
export type NameKind = 'let' | 'const' | 'import' | 'type';

export interface CellNames {
  readonly declared: ReadonlyMap<string, NameKind>;
  /** Names that the cell itself exports: they cannot be exported again. */
  readonly exported: ReadonlySet<string>;
  /** Every identifier in the text, used or not. */
  readonly mentioned: ReadonlySet<string>;
}

/** The names that a cell declares at its top level; none where it does not parse. */
export function cellNames(code: string): CellNames {
  const declared = new Map<string, NameKind>();
  const exported = new Set<string>();
  const {program, errors} = parseSync('cell.ts', code, {sourceType: 'module'});
  if (!errors.length) for (const statement of program.body) declare(statement, declared, exported);
  return {declared, exported, mentioned: new Set(code.match(/[\p{ID_Start}$_][\p{ID_Continue}$]*/gu))};
}

function declare(statement: Statement, declared: Map<string, NameKind>, exported: Set<string>): void {
  if (statement.type === 'ExportNamedDeclaration' && statement.declaration) {
    const inner = new Map<string, NameKind>();
    declareOne(statement.declaration, inner);
    for (const [name, kind] of inner) {
      declared.set(name, kind);
      exported.add(name);
    }
  } else if (statement.type === 'ExportNamedDeclaration') {
    for (const {exported: name} of statement.specifiers) if (name.type === 'Identifier') exported.add(name.name);
  } else if (statement.type === 'ImportDeclaration') {
    for (const specifier of statement.specifiers) {
      const typeOnly = statement.importKind === 'type' || (specifier.type === 'ImportSpecifier' && specifier.importKind === 'type');
      declared.set(specifier.local.name, typeOnly ? 'type' : 'import');
    }
  } else declareOne(statement as Declaration, declared);
}

function declareOne(declaration: Declaration, declared: Map<string, NameKind>): void {
  const add = (name: string, kind: NameKind): void => {
    // An interface beside a value of its name: importing brings both.
    declared.set(name, declared.has(name) ? 'import' : kind);
  };
  switch (declaration.type) {
    case 'VariableDeclaration':
      for (const {id} of declaration.declarations)
        for (const name of boundNames(id)) add(name, declaration.kind === 'const' ? 'const' : 'let');
      break;
    case 'FunctionDeclaration':
    case 'TSDeclareFunction':
    case 'ClassDeclaration':
      if (declaration.id) add(declaration.id.name, 'import');
      break;
    case 'TSEnumDeclaration':
      add(declaration.id.name, 'import');
      break;
    case 'TSModuleDeclaration':
      if (declaration.id.type === 'Identifier') add(declaration.id.name, 'import');
      break;
    case 'TSInterfaceDeclaration':
    case 'TSTypeAliasDeclaration':
      add(declaration.id.name, 'type');
      break;
    default:
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
