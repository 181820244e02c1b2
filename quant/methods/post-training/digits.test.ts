import {beforeAll, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {digits} from '../../../data/digits.ts';
import {digitsMlp, disguise} from '../../../data/digits-mlp.ts';
import {Draw} from '../../../data/draw.ts';
import {perTensor, postTrainingQuantize, type Recipe, toInteger} from '../../index.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

test('a trained classifier of digits at 3 bits, one scale a tensor: equalization and bias correction bring its accuracy back, in integers too', async () => {
  // Its units have unequal ranges, as networks from the wild have.
  const {model: weights, rename} = disguise(digitsMlp(), new Draw('post-training'));
  const [seen, hidden] = [rename(digits(256, 'calibration')), rename(digits(600, 'hidden'))];
  const model = tf.sequential({
    layers: weights.map(({kernel}, i) =>
      tf.layers.dense({
        units: kernel.shape[1]!,
        ...(i === 0 && {inputShape: [kernel.shape[0]!]}),
        ...(i < weights.length - 1 && {activation: 'relu' as const}),
      }),
    ),
  });
  model.setWeights(weights.flatMap(({kernel, bias}) => [kernel, bias].map(({data, shape}) => tf.tensor(data, [...shape]))));
  const imagesOf = ({images}: typeof seen): Tensor => tf.tensor(images.data, [...images.shape]);
  const x = imagesOf(hidden);
  const accuracy = (net: {predict(x: Tensor): unknown}): number =>
    tf.tidy(() => {
      const found = (net.predict(x) as Tensor).argMax(1).dataSync();
      return found.filter((label, i) => label === hidden.labels[i]).length / found.length;
    });
  const recipe: Recipe = {weights: {bits: 3, granularity: perTensor}, activations: {bits: 8}};
  const calibration = [imagesOf(seen)];
  const accuracyWith = async (options: {equalize?: boolean; biasCorrection?: boolean}): Promise<[float: number, integer: number]> => {
    const quantized = await postTrainingQuantize(model, {recipe, calibration, ...options});
    return [accuracy(quantized), accuracy(toInteger(quantized))];
  };
  const float = accuracy(model);
  const [plain] = await accuracyWith({});
  const [equalized] = await accuracyWith({equalize: true});
  const [both, integer] = await accuracyWith({equalize: true, biasCorrection: true});
  expect(plain).toBeLessThan(float - 0.3);
  expect(equalized).toBeGreaterThan(float - 0.2);
  expect(both).toBeGreaterThan(float - 0.03);
  expect(Math.abs(integer - both)).toBeLessThan(0.01);
});

type Tensor = ReturnType<Backend['tf']['tensor']>;
