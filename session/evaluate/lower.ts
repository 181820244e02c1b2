import type Ts from '@tslab/typescript-for-tslab';
import {createRequire} from 'node:module';
import {dirname} from 'node:path';
import {parseSync, type Program} from 'oxc-parser';
import {type HelperMode, transformSync} from 'oxc-transform';
import type {Compiled} from './compile.ts';
import type {AnyNode} from './names.ts';
import {runtime} from './runtime.ts';
import type {LineMap} from './sources.ts';

/** Puts what V8 does not know yet (`using` before Node 24, decorators, `accessor`) in other words; `folder`: whose tsconfig.json says which decorators. */
export function lower(compiled: Compiled, folder: string): Compiled {
  // Most cells have none of these, and are not read again for them.
  const uses = /\busing\b/.test(compiled.code);
  if (!uses && !/@\s*[\p{ID_Start}$_([]|\baccessor\b/u.test(compiled.code)) return compiled;
  const {program} = parseSync('cell.js', compiled.code, {sourceType: 'module'});
  const plain = uses && contains(program, isUsing) ? withoutUsing(compiled) : compiled;
  return contains(program, isDecorated) ? withoutDecorators(plain, folder) : plain;
}

const isUsing = ({type, kind}: AnyNode): boolean => type === 'VariableDeclaration' && String(kind).endsWith('using');
const isDecorated = ({type}: AnyNode): boolean => type === 'Decorator' || type === 'AccessorProperty';

function contains(node: Program | AnyNode, wanted: (node: AnyNode) => boolean): boolean {
  if (wanted(node as AnyNode)) return true;
  return Object.values(node).some(value =>
    (Array.isArray(value) ? (value as unknown[]) : [value]).some(
      each => typeof each === 'object' && each !== null && 'type' in each && contains(each as AnyNode, wanted),
    ),
  );
}

/** `using` → `try … finally`; disposal.ts has what it calls. */
function withoutUsing({code, maps}: Compiled): Compiled {
  const lowered = transformSync('cell.js', code, {
    sourcemap: true,
    sourceType: 'module',
    target: 'es2025',
    helpers: {mode: 'External' as HelperMode.External},
  });
  return {code: lowered.code.replaceAll('babelHelpers.', `globalThis.${runtime}.`), maps: [lowered.map!, ...maps]};
}

/** The TypeScript that comes with tslab does it; oxc knows only the older kind of decorators, TypeScript 7 has no functions to call. */
function withoutDecorators({code, maps}: Compiled, folder: string): Compiled {
  const require = createRequire(import.meta.url);
  const ts = createRequire(require.resolve('tslab/package.json'))('@tslab/typescript-for-tslab') as typeof Ts;
  const lowered = ts.transpileModule(code, {
    fileName: 'cell.js',
    compilerOptions: {
      allowJs: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      sourceMap: true,
      experimentalDecorators: experimentalDecorators(ts, folder),
    },
  });
  return {
    code: lowered.outputText.replace(/\/\/# sourceMappingURL=.*\n?$/, ''),
    maps: [JSON.parse(lowered.sourceMapText!) as LineMap, ...maps],
  };
}

/** Whether the folder's tsconfig.json, or one that it extends, asks for the decorators that came before those of ECMAScript. */
function experimentalDecorators(ts: typeof Ts, folder: string): boolean {
  const path = ts.findConfigFile(folder, ts.sys.fileExists);
  if (!path) return false;
  const read = ts.readConfigFile(path, ts.sys.readFile) as {config?: unknown};
  const host = {...ts.sys, readDirectory: () => []};
  return ts.parseJsonConfigFileContent(read.config ?? {}, host, dirname(path)).options.experimentalDecorators ?? false;
}
