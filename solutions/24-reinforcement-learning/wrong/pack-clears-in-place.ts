import type {IntegerLayer} from '../../../exercises/24-reinforcement-learning/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'packPolicy', check: 'the layers are left as they were'};

/** Clears the codes that it has packed. */
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
    codes.fill(0);
  }
  return Uint8Array.from(bytes);
}
