import {relative} from 'node:path';
import {expect} from 'vitest';
import {Draw} from '../data/draw.ts';
import {projectRoot} from '../project/root.ts';

/**
 * Before each test file: `Math.random` draws from a seed of the file's own. TensorFlow.js starts weights and shuffles batches with it;
 * a test that trains would otherwise fail one time in a thousand, and nobody could see it again.
 */
const draw = new Draw(relative(projectRoot, expect.getState().testPath!));
Math.random = () => draw.uniform();
