import {chmod, mkdir, mkdtemp, symlink} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {projectRoot} from '../../project/root.ts';

/** A folder that runtime folders can be made from, as from the project's own; `mode` says who gets to it. */
export async function projectFolder(mode: number): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'snapgrid-runtime-'));
  await chmod(root, mode);
  for (const name of ['node_modules', 'package.json', 'data']) await symlink(join(projectRoot, name), join(root, name));
  await mkdir(join(root, 'dist'));
  await symlink(join(projectRoot, 'dist', 'session'), join(root, 'dist', 'session'));
  return root;
}
