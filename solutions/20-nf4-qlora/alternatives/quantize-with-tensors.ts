import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Nf4} from '../../../exercises/20-nf4-qlora/interface.ts';
import {nf4} from '../answers.ts';

export * from '../answers.ts';

/** With tensors throughout: the code is how many of the 15 middles lie below. */
export function quantizeNf4(w: tf.Tensor, blockSize: number): Nf4 {
  const [absMax, packed] = tf.tidy(() => {
    const blocks = w.reshape([-1, blockSize]);
    const largest = blocks.abs().max(1, true); // [blocks, 1]
    const scaled = blocks.div(tf.where(largest.equal(0), tf.onesLike(largest), largest));
    const middles = tf.tensor1d(nf4.slice(1).map((value, i) => (value + nf4[i]!) / 2));
    const codes = scaled.expandDims(2).greater(middles).sum(2).reshape([-1, 2]); // one pair a row
    return [largest.dataSync().slice(), codes.mul([16, 1]).sum(1).dataSync().slice()];
  });
  return {shape: w.shape, packed: Uint8Array.from(packed!), absMax: Float32Array.from(absMax!)};
}
