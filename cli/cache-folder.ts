import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';

/** The project's own cache: everything that a setup makes, and nothing that git keeps. */
export const cacheFolder = join(projectRoot, '.snapgrid');
