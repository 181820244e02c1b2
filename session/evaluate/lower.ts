import {parseSync, type Program} from 'oxc-parser';
import {type HelperMode, transformSync} from 'oxc-transform';
import {type Compiled, mayDecorate} from './compile.ts';
import type {AnyNode} from './names.ts';
import {loadTypeScript} from './project-options.ts';
import {runtime} from './runtime.ts';
import type {LineMap} from './sources.ts';

/** Puts what V8 does not know yet (`using` before Node 24, ECMAScript's decorators, `accessor`) in other words. */
export function lower(compiled: Compiled): Compiled {
  // Most cells have none of these, and are not read again for them.
  const uses = /\busing\b/.test(compiled.code);
  if (!uses && !mayDecorate.test(compiled.code) && !/\baccessor\b/.test(compiled.code)) return compiled;
  const {program} = parseSync('cell.js', compiled.code, {sourceType: 'module'});
  const plain = uses && contains(program, isUsing) ? withoutUsing(compiled) : compiled;
  return contains(program, isDecorated) ? withoutDecorators(plain) : plain;
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

/** The TypeScript that comes with tslab does it: oxc knows only the older kind of decorators. */
function withoutDecorators({code, maps}: Compiled): Compiled {
  const ts = loadTypeScript();
  const lowered = ts.transpileModule(code, {
    fileName: 'cell.js',
    compilerOptions: {
      allowJs: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      sourceMap: true,
    },
  });
  return {
    code: lowered.outputText.replace(/\/\/# sourceMappingURL=.*\n?$/, ''),
    maps: [JSON.parse(lowered.sourceMapText!) as LineMap, ...maps],
  };
}
