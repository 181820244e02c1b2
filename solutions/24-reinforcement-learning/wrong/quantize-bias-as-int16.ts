import type {FloatLayer, IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'quantizeLayer', check: 'the bias is a whole number in the unit of the sum'};

/** The right unit, in an Int16Array: the largest bias wraps around. */
export function quantizeLayer({inputs, outputs, kernel, bias}: FloatLayer, observed: Float32Array, bits: number): IntegerLayer {
  const qmax = 2 ** (bits - 1) - 1;
  const largest = new Float32Array(inputs);
  observed.forEach((x, at) => (largest[at % inputs] = Math.max(largest[at % inputs]!, Math.abs(x))));
  const folded = kernel.map((w, at) => (w * largest[Math.floor(at / outputs)]!) / 127);
  const top = new Float32Array(outputs);
  folded.forEach((w, at) => (top[at % outputs] = Math.max(top[at % outputs]!, Math.abs(w))));
  const scales = top.map(most => most / qmax || 1);
  return {
    inputs,
    outputs,
    inputScales: largest.map(most => most / 127 || 1),
    codes: Int8Array.from(folded, (w, at) => Math.round(w / scales[at % outputs]!)),
    scales,
    bias: Int32Array.from(Int16Array.from(bias, (b, j) => Math.round(b / scales[j]!))),
  };
}
