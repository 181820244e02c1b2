import * as tf from '@tensorflow/tfjs-core';
import {ErrorMeasure} from './errors.ts';
import {type Accuracy, Report, type ReportPart} from './report.ts';
import {probeOf, type Values} from './probe.ts';

/** Examples that both models are asked about. */
export interface ModelData {
  /** [examples, …]; a list where a model has several inputs. */
  readonly inputs: tf.Tensor | readonly tf.Tensor[];
  /** The right class of each example, 0, 1, …, or one-hot rows [examples, classes]: with them, accuracy is measured on the first output. */
  readonly labels?: ArrayLike<number> | tf.Tensor;
  /** Examples that are run together: 32 without it. */
  readonly batchSize?: number;
}

/** A `tf.LayersModel`, or anything that predicts as one. */
export interface ComparableModel {
  readonly name?: string;
  /** Bytes of its weights as they are shipped. Of a model of layers they are counted layer by layer. */
  readonly byteLength?: number;
  predict(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor | tf.Tensor[];
}

/**
 * Compares what two models put out for the same examples: in the end, and after each layer that both have under the same name and with the same shape.
 * Bytes are those of the codes, scales and other integers of quantized layers and of an IntegerModel, and four for each weight that stays float.
 * @throws RangeError where the models' outputs or the labels do not fit
 */
export async function compareModels(original: ComparableModel, quantized: ComparableModel, data: ModelData): Promise<Report> {
  const [before, after] = [probeOf(original), probeOf(quantized)];
  const names = [...before.layers.keys()].filter(name => after.layers.has(name));
  const [askBefore, askAfter] = [before.asking(names), after.asking(names)];
  const errors = new Map<string, {readonly shape: string; readonly measure: ErrorMeasure}>();
  const unlike = new Set<string>();
  const all = new ErrorMeasure();
  const labels = data.labels && classesOf(data.labels);
  const right = [0, 0];
  const examples = forEachBatch(data, (batch, from) => {
    const [expected, actual] = [askBefore(batch), askAfter(batch)];
    if (shapesOf(expected.outputs) !== shapesOf(actual.outputs))
      throw new RangeError(
        `Expected both models to put out the same shapes, got ${shapesOf(expected.outputs)} and ${shapesOf(actual.outputs)}`,
      );
    for (const [i, name] of names.entries()) {
      const [reference, values] = [expected.layers[i]!, actual.layers[i]!];
      if (shapeOf(reference) !== shapeOf(values)) {
        unlike.add(name);
        continue;
      }
      const {measure} = errors.get(name) ?? {measure: new ErrorMeasure()};
      measure.add(reference.data, values.data);
      errors.set(name, {shape: shapeOf(reference), measure});
    }
    expected.outputs.forEach((reference, i) => all.add(reference.data, actual.outputs[i]!.data));
    if (labels)
      [expected, actual].forEach(({outputs}, i) => {
        right[i]! += countRight(outputs[0]!, labels, from);
      });
  });
  if (examples === 0) throw new RangeError('Expected at least one example, got none');
  if (labels && labels.length !== examples) throw new RangeError(`Expected ${examples} labels, one an example, got ${labels.length}`);
  const accuracy: Accuracy | undefined = labels && {original: right[0]! / examples, quantized: right[1]! / examples, examples};
  const compared = names.filter(name => !unlike.has(name));
  return new Report({
    title: `${original.name ?? 'original'} → ${quantized.name ?? 'quantized'}`,
    of: 'outputs',
    parts: compared.map((name): ReportPart => {
      const [{type: originalType, elements, bytes: originalBytes}, {type, bytes}] = [before.layers.get(name)!, after.layers.get(name)!];
      const {shape, measure} = errors.get(name)!;
      return {
        name,
        shape: shape === '' ? [] : shape.split(',').map(Number),
        originalType,
        type,
        elements,
        originalBytes,
        bytes,
        errors: measure,
      };
    }),
    errors: all,
    elements: before.elements,
    originalBytes: before.bytes,
    bytes: after.bytes,
    ...(accuracy && {accuracy}),
    onlyOriginal: [...before.layers.keys()].filter(name => !compared.includes(name)),
    onlyOther: [...after.layers.keys()].filter(name => !compared.includes(name)),
  });
}

/** Calls `visit` with each batch of the inputs, whose tensors live as long as the call. Gives the number of examples. */
function forEachBatch({inputs, batchSize = 32}: ModelData, visit: (batch: tf.Tensor[], from: number) => void): number {
  const all = Array.isArray(inputs) ? (inputs as readonly tf.Tensor[]) : [inputs as tf.Tensor];
  const examples = all[0]?.shape[0] ?? 0;
  if (all.some(({shape}) => shape[0] !== examples))
    throw new RangeError(`Expected inputs of as many examples each, got ${all.map(({shape}) => shape[0] ?? 0).join(', ')}`);
  if (!Number.isInteger(batchSize) || batchSize < 1) throw new RangeError(`Expected a whole batch size above 0, got ${batchSize}`);
  for (let from = 0; from < examples; from += batchSize)
    tf.tidy(() => {
      const size = Math.min(batchSize, examples - from);
      visit(
        all.map(tensor => tf.slice(tensor, from, size)),
        from,
      );
    });
  return examples;
}

/** Classes as they are, or the largest of each one-hot row. */
function classesOf(labels: ArrayLike<number> | tf.Tensor): ArrayLike<number> {
  if (!(labels instanceof tf.Tensor)) return labels;
  return tf.tidy(() => (labels.rank > 1 ? tf.argMax(labels, -1) : labels).dataSync());
}

/** How many rows of [examples, classes] are largest at the label; of [examples, 1], above one half where the label is 1. */
function countRight({shape, data}: Values, labels: ArrayLike<number>, from: number): number {
  const [rows, classes] = [shape[0]!, shape.at(-1)!];
  let right = 0;
  for (let row = 0; row < rows; row++) {
    const scores = data.slice(row * classes, (row + 1) * classes);
    const label = classes === 1 ? Number(scores[0]! > 0.5) : scores.indexOf(scores.reduce((a, b) => Math.max(a, b)));
    if (label === labels[from + row]) right++;
  }
  return right;
}

/** Of one example. */
function shapeOf({shape}: Values): string {
  return shape.slice(1).join();
}

function shapesOf(outputs: readonly Values[]): string {
  return outputs.map(({shape}) => `[${shape.slice(1).join(', ')}]`).join('; ');
}
