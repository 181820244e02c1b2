import * as tf from '@tensorflow/tfjs-node-gpu';
import type {LlmInt8Product} from '../../../exercises/06-one-outlier-ruins-it/interface.ts';

export * from '../answers.ts';

/** Loops over plain arrays. As bitsandbytes has it, a row's scale looks at all values below the threshold, and the weights keep the rows that meet outliers. */
export function llmInt8Matmul(x: tf.Tensor2D, weights: tf.Tensor2D, threshold: number): LlmInt8Product {
  const [rows, inputs] = x.shape;
  const outputs = weights.shape[1];
  const [xs, w] = [x.dataSync(), weights.dataSync()];
  const outliers = new Set<number>();
  xs.forEach((value, i) => Math.abs(value) >= threshold && outliers.add(i % inputs));
  const xScales = new Float32Array(rows);
  xs.forEach((value, i) => {
    const row = Math.floor(i / inputs);
    if (Math.abs(value) < threshold) xScales[row] = Math.max(xScales[row]!, Math.abs(value) / 127);
  });
  const wScales = new Float32Array(outputs);
  w.forEach((value, i) => (wScales[i % outputs] = Math.max(wScales[i % outputs]!, Math.abs(value) / 127)));
  const orOne = (scales: Float32Array): Float32Array => scales.map(scale => scale || 1);
  const [sx, sw] = [orOne(xScales), orOne(wScales)];
  const xCodes = Int32Array.from(xs, (value, i) => (outliers.has(i % inputs) ? 0 : Math.round(value / sx[Math.floor(i / inputs)]!)));
  const wCodes = Int32Array.from(w, (value, i) => Math.round(value / sw[i % outputs]!));
  const output = new Float32Array(rows * outputs);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < outputs; column++) {
      let [sum, float] = [0, 0];
      for (let k = 0; k < inputs; k++) {
        if (outliers.has(k)) float += xs[row * inputs + k]! * w[k * outputs + column]!;
        else sum += xCodes[row * inputs + k]! * wCodes[k * outputs + column]!;
      }
      output[row * outputs + column] = sum * sx[row]! * sw[column]! + float;
    }
  }
  return {
    output: tf.tensor2d(output, [rows, outputs]),
    outlierColumns: [...outliers].sort((a, b) => a - b),
    xCodes: tf.tensor2d(xCodes, [rows, inputs], 'int32'),
    xScales: tf.tensor1d(sx),
    wCodes: tf.tensor2d(wCodes, [inputs, outputs], 'int32'),
    wScales: tf.tensor1d(sw),
  };
}
