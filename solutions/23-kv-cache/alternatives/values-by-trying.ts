import type * as tf from '@tensorflow/tfjs-node-gpu';
import type {Grid, Quantized} from '../../../exercises/23-kv-cache/interface.ts';

export * from '../answers.ts';

/** Group by group in loops; the nearest code is found by trying all. */
export function quantizeValues(values: tf.Tensor2D, {bits, groupSize}: Grid): Quantized {
  const x = values.dataSync();
  const codes = new Uint8Array(x.length);
  const [scales, minima] = [new Float32Array(x.length / groupSize), new Float32Array(x.length / groupSize)];
  for (let group = 0; group < scales.length; group++) {
    const places = Array.from({length: groupSize}, (_, i) => group * groupSize + i);
    const numbers = places.map(at => x[at]!);
    minima[group] = Math.min(...numbers);
    scales[group] = (Math.max(...numbers) - minima[group]!) / (2 ** bits - 1);
    // The code whose number is nearest, tried one after the other.
    for (const at of places) {
      let best = 0;
      for (let code = 1; code < 2 ** bits; code++)
        if (Math.abs(code * scales[group]! + minima[group]! - x[at]!) < Math.abs(best * scales[group]! + minima[group]! - x[at]!))
          best = code;
      codes[at] = best;
    }
  }
  return {codes, scales, minima};
}
