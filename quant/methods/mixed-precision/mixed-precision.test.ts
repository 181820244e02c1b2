import {readFileSync} from 'node:fs';
import fc from 'fast-check';
import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../../../backend/index.ts';
import {Draw} from '../../../data/draw.ts';
import {
  bfloat16,
  CastFloat,
  castFloat,
  float16,
  type FloatFormat,
  LossScaler,
  type LossScalerState,
  mixedPrecisionStep,
  roundFloats,
} from '../../index.ts';

/** Written by golden.py with PyTorch; arrays as base64 of their bytes. */
const golden = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as {
  readonly runs: readonly {
    readonly options: {initialScale: number; growthFactor: number; backoffFactor: number; growthInterval: number};
    readonly slopes: readonly (readonly string[])[];
    readonly scales: readonly number[];
    readonly weights: readonly (readonly number[])[];
  }[];
  readonly casts: readonly {readonly [name in 'format' | 'x' | 'dy' | 'y' | 'dx']: string}[];
};
const floatsOf = (base64: string): Float32Array => new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer);

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

describe('the loss scaler', () => {
  test.each(golden.runs)("takes GradScaler's scales and steps: growing by $options.growthFactor", ({options, slopes, scales, weights}) => {
    const scaler = new LossScaler(options);
    const weight = tf.variable(tf.tensor1d([1, -2]));
    const optimizer = tf.train.sgd(0.125);
    const before = tf.memory().numTensors;
    slopes.forEach((texts, step) => {
      const slope = tf.tensor1d(texts.map(text => Number(text.replace('inf', 'Infinity'))));
      const {value, grads} = tf.variableGrads(() => scaler.scaleLoss(tf.sum(tf.mul(weight, slope)).asScalar()), [weight]);
      const {gradients, finite} = scaler.unscale(grads);
      if (finite) optimizer.applyGradients(gradients);
      scaler.update(finite);
      expect(scaler.scale).toBe(scales[step]);
      weight.dataSync().forEach((value, i) => expect(value).toBeCloseTo(weights[step]![i]!, 5));
      tf.dispose([slope, value, grads, gradients]);
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(scaler.skippedSteps).toBe(slopes.filter(texts => texts.some(text => !Number.isFinite(Number(text)))).length);
    weight.dispose();
  });

  test.each(golden.runs)('saved as JSON and loaded after each step, takes the same scales: growing by $options.growthFactor', run => {
    let scaler = new LossScaler(run.options);
    run.slopes.forEach((texts, step) => {
      scaler.update(texts.every(text => Number.isFinite(Number(text))));
      scaler = LossScaler.fromState(JSON.parse(JSON.stringify(scaler.state())) as LossScalerState);
      expect(scaler.scale).toBe(run.scales[step]);
    });
    expect(scaler.skippedSteps).toBe(run.slopes.filter(texts => texts.some(text => !Number.isFinite(Number(text)))).length);
  });

  test('loads a static one that stays so, and refuses what is no state of its own', () => {
    const scaler = LossScaler.static(128);
    for (const finite of [true, false, true]) scaler.update(finite);
    const loaded = LossScaler.fromState(JSON.parse(JSON.stringify(scaler.state())) as LossScalerState);
    expect(loaded.state()).toEqual(scaler.state());
    for (let step = 0; step < 3000; step++) loaded.update(true);
    expect([loaded.scale, loaded.skippedSteps]).toEqual([128, 1]);
    const state = new LossScaler({growthInterval: 5}).state();
    for (const wrong of [{goodSteps: 5}, {goodSteps: -1}, {skippedSteps: 0.5}])
      expect(() => LossScaler.fromState({...state, ...wrong})).toThrow('Expected goodSteps from 0 to below growthInterval');
    expect(() => LossScaler.fromState({...state, scale: Infinity})).toThrow('Expected an initialScale above 0');
  });

  test('static: keeps its scale, and counts what is to be skipped', () => {
    const scaler = LossScaler.static(128);
    for (const finite of [true, false, true, ...Array<boolean>(3000).fill(true)]) scaler.update(finite);
    expect([scaler.scale, scaler.skippedSteps]).toEqual([128, 1]);
  });

  test('never reaches 0 or infinity, and after good steps alone has grown by a factor each interval', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), {maxLength: 400}), fc.integer({min: 1, max: 5}), (steps, growthInterval) => {
        const scaler = new LossScaler({growthInterval});
        for (const finite of steps) scaler.update(finite);
        expect(scaler.scale).toBeGreaterThan(0);
        expect(Number.isFinite(scaler.scale)).toBe(true);
        const trailing = steps.length - 1 - steps.lastIndexOf(false);
        if (trailing === steps.length && trailing < 100) expect(scaler.scale).toBe(65536 * 2 ** Math.floor(trailing / growthInterval));
      }),
    );
  });

  test('sees a gradient that is no number wherever it is', () => {
    const scaler = new LossScaler();
    for (const bad of [Infinity, -Infinity, NaN]) {
      const gradients = {a: tf.tensor1d([1, 2]), b: tf.tensor1d([3e38, bad, 3e38])};
      const unscaled = scaler.unscale(gradients);
      expect(unscaled.finite).toBe(false);
      tf.dispose([gradients, unscaled.gradients]);
    }
    const large = {a: tf.ones([100]).mul(3e38)};
    expect(scaler.unscale(large).finite).toBe(true);
    expect(scaler.unscale({}).finite).toBe(true);
  });

  test('refuses factors that turn it around', () => {
    expect(() => new LossScaler({initialScale: 0})).toThrow('Expected an initialScale above 0 that float32 holds, got 0');
    expect(() => new LossScaler({growthFactor: 0.5})).toThrow('Expected a growthFactor of at least 1');
    expect(() => new LossScaler({backoffFactor: 2})).toThrow('a backoffFactor from above 0 to 1, got 2 and 2');
    expect(() => new LossScaler({growthInterval: 0})).toThrow('Expected a growthInterval of at least 1 step, or Infinity, got 0');
  });
});

describe('castFloat', () => {
  test.each(golden.casts)("rounds forward and backward as PyTorch's cast to $format does", ({format, x, dy, y, dx}) => {
    const input = tf.tensor1d(floatsOf(x));
    const snap = (x: Tensor): Tensor => castFloat(x, format === 'float16' ? float16 : bfloat16);
    expect(snap(input).dataSync()).toEqual(floatsOf(y));
    expect(
      tf
        .grad(snap)(input, tf.tensor1d(floatsOf(dy)))
        .dataSync(),
    ).toEqual(floatsOf(dx));
  });

  test('keeps no tensors but its result', () => {
    const x = tf.tensor2d([[1, 2]]);
    const before = tf.memory().numTensors;
    const y = castFloat(x, float16);
    expect(y.shape).toEqual([1, 2]);
    y.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  test('is a layer that survives saving', async () => {
    const model = tf.sequential({layers: [new CastFloat({format: 'float16', inputShape: [2]})]});
    const again = await tf.models.modelFromJSON({class_name: 'Sequential', config: model.getConfig()} as never);
    const y = again.predict(tf.tensor2d([[1.0001, 70000]])) as Tensor;
    expect([...y.dataSync()]).toEqual([1, Infinity]);
    expect(() => new CastFloat({format: 'float12'})).toThrow(
      'Expected one of float32, float16, bfloat16, float8e4m3fn, float8e5m2, got float12',
    );
  });
});

describe('a step in mixed precision', () => {
  /** Recovers weights from products with inputs so small that gradients of the loss lie below float16's smallest number, 6e-8. */
  function train(format: FloatFormat, scaler?: LossScaler): {error: number; lost: number; skipped: number} {
    const draw = new Draw('mixed precision');
    const size = 2 ** -14;
    const x = tf.tensor2d(draw.tensor([64, 4]).data as Float32Array, [64, 4]).mul(size);
    const truth = tf.tensor2d([0.5, -1, 0.25, 2], [4, 1]);
    const y = x.matMul(truth as never);
    const weight = tf.variable(tf.zeros([4, 1]));
    const optimizer = tf.train.sgd(0.3 / size ** 2);
    let lost = 0;
    for (let step = 0; step < 60; step++) {
      const before = weight.dataSync().slice();
      const {loss} = mixedPrecisionStep(
        optimizer,
        [weight],
        () => {
          const prediction = castFloat(tf.matMul(x as never, weight as never), format);
          return tf.mean(tf.square(tf.sub(prediction, y))).asScalar();
        },
        {format, ...(scaler && {scaler})},
      );
      if (weight.dataSync().every((value, i) => value === before[i])) lost++;
      expect(Number.isFinite(loss)).toBe(true);
    }
    const error = Math.max(...tf.sub(weight, truth).abs().dataSync());
    weight.dispose();
    return {error, lost, skipped: scaler?.skippedSteps ?? 0};
  }

  test('loses gradients in float16, recovers them by scaling, and needs no scaling in bfloat16', () => {
    const plain = train(float16);
    expect(plain.lost).toBe(60);
    expect(plain.error).toBe(2);
    const scaled = train(float16, LossScaler.static(65536));
    expect(scaled.error).toBeLessThan(0.1);
    expect(scaled.skipped).toBe(0);
    expect(train(bfloat16).error).toBeLessThan(0.1);
  });

  test('skips steps whose gradients overflow until the scale has come down, and then learns', () => {
    const found = train(float16, new LossScaler({initialScale: 2 ** 40}));
    expect(found.skipped).toBeGreaterThan(3);
    expect(found.lost).toBe(found.skipped);
    expect(found.error).toBeLessThan(0.1);
  });

  test('moves float32 masters: changes below the format add up, and the loss sees rounded weights', () => {
    const weight = tf.variable(tf.scalar(1));
    const seen: number[] = [];
    const optimizer = tf.train.sgd(2 ** -13);
    const before = tf.memory().numTensors;
    for (let step = 0; step < 8; step++)
      mixedPrecisionStep(
        optimizer,
        [weight],
        () => {
          seen.push(weight.dataSync()[0]!);
          return tf.neg(weight).asScalar();
        },
        {format: float16},
      );
    // The next float16 number is 1 + 2^-10: half of the way there lies a tie, which goes to 1.
    expect(seen).toEqual([1, 1, 1, 1, 1, 1 + 2 ** -10, 1 + 2 ** -10, 1 + 2 ** -10]);
    expect(weight.dataSync()[0]).toBe(1 + 2 ** -10);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('trains a model of layers, activations rounded where CastFloat stands', () => {
    const cast = () => new CastFloat({format: 'bfloat16'});
    const model = tf.sequential({
      layers: [tf.layers.dense({units: 12, activation: 'tanh', inputShape: [5]}), cast(), tf.layers.dense({units: 1}), cast()],
    });
    const draw = new Draw('model');
    for (const weight of model.weights) {
      const shape = weight.shape as number[];
      weight.write(tf.tensor(draw.tensor(shape, () => draw.normal(0, 0.3)).data as Float32Array, shape));
    }
    const x = tf.tensor2d(draw.tensor([64, 5]).data as Float32Array, [64, 5]);
    const y = tf.sum(tf.abs(x), 1, true);
    const variables = model.trainableWeights.map(weight => weight.read() as Variable);
    const optimizer = tf.train.adam(0.05);
    const scaler = new LossScaler();
    const lossOf = () => tf.losses.meanSquaredError(y, model.apply(x) as Tensor).asScalar();
    const step = (): number => mixedPrecisionStep(optimizer, variables, lossOf, {format: bfloat16, scaler}).loss;
    const first = step();
    const before = tf.memory().numTensors;
    let last = first;
    for (let i = 0; i < 60; i++) last = step();
    expect(last).toBeLessThan(first / 5);
    expect(tf.memory().numTensors).toBe(before);
    const outputs = (model.predict(x) as Tensor).dataSync<'float32'>();
    expect(outputs).toEqual(roundFloats(outputs, bfloat16));
  });

  test('of a model itself rounds where CastFloat layers would, and leaves its layers as they were', () => {
    const dense = (units: number, activation: 'tanh' | 'linear') => tf.layers.dense({units, activation, inputShape: [5]});
    const cast = () => new CastFloat({format: 'float16'});
    const plain = tf.sequential({layers: [dense(6, 'tanh'), dense(1, 'linear')]});
    const casting = tf.sequential({layers: [dense(6, 'tanh'), cast(), dense(1, 'linear'), cast()]});
    const draw = new Draw('casting');
    const weights = plain.weights.map(weight =>
      tf.tensor(draw.tensor(weight.shape as number[]).data as Float32Array, weight.shape as number[]),
    );
    const x = tf.tensor2d(draw.tensor([16, 5]).data as Float32Array, [16, 5]);
    const y = tf.sum(x, 1, true);
    const outcomes = [plain, casting].map((model, i) => {
      model.setWeights(weights);
      const optimizer = tf.train.sgd(0.05);
      const trained = i === 0 ? model : model.trainableWeights.map(weight => weight.read() as Variable);
      const lossOf = () => tf.losses.meanSquaredError(y, model.apply(x) as Tensor).asScalar();
      const before = tf.memory().numTensors;
      const losses = Array.from({length: 5}, () => mixedPrecisionStep(optimizer, trained, lossOf, {format: float16}).loss);
      expect(tf.memory().numTensors).toBe(before);
      return {losses, weights: model.getWeights().map(weight => weight.dataSync())};
    });
    expect(outcomes[0]).toEqual(outcomes[1]);
    expect(plain.layers.some(layer => Object.hasOwn(layer, 'call'))).toBe(false);
    const outputs = (plain.predict(x) as Tensor).dataSync<'float32'>();
    expect(outputs).not.toEqual(roundFloats(outputs, float16));
  });

  test('gives the weights back where the loss throws', () => {
    const weight = tf.variable(tf.scalar(1.0001));
    const optimizer = tf.train.sgd(1);
    const before = tf.memory().numTensors;
    const fails = (): never => {
      throw new Error('no loss');
    };
    expect(() => mixedPrecisionStep(optimizer, [weight], fails, {format: float16})).toThrow('no loss');
    expect(weight.dataSync()[0]).toBeCloseTo(1.0001, 6);
    expect(tf.memory().numTensors).toBe(before);
  });
});

type Tensor = ReturnType<Backend['tf']['tensor']>;
type Variable = ReturnType<Backend['tf']['variable']>;
