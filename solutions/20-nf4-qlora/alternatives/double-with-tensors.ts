import * as tf from '@tensorflow/tfjs-node-gpu';
import type {CompressedAbsMax} from '../../../exercises/20-nf4-qlora/interface.ts';
import {dynamic8} from '../answers.ts';

export * from '../answers.ts';

/** With tensors: the code is how many of the 255 middles lie below. */
export function doubleQuantize(absMax: Float32Array): CompressedAbsMax {
  const runs = Math.ceil(absMax.length / 256);
  const middles = Array.from({length: 255}, (_, i) => (dynamic8[i]! + dynamic8[i + 1]!) / 2);
  return tf.tidy(() => {
    const all = tf.tensor1d(absMax);
    const centred = all
      .sub(all.mean())
      .pad([[0, 256 * runs - absMax.length]])
      .reshape([runs, 256]);
    const scales = centred.abs().max(1, true); // [runs, 1]
    const x = centred.div(tf.where(scales.equal(0), tf.onesLike(scales), scales));
    const codes = x.expandDims(2).greater(tf.tensor1d(middles)).sum(2);
    return {
      codes: Uint8Array.from(codes.dataSync().slice(0, absMax.length)),
      scales: Float32Array.from(scales.dataSync()),
      offset: all.mean().dataSync()[0]!,
    };
  });
}
