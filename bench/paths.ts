import {fileURLToPath} from 'node:url';

/** The project's folder, from the sources and from dist/ alike. */
export const projectRoot = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url));
