import type {CartBatch, FloatLayer, IntegerLayer} from '../../exercises/24-reinforcement-learning/interface.ts';

/**
 * Inputs have units of their own, so each has a grid of its own. Their steps differ, so they cannot stand in front of the sum: they go into the
 * weights' rows, and what is left to round is inputScales[i] · w[i][j], on one grid for each output. The sum then has one unit, scales[j], and so has the bias.
 */
export function quantizeLayer({inputs, outputs, kernel, bias}: FloatLayer, observed: Float32Array, bits: number): IntegerLayer {
  const qmax = 2 ** (bits - 1) - 1;
  const largest = new Float32Array(inputs); // over all observations
  observed.forEach((x, at) => (largest[at % inputs] = Math.max(largest[at % inputs]!, Math.abs(x))));

  // An input that never moved: its largest is 0, and with it its row. That is what it contributed.
  const folded = kernel.map((w, at) => (w * largest[Math.floor(at / outputs)]!) / 127); // [inputs · outputs]
  const top = new Float32Array(outputs);
  folded.forEach((w, at) => (top[at % outputs] = Math.max(top[at % outputs]!, Math.abs(w))));
  const scales = top.map(most => most / qmax || 1);

  return {
    inputs,
    outputs,
    inputScales: largest.map(most => most / 127 || 1),
    codes: Int8Array.from(folded, (w, at) => Math.round(w / scales[at % outputs]!)),
    scales,
    bias: Int32Array.from(bias, (b, j) => Math.round(b / scales[j]!)),
  };
}

/** Codes in, whole sums, and one float multiplication for each output: the scale, after which ReLU and the comparison mean what they did in float. */
export function act(layers: readonly IntegerLayer[], states: Float32Array): Int32Array {
  let flowing = states; // [carts · inputs]
  layers.forEach(({inputs, outputs, inputScales, codes, scales, bias}, layer) => {
    const carts = flowing.length / inputs;
    const next = new Float32Array(carts * outputs);
    const sums = new Int32Array(outputs);
    for (let cart = 0; cart < carts; cart++) {
      sums.set(bias);
      for (let i = 0; i < inputs; i++) {
        const q = Math.max(-127, Math.min(127, Math.round(flowing[cart * inputs + i]! / inputScales[i]!)));
        if (q === 0) continue; // half of the hidden values: ReLU made them
        for (let j = 0; j < outputs; j++) sums[j]! += q * codes[i * outputs + j]!;
      }
      for (let j = 0; j < outputs; j++) {
        const value = sums[j]! * scales[j]!;
        next[cart * outputs + j] = layer < layers.length - 1 ? Math.max(0, value) : value;
      }
    }
    flowing = next;
  });
  return Int32Array.from({length: flowing.length / 2}, (_, cart) => (flowing[2 * cart + 1]! > flowing[2 * cart]! ? 1 : 0));
}

/** Each lane for itself: it counts, or it ends, writes down its return where its episode belongs, and takes the next start that nobody has taken. */
export function settle(batch: CartBatch, moved: Float32Array, fallen: Uint8Array, limit: number): CartBatch {
  const {starts} = batch;
  const [returns, episode, pushes, states] = [batch.returns.slice(), batch.episode.slice(), batch.pushes.slice(), moved.slice()];
  let {next} = batch;
  for (let lane = 0; lane < episode.length; lane++) {
    if (episode[lane]! < 0) continue;
    if (fallen[lane] === 0) pushes[lane]!++;
    if (fallen[lane] === 0 && pushes[lane]! < limit) continue;
    returns[episode[lane]!] = pushes[lane]!;
    pushes[lane] = 0;
    episode[lane] = next < returns.length ? next++ : -1;
    if (episode[lane]! >= 0) states.set(starts.subarray(4 * episode[lane]!, 4 * episode[lane]! + 4), 4 * lane);
  }
  return {starts, returns, next, episode, pushes, states};
}

/** Layer after layer: packed codes, the inputs' scales and the outputs' as bfloat16, biases as int16. All of two bytes are written low byte first. */
export function packPolicy(layers: readonly IntegerLayer[], bits: number): Uint8Array {
  const bytes: number[] = [];
  const two = (value: number): void => void bytes.push(value & 255, (value >> 8) & 255);
  const perByte = 8 / bits;
  for (const {codes, inputScales, scales, bias} of layers) {
    for (let first = 0; first < codes.length; first += perByte) {
      let byte = 0;
      for (let k = 0; k < perByte; k++) byte |= ((codes[first + k] ?? 0) & (2 ** bits - 1)) << (bits * k);
      bytes.push(byte);
    }
    for (const scale of [...inputScales, ...scales]) two(new Uint32Array(Float32Array.of(scale).buffer)[0]! >>> 16);
    for (const b of bias) two(Math.max(-32768, Math.min(32767, b)));
  }
  return Uint8Array.from(bytes);
}
