import type {LayersModel} from '@tensorflow/tfjs-layers';
import type {KernelQuantization} from '../../layers/weight-quantizer.ts';
import {kernelsOf} from './kernels.ts';

/** What can be quantized one part at a time: a model's layers, or whatever the callbacks make of it. */
export interface ScanTarget<Choice> {
  readonly layers: readonly string[];
  /** Quantizes this layer, while all others stay as they are, until `undo`. */
  apply(layer: string, choice: Choice): AppliedChoice | Promise<AppliedChoice>;
}

/** A layer that is quantized for the time of a measurement. */
export interface AppliedChoice {
  /** What the layer takes by this choice. */
  readonly bytes: number;
  undo(): void | Promise<void>;
}

/** One layer, quantized by one choice, everything else float. */
export interface Sensitivity<Choice> {
  readonly layer: string;
  readonly choice: Choice;
  readonly bytes: number;
  readonly loss: number;
  /** loss − baseline */
  readonly increase: number;
}

/** What `sensitivityScan` measured. */
export interface SensitivityScan<Choice> {
  /** The loss with everything in float. */
  readonly baseline: number;
  /** Layer by layer, in the order of the target's layers and of the candidates. */
  readonly entries: readonly Sensitivity<Choice>[];
}

/**
 * What each layer's quantization costs: one layer at a time by one candidate at a time, increase = loss(that layer quantized) − loss(all in float). Of a
 * model of layers, the kernels of Dense, Conv2D and DepthwiseConv2D are snapped in place and given back after each measurement.
 * Source: Dong et al. 2020, HAWQ-V2; Wu et al. 2020, Integer Quantization for Deep Learning Inference, section 5.1.
 * @param evaluate the loss on held-out data; lower is better: give 1 − accuracy
 * @throws RangeError without layers or candidates, or at a loss that is NaN
 */
export function sensitivityScan(
  target: LayersModel,
  candidates: readonly KernelQuantization[],
  evaluate: () => number | Promise<number>,
): Promise<SensitivityScan<KernelQuantization>>;
export function sensitivityScan<Choice>(
  target: ScanTarget<Choice>,
  candidates: readonly Choice[],
  evaluate: () => number | Promise<number>,
): Promise<SensitivityScan<Choice>>;
export function sensitivityScan<Choice>(
  target: LayersModel | ScanTarget<Choice>,
  candidates: readonly Choice[],
  evaluate: () => number | Promise<number>,
): Promise<SensitivityScan<Choice>> {
  // A model has an `apply` too.
  const parts = 'predict' in target ? (kernelsOf(target) as ScanTarget<unknown> as ScanTarget<Choice>) : target;
  return scan(parts, candidates, evaluate);
}

async function scan<Choice>(
  target: ScanTarget<Choice>,
  candidates: readonly Choice[],
  evaluate: () => number | Promise<number>,
): Promise<SensitivityScan<Choice>> {
  const {layers} = target;
  if (layers.length === 0 || candidates.length === 0)
    throw new RangeError(`Expected layers and candidates to try, got ${layers.length} and ${candidates.length}`);
  const measure = async (what: string): Promise<number> => {
    const loss = await evaluate();
    // From JavaScript: a tensor, of which no increase could be told.
    if (typeof loss !== 'number' || Number.isNaN(loss))
      throw new RangeError(`Expected a loss that is a number, got ${String(loss)} ${what}; give a tensor's value by dataSync()[0]`);
    return loss;
  };
  const baseline = await measure('in float');
  const entries: Sensitivity<Choice>[] = [];
  for (const layer of layers)
    for (const choice of candidates) {
      const applied = await target.apply(layer, choice);
      try {
        const loss = await measure(`with ${layer} quantized by ${JSON.stringify(choice)}`);
        entries.push({layer, choice, bytes: applied.bytes, loss, increase: loss - baseline});
      } finally {
        await applied.undo();
      }
    }
  return {baseline, entries};
}
