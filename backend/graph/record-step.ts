import type {Tensor} from '@tensorflow/tfjs-core';
import {tf} from '../core.ts';
import {nativeBackend} from '../native.ts';
import {type Recording, recordOps, sameOps} from './record-ops.ts';
import {loadGraph} from './saved-model.ts';

/** A step of training, or any other computation: tensors in, one tensor out (a loss), and variables assigned on the way. */
export type Step<Inputs extends readonly Tensor[]> = (...inputs: Inputs) => Tensor;

/** A recorded step: called as the function that it was recorded of. */
export interface RecordedStep<Inputs extends readonly Tensor[]> {
  (...inputs: Inputs): Tensor;
  /** Gives back TensorFlow's memory for the graph; later calls record again. */
  dispose(): void;
}

/**
 * A step that TensorFlow runs as one graph, without JavaScript between its ops, which is what small networks spend their time in. Every call is one
 * step: the first runs as it is, the second and third are recorded while they run, and later ones run the record. Variables, an optimizer's too,
 * are read and assigned as ever; numbers and other tensors stay as they were when it was recorded, so what changes must be an input.
 * Inputs of other shapes run as they are, and so does every call where TensorFlow is not what computes.
 * @throws Error where no record can stand for the step: it reads values, or makes other ones in JavaScript each time, as dropout does
 */
export function recordStep<Inputs extends readonly Tensor[]>(step: Step<Inputs>): RecordedStep<Inputs> {
  let isFirst = true;
  let recording: Recording | undefined;
  let graph: Graph | undefined;
  const run = (...inputs: Inputs): Tensor => {
    const native = nativeBackend();
    if (graph?.shapes === shapesOf(inputs)) return graph.run(inputs);
    // What an optimizer keeps is made at its first step.
    if (!native || isFirst || graph) {
      isFirst = false;
      return tf.tidy(() => step(...inputs));
    }
    const before = recording;
    recording = recordOps(native, inputs => step(...(inputs as Inputs)), inputs);
    const {result} = recording;
    if (before && shapesOf(before.inputs) === shapesOf(inputs)) {
      if (!sameOps(before.nodes, recording.nodes))
        throw new Error(
          'Expected a step that does the same each time, got other ops or other numbers, such as random ones; make them outside and give them as inputs.',
        );
      graph = makeGraph(recording);
    }
    return result;
  };
  const dispose = (): void => {
    graph?.dispose();
    [graph, recording] = [undefined, undefined];
  };
  return Object.assign(run, {dispose});
}

interface Graph {
  readonly shapes: string;
  run(inputs: readonly Tensor[]): Tensor;
  dispose(): void;
}

function makeGraph({nodes, inputs, read, assigned, feeds, fetches}: Recording): Graph {
  const session = loadGraph(nativeBackend()!, nodes);
  return {
    shapes: shapesOf(inputs),
    run(inputs) {
      const [result, ...values] = session.run([...inputs, ...read], feeds, fetches);
      values.forEach((value, i) => {
        assigned[i]!.assign(value);
        value.dispose();
      });
      return result!;
    },
    dispose: () => session.dispose(),
  };
}

function shapesOf(inputs: readonly Pick<Tensor, 'shape' | 'dtype'>[]): string {
  return inputs.map(({shape, dtype}) => `${dtype}[${shape.join()}]`).join();
}
