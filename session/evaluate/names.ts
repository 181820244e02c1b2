/** Any node of a syntax tree, for code that does not care which. */
export interface AnyNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

/** The names that a pattern declares. */
export function boundNames(of: object): string[] {
  const pattern = of as AnyNode;
  switch (pattern.type) {
    case 'Identifier':
      return [pattern['name'] as string];
    case 'ObjectPattern':
      return (pattern['properties'] as AnyNode[]).flatMap(each => boundNames((each['argument'] ?? each['value']) as AnyNode));
    case 'ArrayPattern':
      return (pattern['elements'] as (AnyNode | null)[]).flatMap(each => (each ? boundNames(each) : []));
    case 'RestElement':
      return boundNames(pattern['argument'] as AnyNode);
    case 'AssignmentPattern':
      return boundNames(pattern['left'] as AnyNode);
    default:
      return [];
  }
}
