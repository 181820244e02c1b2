import {createHash} from 'node:crypto';
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, join, relative} from 'node:path';
import {pathToFileURL} from 'node:url';
import {transformSync} from 'oxc-transform';
import {projectRoot} from '../../project/root.ts';

/**
 * Compiles the exercises of a course outside the project into the project's cache, where `snapgrid/checking` and tensors resolve to this snapgrid's own.
 * Once per content. Returns the URL of the folder, with its last slash. @throws an Error that names the file that does not parse
 */
export function compileExercises(root: string): string {
  const exercises = join(root, 'exercises');
  const files = filesOf(exercises);
  const hash = createHash('sha256');
  for (const file of files)
    hash
      .update(`${relative(exercises, file)}\n`)
      .update(readFileSync(file))
      .update('\n');
  const cache = join(projectRoot, '.snapgrid', 'courses');
  const folder = join(cache, hash.digest('hex').slice(0, 24));
  if (!existsSync(folder)) {
    const half = `${folder}.${process.pid}.half`;
    for (const file of files) compile(file, join(half, relative(exercises, file)));
    try {
      renameSync(half, folder);
    } catch (error) {
      rmSync(half, {recursive: true, force: true});
      if (!existsSync(folder)) throw error; // else another process was first
    }
  }
  return `${pathToFileURL(folder).href}/`;
}

/** Everything but prose and what packages install: checks may read data that lies beside them. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, {withFileTypes: true})
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(entry => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesOf(path);
      return entry.isFile() && !entry.name.endsWith('.md') ? [path] : [];
    });
}

function compile(from: string, to: string): void {
  mkdirSync(dirname(to), {recursive: true});
  if (!from.endsWith('.ts')) {
    writeFileSync(to, readFileSync(from));
    return;
  }
  const {code, errors} = transformSync(from, readFileSync(from, 'utf8'), {
    typescript: {onlyRemoveTypeImports: true, rewriteImportExtensions: 'rewrite'},
  });
  if (errors.length > 0) throw new Error(`${from}: expected TypeScript that parses, got: ${errors[0]!.message}`);
  writeFileSync(to.replace(/\.ts$/, '.js'), code);
}
