import type {FloatLayer, IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

/** One output after the other, with loops; an input that never moved gets a tiny step, so that its weights round to 0. */
export function quantizeLayer({inputs, outputs, kernel, bias}: FloatLayer, observed: Float32Array, bits: number): IntegerLayer {
  const qmax = 2 ** (bits - 1) - 1;
  const inputScales = new Float32Array(inputs);
  for (let i = 0; i < inputs; i++) {
    let most = 0;
    for (let at = i; at < observed.length; at += inputs) most = Math.max(most, Math.abs(observed[at]!));
    inputScales[i] = most === 0 ? 1e-30 : most / 127;
  }
  const codes = new Int8Array(inputs * outputs);
  const scales = new Float32Array(outputs);
  const whole = new Int32Array(outputs);
  for (let j = 0; j < outputs; j++) {
    const column = Array.from({length: inputs}, (_, i) => inputScales[i]! * kernel[i * outputs + j]!);
    const most = Math.max(...column.map(Math.abs));
    scales[j] = most > 0 ? most / qmax : 1;
    column.forEach((w, i) => (codes[i * outputs + j] = Math.round((w * qmax) / (most || 1))));
    whole[j] = Math.round(bias[j]! / scales[j]!);
  }
  return {inputs, outputs, inputScales, codes, scales, bias: whole};
}
