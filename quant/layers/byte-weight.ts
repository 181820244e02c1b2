import * as tf from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';

/** The shape of an int32 weight that holds so many bytes: four to a number. */
export function byteWeightShape(bytes: number): [words: number] {
  return [Math.ceil(bytes / 4)];
}

/** The bytes that lie in an int32 weight: models of tfjs save no weights of 8 bits. */
export function readBytes(weight: LayerVariable, length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(weight.read().dataSync<'int32'>().slice().buffer, 0, length);
}

export function writeBytes(weight: LayerVariable, bytes: Uint8Array): void {
  const [words] = byteWeightShape(bytes.length);
  const padded = new Uint8Array(4 * words);
  padded.set(bytes);
  tf.tidy(() => void weight.write(tf.tensor1d(new Int32Array(padded.buffer), 'int32')));
}
