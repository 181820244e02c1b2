import type {IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

/** One bit after the other, into a list of bits. */
export function packPolicy(layers: readonly IntegerLayer[], bits: number): Uint8Array {
  const stream: number[] = [];
  const write = (value: number, width: number): void => {
    for (let bit = 0; bit < width; bit++) stream.push((value >> bit) & 1);
  };
  for (const layer of layers) {
    layer.codes.forEach(code => write(code, bits));
    while (stream.length % 8 !== 0) stream.push(0);
    const halves = (numbers: Float32Array): Uint16Array => new Uint16Array(numbers.slice().buffer).filter((_, i) => i % 2 === 1);
    [...halves(layer.inputScales), ...halves(layer.scales)].forEach(half => write(half, 16));
    layer.bias.forEach(b => write(Math.sign(b) * Math.min(Math.abs(b), 32767 + (b < 0 ? 1 : 0)), 16));
  }
  return Uint8Array.from({length: stream.length / 8}, (_, i) =>
    stream.slice(8 * i, 8 * i + 8).reduce((byte, bit, k) => byte | (bit << k), 0),
  );
}
