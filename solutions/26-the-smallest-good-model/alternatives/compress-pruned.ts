import * as tf from '@tensorflow/tfjs-node-gpu';
import type {FloatLayer, SmallLayer} from '../../../exercises/26-the-smallest-good-model/interface.ts';
import {correctBiases, packBits, roundLayer, sizeOf} from '../answers.ts';

export * from '../answers.ts';

/** Prunes the first layer: its largest weights, column by column, in two bits each, as many as the budget lets live; the other layers have five bits. */
export function compress(model: readonly FloatLayer[], images: tf.Tensor2D, _labels: tf.Tensor1D, budgetBytes: number): SmallLayer[] {
  const others = model.slice(1).map(layer => roundLayer(layer, budgetBytes > 5000 ? 5 : 4));
  const {kernel, bias} = model[0]!;
  const [inputs, outputs] = kernel.shape;
  const bits = budgetBytes > 8000 ? 3 : budgetBytes > 5000 ? 2 : 1;
  const count = 2 ** bits;
  const rest = sizeOf(others.map(({small}) => small)) + 1 + inputs * outputs * (1 / 8) + 2 * (count + 2 * outputs);
  const keep = Math.min(inputs, Math.floor(((budgetBytes - rest) * 8) / bits / outputs));
  const weights = kernel.dataSync() as Float32Array;
  const [kept, codes, scales] = [new Uint8Array(weights.length), new Uint8Array(weights.length), new Float32Array(outputs)];
  // The kept weights of a column lie on both sides of a gap: half of the levels are for the negative ones.
  const levels = Float32Array.from({length: count}, (_, code) => (code < count / 2 ? code - count / 2 - gap : code - count / 2 + 1 + gap));
  const restored = new Float32Array(weights.length);
  for (let j = 0; j < outputs; j++) {
    const at = Array.from({length: inputs}, (_, i) => i * outputs + j).sort((a, b) => Math.abs(weights[b]!) - Math.abs(weights[a]!));
    const own = at.slice(0, keep);
    let best = {error: Infinity, scale: 1};
    for (let share = 0.15; share <= 1; share += 0.05) {
      const scale = (share * Math.abs(weights[own[0]!]!)) / (count / 2 + gap) || 1;
      const error = own.reduce((sum, i) => sum + (weights[i]! - scale * levels[nearestLevel(weights[i]! / scale, levels)]!) ** 2, 0);
      if (error < best.error) best = {error, scale};
    }
    scales[j] = best.scale;
    for (const i of own) {
      kept[i] = 1;
      codes[i] = nearestLevel(weights[i]! / best.scale, levels);
      restored[i] = levels[codes[i]!]! * best.scale;
    }
  }
  const small = {
    bits,
    levels,
    codes: packBits(
      codes.filter((_, i) => kept[i] === 1),
      bits,
    ),
    mask: packBits(kept, 1),
    scales,
    bias: bias.dataSync() as Float32Array,
  };
  return correctBiases(model, [{small, kernel: restored}, ...others], images);
}

/** In steps: how much farther from zero the innermost levels stand. */
const gap = 0.5;

function nearestLevel(value: number, levels: Float32Array): number {
  return levels.reduce((best, level, code) => (Math.abs(level - value) < Math.abs(levels[best]! - value) ? code : best), 0);
}
