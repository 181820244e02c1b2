import * as tf from '@tensorflow/tfjs-core';
import type {ByteSource} from '../../files/source.ts';
import {type Activation, toFloat} from './activation.ts';
import type {IntegerProgram} from './compile.ts';
import {execute} from './execute.ts';
import {readProgram, writeProgram} from './file.ts';
import type {IntegerStep} from './step.ts';

/**
 * A model that computes with integers: weights as packed codes, biases and sums as int32, activations as codes, and fixed-point factors between their
 * grids. Float is what comes in, what a model within it gives, and what no grid was given for at the end. `toInteger` makes it of a quantized model.
 */
export class IntegerModel {
  readonly steps: readonly IntegerStep[];
  readonly inputs: IntegerProgram['inputs'];
  /** The names of the steps, or inputs, that it puts out. */
  readonly outputs: readonly string[];

  constructor({steps, inputs, outputs}: IntegerProgram) {
    this.steps = steps;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /** What `serialize` gave. @throws RangeError naming what is wrong with it */
  static deserialize(source: ByteSource): IntegerModel {
    return new IntegerModel(readProgram(source));
  }

  /** The bytes of a safetensors file with all of it, piece by piece. */
  serialize(): Generator<Uint8Array> {
    return writeProgram(this);
  }

  /** Bytes of codes, scales, biases and factors as they lie in memory; a kernel of several steps once. */
  get byteLength(): number {
    const arrays = this.steps.flatMap((step): readonly {readonly byteLength: number}[] => {
      const factors = 'output' in step && step.output ? [step.output.factors] : [];
      return 'kernel' in step ? [step.kernel, step.bias, ...factors] : factors;
    });
    return [...new Set(arrays)].reduce((sum, {byteLength}) => sum + byteLength, 0);
  }

  /**
   * What the model makes of its inputs [batch, …], in float32; the caller disposes it. Inputs are not disposed.
   * @throws RangeError where the inputs' number or shapes are not the model's, and at NaN
   */
  predict(x: tf.Tensor | readonly tf.Tensor[]): tf.Tensor | tf.Tensor[] {
    const tensors = x instanceof tf.Tensor ? [x] : x;
    const inputs = tensors.map(tensor => ({shape: tensor.shape, data: tensor.dataSync<'float32'>(), grid: undefined}));
    const values = this.run(inputs);
    const outputs = this.outputs.map(name => {
      const {data, shape} = toFloat(values.get(name)!);
      return tf.tensor(data, [...shape], 'float32');
    });
    return outputs.length === 1 ? outputs[0]! : outputs;
  }

  /** What every step gives, codes or float values, by its name; the inputs by theirs. */
  run(inputs: readonly Activation[]): ReadonlyMap<string, Activation> {
    this.expectInputs(inputs);
    const values = new Map(this.inputs.map(({name}, i) => [name, inputs[i]!]));
    for (const step of this.steps)
      values.set(
        step.name,
        execute(
          step,
          step.inputs.map(name => values.get(name)!),
        ),
      );
    return values;
  }

  private expectInputs(given: readonly Activation[]): void {
    const fits = ({shape}: Activation, expected: readonly number[]): boolean =>
      shape.length === expected.length && shape.every((n, axis) => expected[axis] === -1 || expected[axis] === n);
    if (given.length === this.inputs.length && given.every((x, i) => fits(x, this.inputs[i]!.shape))) return;
    const shapes = (list: readonly {readonly shape: readonly number[]}[]): string =>
      list.map(({shape}) => `[${shape.join(', ')}]`).join(' and ');
    throw new RangeError(`Expected inputs of shape ${shapes(this.inputs)}, −1 for any length, got ${shapes(given)}`);
  }
}
