import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {parseSync} from 'oxc-parser';
import {beforeAll, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../backend/index.ts';
import * as toolkit from './index.ts';

type Tf = Backend['tf'];
type Tensor = ReturnType<Tf['tensor']>;
type Model = ReturnType<Tf['sequential']>;
type Layer = Model['layers'][number];
type Result = void | Tensor | Tensor[] | Record<string, Tensor> | {dispose(): unknown};

let tf: Tf;
let x: Tensor;
let scale: Tensor;
let model: Model;
let quantized: Model;
let normalized: Model;
/** Each makes what it needs beside the above, and gives back what is its caller's to dispose. */
let calls: Readonly<Record<string, () => Result | Promise<Result>>>;

beforeAll(async () => {
  ({tf} = await loadBackend());
  x = tf.tensor2d([0.1, -0.2, 0.3, 0.4, 0.5, -0.6, 0.7, 0.8], [2, 4]);
  scale = tf.scalar(0.1);
  const {dense} = tf.layers;
  model = tf.sequential({layers: [dense({units: 3, inputShape: [4], activation: 'relu'}), dense({units: 2})]});
  normalized = tf.sequential({layers: [dense({units: 3, inputShape: [4]}), tf.layers.batchNormalization()]});
  quantized = toolkit.quantizeModel(model);
  await toolkit.calibrate(quantized, [x]);
  const optimizer = tf.train.sgd(0.1);
  const image = tf.ones([1, 5, 5, 2]);
  const variable = tf.variable(tf.ones([4, 2]));
  const lossOf = () =>
    tf.tidy(() => tf.mean(tf.square(tf.matMul(x as ReturnType<Tf['tensor2d']>, variable as never))) as ReturnType<Tf['scalar']>);
  const grid = {zeroPoint: 0, qmin: -8, qmax: 7};
  /** Applied, trained through and thrown away. */
  const asLayer = (layer: Layer, input = x): void => {
    tf.tidy(() => void layer.apply(input));
    tf.tidy(() => void tf.grad(input => tf.sum(layer.apply(input) as Tensor))(input));
    layer.dispose();
  };
  const gradients = (f: (...inputs: Tensor[]) => Tensor, ...inputs: Tensor[]): Tensor[] => tf.grads(f)(inputs);
  const integers = toolkit.toInteger(quantized);

  calls = {
    quantizeTensor: async () => void (await toolkit.quantizeTensor(x, {qtype: toolkit.qint8, scheme: 'symmetric'})),
    dequantizeTensor: () => toolkit.dequantizeTensor(toolkit.quantize([1, 2], [2], {qtype: toolkit.qint8, scheme: 'symmetric'})),
    perplexity: async () => void (await toolkit.perplexity([0, 1, 0, 1], window => tf.zeros([window.length, 2]), {contextLength: 3})),
    castFloat: () => gradients(x => tf.sum(toolkit.castFloat(x!, toolkit.float16)), x),
    CastFloat: () => asLayer(new toolkit.CastFloat({format: 'float16'})),
    LossScaler: () => toolkit.LossScaler.prototype.unscale.call(new toolkit.LossScaler(), {w: x}).gradients,
    mixedPrecisionStep: () =>
      void toolkit.mixedPrecisionStep(optimizer, [variable], lossOf, {format: toolkit.float16, scaler: new toolkit.LossScaler()}),
    QLoraDense: () => asLayer(new toolkit.QLoraDense({units: 2, rank: 1})),
    addQLora: () => toolkit.addQLora(model, {rank: 1}),
    mergeQLora: () => {
      const adapted = toolkit.addQLora(model, {rank: 1});
      const merged = toolkit.mergeQLora(adapted);
      adapted.dispose();
      return merged;
    },
    trainableShare: () => void toolkit.trainableShare(model),
    DynamicDense: () => {
      const layer = new toolkit.DynamicDense({units: 2});
      tf.tidy(() => void layer.apply(x));
      layer.quantized();
      layer.dispose();
    },
    dynamicQuantizeLinear: () => toolkit.dynamicQuantizeLinear(x).codes,
    quantizeDynamic: () => toolkit.quantizeDynamic(model),
    correctBiases: () => toolkit.correctBiases(model, quantized, [x]),
    equalizeLayers: () => toolkit.equalizeLayers(model),
    postTrainingQuantize: () => toolkit.postTrainingQuantize(model, {calibration: [x], equalize: true, biasCorrection: true}),
    sensitivityScan: async () =>
      void (await toolkit.sensitivityScan(model, [{bits: 4}], () => tf.tidy(() => tf.sum(model.predict(x) as Tensor).dataSync()[0]!))),
    activationRanges: () => void toolkit.activationRanges(model, x),
    exportOnnx: () => void toolkit.exportOnnx(model, {ranges: toolkit.activationRanges(model, x)}),
    fakeQuantize: () => [
      toolkit.fakeQuantize(x, {...grid, scale: 0.1}),
      ...gradients(x => tf.sum(toolkit.fakeQuantize(x!, {...grid, scale})), x),
    ],
    fakeQuantizeLearned: () => gradients((x, scale) => tf.sum(toolkit.fakeQuantizeLearned(x!, scale!, grid)), x, scale),
    fakeQuantTensorFlow: () =>
      tf.tidy(() => gradients((x, min, max) => tf.sum(toolkit.fakeQuantTensorFlow(x!, min!, max!)), x, tf.scalar(-1), tf.scalar(1))),
    pact: () => gradients((x, alpha) => tf.sum(toolkit.pact(x!, alpha!, {bits: 4})), x, scale),
    Pact: () => asLayer(new toolkit.Pact({bits: 4})),
    FakeQuant: () => asLayer(new toolkit.FakeQuant({bits: 4, high: 1})),
    ObservedFakeQuant: () => asLayer(new toolkit.ObservedFakeQuant({bits: 4})),
    QuantDense: () => {
      const layer = new toolkit.QuantDense({units: 2, bits: 4});
      tf.tidy(() => void layer.apply(x));
      tf.dispose({...layer.quantized()});
      layer.dispose();
    },
    QuantConv2D: () => {
      const layer = new toolkit.QuantConv2D({filters: 2, kernelSize: 3, bits: 4});
      tf.tidy(() => void layer.apply(image));
      layer.dispose();
    },
    QuantDepthwiseConv2D: () => {
      const layer = new toolkit.QuantDepthwiseConv2D({kernelSize: 3, bits: 4});
      tf.tidy(() => void layer.apply(image));
      layer.dispose();
    },
    WeightQuantizer: () => {
      const weights = new toolkit.WeightQuantizer({bits: 4}, 1);
      return [tf.tidy(() => weights.snap(x)), ...Object.values(weights.codes(x))];
    },
    ActivationQuantizer: () => tf.tidy(() => toolkit.activationQuantizers(toolkit.quantizedLayers(quantized)[0]!)[0]!.snap(x, true)),
    activationQuantizers: () => void toolkit.quantizedLayers(quantized).flatMap(toolkit.activationQuantizers),
    isQuantizedLayer: () => void quantized.layers.filter(toolkit.isQuantizedLayer),
    recordStep: () => {
      const step = toolkit.recordStep((x: Tensor) => tf.sum(tf.square(x)) as never);
      for (let call = 0; call < 5; call++) (step(x as never) as Tensor).dispose();
      step.dispose();
    },
    calibrate: () => toolkit.calibrate(quantized, [x, x]),
    freeze: () => toolkit.freeze(quantized),
    quantizedLayers: () => void toolkit.quantizedLayers(quantized),
    foldBatchNorm: () => toolkit.foldBatchNorm(normalized),
    quantizeModel: () => toolkit.quantizeModel(model, {weights: {bits: 4, scale: 'learned'}}),
    replaceLayers: () => toolkit.replaceLayers(model, () => undefined),
    strip: () => toolkit.strip(quantized),
    toInteger: () => void toolkit.toInteger(quantized),
    IntegerModel: () => integers.predict(x),
    compare: async () => void (await toolkit.compare(model, quantized, {inputs: x, labels: [0, 1]})),
  };
});

/** The exported functions and classes whose own file works with tensors, and those that hand them on. */
function tensorNames(): string[] {
  const root = import.meta.dirname;
  const handOn = ['compare', 'sensitivityScan'];
  const visit = (file: string): string[] =>
    parseSync(file, readFileSync(join(root, file), 'utf8')).program.body.flatMap(statement => {
      if (statement.type === 'ExportAllDeclaration') return visit(join(dirname(file), statement.source.value));
      if (statement.type !== 'ExportNamedDeclaration' || !statement.source) return [];
      const source = readFileSync(join(root, dirname(file), statement.source.value), 'utf8');
      if (!/from '(@tensorflow|(\.\.\/)+backend)/.test(source)) return [];
      return statement.specifiers.flatMap(({exported}) => ('name' in exported ? exported.name : []));
    });
  const functions = new Set(Object.entries(toolkit).flatMap(([name, value]) => (typeof value === 'function' ? name : [])));
  return [...visit('index.ts').filter(name => functions.has(name)), ...handOn];
}

test('every public function and class that works with tensors is among the calls', () => {
  expect(Object.keys(calls).sort()).toEqual([...new Set(tensorNames())].sort());
});

test('no call leaves a tensor behind', async () => {
  const left: Record<string, number> = {};
  for (const [name, call] of Object.entries(calls)) {
    const before = tf.memory().numTensors;
    const result = await call();
    if (result && 'dispose' in result && typeof result.dispose === 'function') result.dispose();
    else tf.dispose(result as Tensor[]);
    const more = tf.memory().numTensors - before;
    if (more !== 0) left[name] = more;
  }
  expect(left).toEqual({});
});

test('a call that is refused leaves none either', async () => {
  const notANumber = tf.tensor1d([NaN]);
  const uncalibrated = toolkit.quantizeModel(model);
  const refused: readonly (() => unknown)[] = [
    () => toolkit.quantizeTensor(notANumber, {qtype: toolkit.qint8, scheme: 'symmetric'}),
    () => toolkit.fakeQuantize(x, {scale: 0, zeroPoint: 0, qmin: -8, qmax: 7}),
    () => toolkit.fakeQuantTensorFlow(x, x, scale),
    () => toolkit.pact(x, x, {bits: 4}),
    () => toolkit.quantizeModel(model, {skip: ['none such']}),
    () => toolkit.quantizeModel(quantized),
    () => toolkit.quantizeModel(model, {activations: {bits: 17}}),
    () => toolkit.quantizeModel(model, {rules: [{layers: /./, weights: {bits: 1}}]}),
    () => toolkit.quantizeDynamic(model, {skip: [/none/]}),
    () => toolkit.addQLora(model, {rank: 0}),
    () => toolkit.equalizeLayers(normalized),
    () => toolkit.correctBiases(model, quantized, []),
    () => toolkit.postTrainingQuantize(model, {calibration: [], equalize: true, biasCorrection: true}),
    () => toolkit.postTrainingQuantize(model, {calibration: [scale]}),
    () => toolkit.freeze(uncalibrated),
    () => toolkit.calibrate(quantized, []),
    () => toolkit.toInteger(uncalibrated),
    () => toolkit.compare(model, quantized, {inputs: x, labels: [1]}),
  ];
  const left: number[] = [];
  for (const call of refused) {
    const before = tf.memory().numTensors;
    await expect((async () => call())()).rejects.toThrow(/Expected/);
    left.push(tf.memory().numTensors - before);
  }
  expect(left).toEqual(refused.map(() => 0));
});
