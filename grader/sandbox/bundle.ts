import {builtinModules, createRequire} from 'node:module';
import {realpath} from 'node:fs/promises';
import {join, relative} from 'node:path';
import type {Plugin} from 'rolldown';

const require = createRequire(import.meta.url);

/** The program of a sandbox in a runtime folder: the bundled one, or where there is none, the session's own. */
export const bundledProgram = 'dist/session/sandbox.cjs';
export const plainProgram = 'dist/session/main.js';

/**
 * Makes one file of the session's program and all that it imports, in a runtime folder: of some hundred files, Node resolves, reads and links each by
 * itself, and keeps the code of none. rolldown is there where the tests are; without it a sandbox starts from the files.
 * @throws Error where rolldown is missing
 */
export async function bundleSession(folder: string): Promise<void> {
  const {rolldown} = await import('rolldown');
  const session = await realpath(join(folder, 'dist/session'));
  const bundle = async (input: string, file: string): Promise<void> => {
    const made = await rolldown({
      input: join(session, input),
      platform: 'node',
      logLevel: 'silent',
      // Loaded by what draws, of which a sandbox does nothing.
      external: ['@observablehq/plot'],
      treeshake: {propertyReadSideEffects: false},
      plugins: [ownUrls(session), builtins],
    });
    await made.write({file: join(session, file), format: 'cjs', codeSplitting: false, sourcemap: false, banner});
    await made.close();
  };
  await bundle('bundle.js', 'session.cjs');
  await bundle('bundled.js', 'sandbox.cjs');
}

const banner =
  "const snapgridRequire = require;\nconst snapgridUrl = path => require('node:url').pathToFileURL(require('node:path').join(__dirname, path)).href;";

/** A module goes on finding what lies beside it. */
function ownUrls(session: string): Plugin {
  return {
    name: 'own-urls',
    transform: (code, id) =>
      code.includes('import.meta.url')
        ? code.replaceAll('import.meta.url', `snapgridUrl(${JSON.stringify(relative(session, id).replaceAll('\\', '/'))})`)
        : null,
  };
}

/** As with `import`, the session keeps the functions of Node that it took at its start, whatever a cell puts in their place later. */
const builtins: Plugin = {
  name: 'builtins',
  resolveId: id => (builtinModules.includes(id.replace(/^node:/, '')) ? `\0builtin:${id}` : null),
  load(id) {
    const name = /^\0builtin:(.*)$/.exec(id)?.[1];
    if (name === undefined) return null;
    const names = Object.keys(require(name) as object).filter(key => key !== 'default' && /^[A-Za-z_]\w*$/.test(key));
    const exported = names.map(key => `const own_${key} = real.${key};\nexport {own_${key} as ${key}};\n`);
    return `const real = snapgridRequire(${JSON.stringify(name)});\nexport default real;\n${exported.join('')}`;
  },
};
