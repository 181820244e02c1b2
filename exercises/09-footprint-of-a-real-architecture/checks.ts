import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {projectRoot} from '../../project/root.ts';
import {footprint} from './footprint.checks.ts';
import {parameterShapes} from './parameter-shapes.checks.ts';
import {readHeader} from './read-header.checks.ts';

export const lesson: Lesson = {
  slug: '09-footprint-of-a-real-architecture',
  tasks: [parameterShapes, readHeader, footprint],
};

export const {check, progress} = inNotebook(lesson);

/** The bytes of the safetensors file that holds the course's tiny language model. In grading, where exercises are inert, there are none. */
export async function modelFile(): Promise<Uint8Array | undefined> {
  return new Uint8Array(await readFile(join(projectRoot, 'data', 'weights', 'tiny-llama.safetensors')));
}
