import {type Backend, loadBackend} from '../backend/index.ts';
import {Draw} from '../data/draw.ts';
import {
  activationRanges,
  exportOnnx,
  fakeQuantize,
  fakeQuantTensorFlow,
  ggmlType,
  gptq,
  HessianObserver,
  qint4,
  quantizeBlockWise,
  quantizeGgml,
  recordStep,
} from '../quant/index.ts';

const million = 2 ** 20;
export const layerSize = 1024;
const batch = 32;

/** What is measured: ours, and the peer's measurement of the same name. */
export interface Measurement {
  readonly what: string;
  readonly peer: string;
  readonly name: string;
  readonly run: () => unknown;
  readonly isLong?: true;
}

type Tensor = ReturnType<Backend['tf']['tensor']>;

export async function measurements(): Promise<Measurement[]> {
  const {tf} = await loadBackend();
  const draw = new Draw('bench quant');
  const values = normals(million);
  const samples = normals(2 * layerSize * layerSize).map((x, i) => x + ((i % layerSize) % 7) * 0.05);
  const [inputs, kernel, x] = [
    tf.tensor2d(values.subarray(0, batch * layerSize), [batch, layerSize]),
    matrix(layerSize),
    tf.tensor1d(values),
  ];
  const blocks = (type: string, peer: string): Measurement => ({
    what: `${type}, 2^20 floats`,
    peer,
    name: type,
    run: () => quantizeGgml(values, layerSize, ggmlType(type)),
  });
  const int8 = await onOnnxRuntime(tf, values.subarray(0, batch * layerSize));
  return [
    ...fakeQuantization(tf, x),
    {what: 'QAT step, MLP 256-128-64-10, batch of 64', peer: 'PyTorch', name: 'QAT step', run: qatStep(tf)},
    blocks('Q8_0', 'gguf-py'),
    blocks('Q4_0', 'gguf-py'),
    blocks('Q4_K', 'llama.cpp'),
    blocks('Q6_K', 'llama.cpp'),
    {what: 'NF4 in blocks of 64, 2^20 floats', peer: 'bitsandbytes', name: 'NF4', run: () => quantizeBlockWise(values, [million])},
    {
      what: 'linear 1024 × 1024, batch of 32, float32',
      peer: 'PyTorch',
      name: 'linear float32',
      run: () => tf.matMul(inputs, kernel).dispose(),
    },
    {what: 'linear 1024 × 1024, batch of 32, dynamic int8', peer: 'PyTorch', name: 'linear int8', run: int8.dynamic},
    {what: 'linear 1024 × 1024, batch of 32, static int8', peer: 'PyTorch', name: 'linear int8', run: int8.qdq},
    {what: 'Hessian of 2048 samples, 1024 inputs', peer: 'PyTorch', name: 'Hessian', run: () => observed(samples, layerSize), isLong: true},
  ];

  function normals(length: number): Float32Array<ArrayBuffer> {
    return Float32Array.from({length}, () => draw.normal());
  }

  function matrix(side: number): ReturnType<typeof tf.tensor2d> {
    return tf.tensor2d(normals(side * side), [side, side]);
  }
}

function fakeQuantization(tf: Backend['tf'], x: Tensor): Measurement[] {
  const grid = {scale: 0.02, zeroPoint: 0, qmin: -128, qmax: 127};
  const [min, max] = [tf.scalar(-2.56), tf.scalar(2.54)];
  const [forward, both] = ['fake-quant forward', 'fake-quant forward and backward'];
  return [
    {meaning: '', snap: (x: Tensor): Tensor => fakeQuantize(x, grid)},
    {meaning: ", TensorFlow's meaning", snap: (x: Tensor): Tensor => fakeQuantTensorFlow(x, min, max)},
  ].flatMap(({meaning, snap}) => {
    const gradient = tf.grad(snap);
    return [
      {what: `${forward}${meaning}, 2^20 floats`, peer: 'PyTorch', name: forward, run: () => snap(x).dispose()},
      {what: `${both}${meaning}, 2^20 floats`, peer: 'PyTorch', name: both, run: () => gradient(x, x).dispose()},
    ];
  });
}

/** A step of Adam on a network whose weights are fake-quantized to 8 bits, one scale for each unit, from their absMax. */
function qatStep(tf: Backend['tf']): () => void {
  const sizes = [256, 128, 64, 10];
  const layers = sizes.slice(1).map((units, i) => ({
    kernel: tf.variable(tf.randomNormal([sizes[i]!, units], 0, 0.05, 'float32', i + 1)),
    bias: tf.variable(tf.zeros([units])),
  }));
  const classes = tf.tensor1d(
    Array.from({length: 64}, (_, i) => i % 10),
    'int32',
  );
  const [inputs, labels] = [tf.randomNormal([64, 256], 0, 1, 'float32', 9), tf.cast(tf.oneHot(classes, 10), 'float32')];
  const variables = layers.flatMap(({kernel, bias}) => [kernel, bias]);
  const optimizer = tf.train.adam(1e-3);
  const loss = (x: Tensor, y: Tensor): Tensor => {
    const logits = layers.reduce((x, {kernel, bias}, i) => {
      const scale = tf.maximum(tf.div(tf.max(tf.abs(kernel), 0), 127), 1e-8); // [inputs, units] → [units]
      const sum = tf.add(tf.matMul(x as typeof kernel, fakeQuantize(kernel, {scale, zeroPoint: 0, qmin: -128, qmax: 127})), bias);
      return i === layers.length - 1 ? sum : tf.relu(sum);
    }, x);
    return tf.losses.softmaxCrossEntropy(y, logits);
  };
  const step = recordStep((x: Tensor, y: Tensor) => {
    const {value, grads} = tf.variableGrads(() => loss(x, y) as ReturnType<typeof tf.scalar>, variables);
    optimizer.applyGradients(grads as Parameters<typeof optimizer.applyGradients>[0]);
    return value;
  });
  return () => step(inputs, labels).dispose();
}

/** A layer as ONNX Runtime runs it: with the activations' scale found anew each time, and with one from calibration. */
async function onOnnxRuntime(tf: Backend['tf'], values: Float32Array): Promise<Record<'dynamic' | 'qdq', () => Promise<unknown>>> {
  const {InferenceSession, Tensor} = await import('onnxruntime-node');
  const input = tf.input({shape: [layerSize]});
  const model = tf.model({inputs: input, outputs: tf.layers.dense({units: layerSize}).apply(input) as typeof input});
  const ranges = activationRanges(model, tf.tensor2d(values, [batch, layerSize]));
  const runner = async (form: 'dynamic' | 'qdq'): Promise<() => Promise<unknown>> => {
    const session = await InferenceSession.create(exportOnnx(model, {form, ranges}), {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    const feeds = {[session.inputNames[0]!]: new Tensor('float32', values, [batch, layerSize])};
    return () => session.run(feeds);
  };
  return {dynamic: await runner('dynamic'), qdq: await runner('qdq')};
}

/** GPTQ of a square layer, with a Hessian from so few samples that most of the time is GPTQ's own. */
export function gptqOf(size: number): Measurement {
  const draw = new Draw(`bench gptq ${size}`);
  const weights = {outputs: size, inputs: size, data: Float32Array.from({length: size * size}, () => draw.normal())};
  const hessian = observed(
    Float32Array.from({length: 512 * size}, (_, i) => draw.normal() + ((i % size) % 7) * 0.05),
    size,
  ).hessian();
  const options = {qtype: qint4, scheme: 'symmetric', groupSize: 128} as const;
  return {what: `GPTQ ${size}`, peer: 'PyTorch', name: `GPTQ ${size}`, run: () => gptq(weights, hessian, options), isLong: true};
}

function observed(activations: Float32Array, inputs: number): HessianObserver {
  const observer = new HessianObserver(inputs);
  observer.observe(activations);
  return observer;
}
