/** `warn`: errors are shown beside the cell. `error`: a cell with one does not run. */
export type TypecheckMode = 'off' | 'warn' | 'error';

const setting = /^\s*\/\/\s*@typecheck\s+(off|warn|error)\s*$/;

/** A comment `// @typecheck off` on the cell's first line, else SNAPGRID_TYPECHECK, else `warn`. */
export function typecheckMode(code: string, environment = process.env['SNAPGRID_TYPECHECK']): TypecheckMode {
  const [firstLine = ''] = code.trimStart().split('\n', 1);
  const asked = setting.exec(firstLine)?.[1] ?? environment;
  return asked === 'off' || asked === 'error' ? asked : 'warn';
}
