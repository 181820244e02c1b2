import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {decodeFloats} from '../../quant/formats/float-codes.ts';
import {bfloat16} from '../../quant/formats/float-format.ts';
import {unpack} from '../../quant/formats/packing.ts';
import {drawLayers, plainLayer} from './integer-policy.ts';
import type {IntegerLayer} from './interface.ts';
import {drawRobot, lostReturn, referencePolicy} from './robot.ts';

/** What the story's device has for its policy. */
const deviceBytes = 1024;

export const packPolicy: Task = {
  name: 'packPolicy',
  title: 'The policy in the bytes that a device has',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'the file has the bytes of its layout, no more and no less',
      points: 1,
      async measure(learner, draw) {
        let off = 0;
        for (const bits of [8, 4, 2]) {
          const layers = policyOf(draw, bits);
          off = Math.max(off, Math.abs((await fileFor(learner, layers, bits)).length - bytesOf(layers, bits)));
        }
        return {
          measured: off,
          comparison: '==',
          threshold: 0,
          unit: 'bytes too many or too few',
          message:
            'The file’s size is not that of the layout. Codes take `bits` bits each, so 4-bit codes stand two to a byte, and the last byte of a layer’s codes may be half empty; scales and biases take two bytes each.',
        };
      },
    },
    {
      name: 'the codes come back, negative ones as well',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [8, 4, 2]) {
          const layers = policyOf(draw, bits);
          const read = readFile(await fileFor(learner, layers, bits), layers, bits);
          layers.forEach(({codes}, i) => codes.forEach((code, at) => (wrong += read[i]!.codes[at] === code ? 0 : 1)));
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'codes that came back as others',
          message:
            'Read as the layout says, some codes are others. The first code stands in a byte’s lowest bits; a negative one must be cut to its own bits, code & (2^bits − 1), or its ones run into the neighbours. Row by row, layer by layer.',
        };
      },
    },
    {
      name: 'scales come back as bfloat16 has them',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [8, 4]) {
          const layers = policyOf(draw, bits);
          const read = readFile(await fileFor(learner, layers, bits), layers, bits);
          for (const [i, layer] of layers.entries())
            for (const key of ['inputScales', 'scales'] as const)
              layer[key].forEach((scale, at) => (worst = Math.max(worst, Math.abs(read[i]![key][at]! / scale - 1))));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 2 ** -6.5,
          unit: 'relative error of a scale',
          message:
            'Scales do not come back. bfloat16 is the upper half of a float32’s 32 bits: view the number as a Uint32, shift it right by 16, and write the low byte first. The inputs’ scales stand before the outputs’.',
        };
      },
    },
    {
      name: 'biases come back whole, and stop at the ends of 16 bits',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [8, 4]) {
          const layers = policyOf(draw, bits);
          const read = readFile(await fileFor(learner, layers, bits), layers, bits);
          layers.forEach(({bias}, i) =>
            bias.forEach((b, at) => (wrong += read[i]!.bias[at] === Math.max(-32768, Math.min(32767, b)) ? 0 : 1)),
          );
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'biases that came back as others',
          message:
            'A bias is a signed number of 16 bits, the low byte first; it is whole already. One beyond −32768 … 32767 stops there: cut to its lower bits it would come back with the other sign.',
        };
      },
    },
    {
      name: 'at 4 bits it fits the device, and the carts stand',
      points: 2,
      async measure(learner, draw) {
        const robot = drawRobot(draw);
        const layers = referencePolicy(robot, 4);
        const file = await fileFor(learner, layers, 4);
        if (file.length > deviceBytes)
          throw new WrongAnswer(`Expected a file of at most ${deviceBytes} bytes, which is what the device has for it; got ${file.length}`);
        return {
          measured: lostReturn(robot, readFile(file, layers, 4), draw),
          comparison: '<=',
          threshold: 100,
          unit: 'pushes of 250 below the float policy',
          message:
            'The judge read your file and drove carts with what stands in it: they fall. Something in it is not where the layout says.',
        };
      },
    },
    {
      name: 'the layers are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'packPolicy', policyOf(draw, 4).map(plainLayer), 4),
    },
  ],
};

/** A drawn policy whose codes fit `bits` bits: the first layer has an odd number of weights. */
function policyOf(draw: Draw, bits: number): IntegerLayer[] {
  const qmax = 2 ** (bits - 1) - 1;
  const layers = drawLayers(draw, {widths: [3, draw.pick([5, 7]), 6, 2]});
  return layers.map(layer => ({
    ...layer,
    codes: layer.codes.map(() => draw.integer(-qmax, qmax)),
    // Beyond a byte, the first of them beyond 16 bits.
    bias: layer.bias.map((_, j) => draw.pick([-1, 1]) * (j === 0 ? draw.integer(33_000, 60_000) : draw.integer(300, 30_000))),
  }));
}

async function fileFor(learner: Learner, layers: readonly IntegerLayer[], bits: number): Promise<Uint8Array> {
  const file = await learner.call('packPolicy', layers.map(plainLayer), bits);
  if (!(file instanceof Uint8Array)) throw new WrongAnswer('Expected packPolicy to return a Uint8Array: the bytes of the file');
  return file;
}

function codeBytes({codes}: IntegerLayer, bits: number): number {
  return Math.ceil((codes.length * bits) / 8);
}

function bytesOf(layers: readonly IntegerLayer[], bits: number): number {
  return layers.reduce((sum, layer) => sum + codeBytes(layer, bits) + 2 * (layer.inputs + 2 * layer.outputs), 0);
}

/** The layers that a file holds, whose shapes are those of `layers`. @throws WrongAnswer */
function readFile(file: Uint8Array, layers: readonly IntegerLayer[], bits: number): IntegerLayer[] {
  const size = bytesOf(layers, bits);
  if (file.length !== size) throw new WrongAnswer(`Expected a file of ${size} bytes for these layers at ${bits} bits, got ${file.length}`);
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  let at = 0;
  const numbers = (count: number): number[] => Array.from({length: count}, () => view.getUint16((at += 2) - 2, true));
  return layers.map(layer => {
    const {inputs, outputs} = layer;
    const packed = file.subarray(at, (at += codeBytes(layer, bits)));
    return {
      inputs,
      outputs,
      codes: Int8Array.from(unpack(packed, {bits, signed: true, length: inputs * outputs})),
      inputScales: readScales(numbers(inputs)),
      scales: readScales(numbers(outputs)),
      bias: Int32Array.from(Int16Array.from(numbers(outputs))),
    };
  });
}

/** @throws WrongAnswer */
function readScales(halves: readonly number[]): Float32Array {
  const scales = Float32Array.from(decodeFloats(halves, bfloat16));
  if (scales.some(scale => !(scale > 0 && Number.isFinite(scale))))
    throw new WrongAnswer('Expected scales above zero in the file, got others: the upper half of a float32’s bits is what bfloat16 keeps');
  return scales;
}
