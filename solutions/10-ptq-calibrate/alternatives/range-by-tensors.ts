import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Method, Range} from '../../../exercises/10-ptq-calibrate/interface.ts';
export * from '../answers.ts';

/** Tensor operations throughout; the search for the least error goes over a fixed list of shares. */
export function chooseRange(batches: readonly tf.Tensor[], method: Method, bits: number): Range {
  let found: Range = {min: 0, max: 0};
  tf.tidy(() => {
    found = search();
  });
  return found;

  function search(): Range {
    const all = tf.concat(batches.map(batch => batch.flatten()));
    const number = (x: tf.Tensor): number => x.dataSync()[0]!;
    const ends = (x: tf.Tensor): Range => ({min: Math.min(0, number(x.min())), max: Math.max(0, number(x.max()))});
    if (method === 'minMax') return ends(all);
    if (method === 'movingAverage') {
      let [min, max] = [number(batches[0]!.min()), number(batches[0]!.max())];
      for (const batch of batches.slice(1)) [min, max] = [0.9 * min + 0.1 * number(batch.min()), 0.9 * max + 0.1 * number(batch.max())];
      return {min: Math.min(0, min), max: Math.max(0, max)};
    }
    if (method === 'percentile') {
      const k = Math.floor(all.size / 1000) + 1;
      const top = tf.topk(all, k).values.min();
      const bottom = tf.topk(all.neg(), k).values.min().neg();
      return ends(tf.stack([bottom, top]));
    }
    const {min, max} = ends(all);
    const losses = Array.from({length: 40}, (_, i) => {
      const share = (i + 1) / 40;
      const scale = Math.max((share * (max - min)) / (2 ** bits - 1), 1e-12);
      const zeroPoint = Math.round((-share * min) / scale);
      const codes = all
        .div(scale)
        .round()
        .add(zeroPoint)
        .clipByValue(0, 2 ** bits - 1);
      return {share, loss: number(codes.sub(zeroPoint).mul(scale).sub(all).square().mean())};
    });
    const {share} = losses.reduce((a, b) => (b.loss < a.loss ? b : a));
    return {min: share * min, max: share * max};
  }
}
