/** Options as a shell takes them, each after a space; those without a value are left out. */
export function optionWords(values: Readonly<Record<string, string | undefined>>): string {
  return Object.entries(values)
    .flatMap(([name, value]) => (value === undefined ? [] : [` --${name} ${quote(value)}`]))
    .join('');
}

/** A path as a shell takes it for one word. */
export function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
