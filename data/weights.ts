import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../project/root.ts';
import type {TensorData} from '../session/wire/plain.ts';

/**
 * The float32 tensors of one of the committed weight files, by name.
 * Not by the toolkit's reader of safetensors: learners' code is graded where the toolkit is not.
 */
export function readWeights(name: string): (tensor: string) => TensorData {
  const bytes = readFileSync(join(projectRoot, 'data', 'weights', `${name}.safetensors`));
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Record<string, {shape: number[]; data_offsets: [number, number]}>;
  return tensor => {
    const {shape, data_offsets} = header[tensor]!;
    const [from, to] = data_offsets.map(offset => bytes.byteOffset + headerEnd + offset) as [number, number];
    return {dtype: 'float32', shape, data: new Float32Array(bytes.buffer.slice(from, to))};
  };
}
