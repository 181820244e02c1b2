import {fileURLToPath} from 'node:url';

/** The folder with package.json, where sources, notebooks and weights are: the same from the sources and from `dist/`. */
export const projectRoot = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url)).replace(/[\\/]$/, '');
