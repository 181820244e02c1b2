import type {LayersModel} from '@tensorflow/tfjs-layers';
import {beforeAll, expect, test} from 'vitest';
import {type Backend, type BackendName, loadBackend} from '../../backend/index.ts';
import {Draw} from '../../data/draw.ts';
import {FakeQuant, QuantDense, recordStep} from '../index.ts';

type Tensor = ReturnType<Backend['tf']['tensor']>;
let tf: Backend['tf'];
let name: BackendName;
beforeAll(async () => {
  ({tf, name} = await loadBackend());
});

function values(shape: [number, number], seed: string): Tensor {
  const draw = new Draw(seed);
  return tf.tensor2d(
    Float32Array.from({length: shape[0] * shape[1]}, () => draw.normal(0, 0.5)),
    shape,
  );
}

function step(model: LayersModel): (x: Tensor, y: Tensor) => Tensor {
  const optimizer = tf.train.adam(0.01);
  const variables = model.trainableWeights.map(weight => weight.read() as ReturnType<typeof tf.variable>);
  return (x, y) => {
    const loss = (): ReturnType<typeof tf.scalar> => tf.losses.softmaxCrossEntropy(y, model.apply(x, {training: true}) as Tensor);
    const {value, grads} = tf.variableGrads(loss, variables);
    optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0]);
    return value;
  };
}

test('a recorded step trains quantized layers as the step itself does, learned scales too', () => {
  const make = (): LayersModel => {
    const model = tf.sequential();
    model.add(new QuantDense({units: 8, bits: 4, inputShape: [6]}));
    model.add(tf.layers.reLU());
    model.add(new FakeQuant({bits: 4, high: 2}));
    model.add(new QuantDense({units: 3, bits: 4}));
    model.setWeights(
      model.getWeights().map((weight, i) => (weight.rank === 2 ? values(weight.shape as [number, number], `weights ${i}`) : weight)),
    );
    return model;
  };
  const [one, other] = [make(), make()];
  const [plain, recorded] = [step(one), recordStep(step(other))];
  const y = tf.tensor2d([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 0, 0], [4, 3]);
  for (let i = 0; i < 8; i++) {
    const x = values([4, 6], `batch ${i}`);
    expect(recorded(x, y).dataSync()[0]).toBeCloseTo(tf.tidy(() => plain(x, y)).dataSync()[0]!, 5);
  }
  one.getWeights().forEach((weight, i) => {
    const trained = other.getWeights()[i]!.dataSync();
    weight.dataSync().forEach((value, k) => expect(trained[k]).toBeCloseTo(value, 4));
  });
  recorded.dispose();
});

test('dropout, whose numbers no record has, is refused where a graph would run', () => {
  const model = tf.sequential({layers: [tf.layers.dense({units: 3, inputShape: [6]}), tf.layers.dropout({rate: 0.5})]});
  const recorded = recordStep(step(model));
  const train = (): void => {
    for (let i = 0; i < 4; i++) recorded(values([4, 6], 'x'), values([4, 3], 'y'));
  };
  if (name === 'tensorflow') expect(train).toThrow('such as random ones; make them outside and give them as inputs');
  else expect(train).not.toThrow();
});
