import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../../project/root.ts';
import {rollout, startCarts, stateSize} from '../cart-pole.ts';
import {policyOf, policyWidths} from '../cart-pole-policy.ts';
import type {DenseWeights} from '../digits-mlp.ts';
import {Draw} from '../draw.ts';
import {writeSafetensors} from '../../quant/files/safetensors.ts';

/**
 * Trains the weights of `cartPolePolicy()`: node dist/data/train/cart-pole.js
 * Evolution strategies (Salimans et al. 2017): weights are moved towards those of their random neighbours whose carts stood longer; nobody shows the right push.
 * Plain JavaScript from seeds: the same bytes on every machine.
 */
const [generations, pairs, carts, steps, reach, learningRate] = [60, 32, 16, 300, 0.1, 0.05];
const spread = 0.15;

const draw = new Draw('cart-pole/train');
const sizes = policyWidths.slice(1).map((outputs, i) => ({inputs: policyWidths[i]!, outputs}));
const start = sizes.flatMap(({inputs, outputs}) => [
  ...Array.from({length: inputs * outputs}, () => draw.normal(0, Math.sqrt(2 / inputs))),
  ...Array.from({length: outputs}, () => 0),
]);
const weights = Float64Array.from(start);
const [mean, square] = [new Float64Array(weights.length), new Float64Array(weights.length)];

for (let generation = 1; generation <= generations; generation++) {
  const starts = startCarts(carts, draw.for(`generation${generation}`), spread);
  const neighbours = Array.from({length: pairs}, () => {
    const direction = Float64Array.from(weights, () => draw.normal());
    const scoreOf = (sign: number): number =>
      score(
        weights.map((w, i) => w + sign * reach * direction[i]!),
        starts,
      );
    return {direction, gain: scoreOf(1) - scoreOf(-1)};
  });
  const largest = Math.max(...neighbours.map(({gain}) => Math.abs(gain)), 1e-9);
  // Adam, uphill.
  weights.forEach((w, i) => {
    const gradient = neighbours.reduce((sum, {direction, gain}) => sum + (gain / largest) * direction[i]!, 0) / pairs;
    mean[i] = 0.9 * mean[i]! + 0.1 * gradient;
    square[i] = 0.99 * square[i]! + 0.01 * gradient * gradient;
    const step = mean[i]! / (1 - 0.9 ** generation) / (Math.sqrt(square[i]! / (1 - 0.99 ** generation)) + 1e-8);
    weights[i] = w + learningRate * (1 - generation / (generations + 1)) * step;
  });
  if (generation % 10 === 0) console.log(`generation ${generation}: score ${score(weights, starts).toFixed(1)} of ${steps}`);
}

const trained = layersOf(weights);
const hidden = rollout(policyOf(trained), startCarts(2000, new Draw('cart-pole/test')));
const wide = rollout(policyOf(trained), startCarts(2000, new Draw('cart-pole/test'), spread));
console.log(
  `mean return ${hidden.meanReturn.toFixed(1)} of 500 on 2,000 hidden starts, ${wide.meanReturn.toFixed(1)} on starts three times as far out`,
);

const tensors = trained.flatMap((layer, i) =>
  (['kernel', 'bias'] as const).map(part => {
    const {shape, data} = layer[part];
    return {name: `dense${i}.${part}`, dtype: 'F32', shape, bytes: () => new Uint8Array(data.buffer)} as const;
  }),
);
writeFileSync(join(projectRoot, 'data', 'weights', 'cart-pole.safetensors'), Buffer.concat([...writeSafetensors({tensors})]));

/** How long the poles stand, and a little for standing near the middle: what only just stands falls once it is rounded. */
function score(values: Float64Array, starts: ReturnType<typeof startCarts>): number {
  const policy = policyOf(layersOf(values));
  let middle = 0;
  const {meanReturn, pushes} = rollout(
    (states, count) => {
      for (let i = 0; i < count; i++) middle += 1 - Math.min(1, Math.abs(states[i * stateSize]!));
      return policy(states, count);
    },
    starts,
    steps,
  );
  return meanReturn * (0.8 + (0.2 * middle) / pushes);
}

function layersOf(values: Float64Array): DenseWeights[] {
  let at = 0;
  const take = (shape: number[]): DenseWeights['kernel'] => {
    const size = shape.reduce((product, n) => product * n, 1);
    return {dtype: 'float32', shape, data: Float32Array.from(values.subarray(at, (at += size)))};
  };
  return sizes.map(({inputs, outputs}) => ({kernel: take([inputs, outputs]), bias: take([outputs])}));
}
