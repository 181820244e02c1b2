import * as tf from '@tensorflow/tfjs-core';
import type {LayerVariable} from '@tensorflow/tfjs-layers';
import {chooseQParams, type QParams} from '../affine/qparams.ts';
import {type QType, signed, unsigned} from '../formats/qtype.ts';
import {EntropyObserver} from '../observers/entropy.ts';
import {HistogramObserver} from '../observers/histogram.ts';
import {MinMaxObserver, MovingAverageMinMaxObserver} from '../observers/min-max.ts';
import type {Observer, Range} from '../observers/observer.ts';
import {PercentileObserver} from '../observers/percentile.ts';
import {fakeQuantize} from './fake-quantize.ts';

/** How calibration chooses a range: see the observers of the same names. */
export type ObserverName = 'minMax' | 'movingAverage' | 'histogram' | 'percentile' | 'entropy';

/** One grid for all of an activation. */
export interface ActivationQuantization {
  /** 2 to 16. */
  readonly bits: number;
  /** −2^(bits−1) … without it, from 0 with `false`. */
  readonly signed?: boolean;
  /** `asymmetric` without it. */
  readonly scheme?: 'asymmetric' | 'symmetric';
  /** `minMax` without it. */
  readonly observer?: ObserverName;
  /** How far training moves the range towards each batch's: 0.01 without it, as torch.ao. */
  readonly averagingConstant?: number;
}

/**
 * Snaps an activation to a grid whose range was observed: by an observer while calibrating, by a moving average while training, never again once frozen.
 * Before anything was observed it lets activations through as they are. The range lies in a variable [min, max] of the layer, and is saved with it.
 */
export class ActivationQuantizer {
  readonly qtype: QType;
  frozen = false;
  private readonly scheme: 'asymmetric' | 'symmetric';
  private readonly averagingConstant: number;
  private calibrating: Observer | undefined;
  /** Whether the calibrating observer saw anything. */
  private observed = false;
  private cached: {readonly values: object; readonly range: Range | undefined; readonly grid: QParams | undefined} | undefined;

  /** @throws RangeError outside 2 to 16 bits, at the symmetric scheme without sign, or at an unknown observer */
  constructor(
    readonly options: ActivationQuantization,
    private readonly variable: LayerVariable,
  ) {
    const {bits, scheme = 'asymmetric', averagingConstant = 0.01} = options;
    this.qtype = (options.signed ?? true) ? signed(bits) : unsigned(bits);
    this.scheme = scheme;
    this.averagingConstant = averagingConstant;
    // Refused here, not at the first batch.
    chooseQParams(0, 1, {qtype: this.qtype, scheme});
    this.movingAverage();
    this.newObserver();
  }

  /** What was observed; undefined where nothing was. */
  get range(): Range | undefined {
    return this.state().range;
  }

  /** The grid of that range: x ≈ scale · (code − zeroPoint). */
  get grid(): QParams | undefined {
    return this.state().grid;
  }

  /** Sets the range by hand, as another calibration found it. @throws RangeError where it is none */
  setRange({min, max}: Range): void {
    if (!(min <= max && Number.isFinite(min) && Number.isFinite(max)))
      throw new RangeError(`Expected finite min ≤ max for an activation's range, got ${min} and ${max}`);
    tf.tidy(() => void this.variable.write(tf.tensor1d([min, max])));
  }

  /** From here on activations pass in float, and an observer watches them. */
  beginCalibration(): void {
    this.calibrating = this.newObserver();
  }

  /** Takes the observer's range, where it saw anything. */
  endCalibration(keep: boolean): void {
    const observer = this.calibrating;
    this.calibrating = undefined;
    if (observer && keep && this.observed) this.setRange(observer.range());
    this.observed = false;
  }

  /** scale · (clip(round(x / scale) + zeroPoint, qmin, qmax) − zeroPoint), with PyTorch's gradient; x itself while calibrating, or before anything was observed. */
  snap(x: tf.Tensor, training: boolean): tf.Tensor {
    if (this.calibrating) {
      this.observe(this.calibrating, x);
      return x;
    }
    if (training && !this.frozen) this.follow(x);
    const {grid} = this.state();
    return grid ? fakeQuantize(x, {...grid, qmin: this.qtype.qmin, qmax: this.qtype.qmax}) : x;
  }

  private observe(observer: Observer, x: tf.Tensor): void {
    if (x.size === 0) return;
    const {observer: name = 'minMax'} = this.options;
    // Of all but the histograms only the ends count: they need not be copied out of the backend.
    observer.observe(name === 'minMax' || name === 'movingAverage' ? ends(x) : x.dataSync());
    this.observed = true;
  }

  private follow(x: tf.Tensor): void {
    if (x.size === 0) return;
    const observer = this.movingAverage();
    const {range} = this.state();
    if (range) observer.observe([range.min, range.max]);
    observer.observe(ends(x));
    this.setRange(observer.range());
  }

  /** Read from the variable again whenever it was written, by whomever. */
  private state(): NonNullable<ActivationQuantizer['cached']> {
    const variable = this.variable.read();
    if (this.cached?.values !== variable.dataId) {
      const [min, max] = variable.dataSync() as Float32Array as unknown as [number, number];
      const range = min <= max ? {min, max} : undefined;
      const grid = range && chooseQParams(min, max, {qtype: this.qtype, scheme: this.scheme});
      this.cached = {values: variable.dataId, range, grid};
    }
    return this.cached!;
  }

  private movingAverage(): Observer {
    return new MovingAverageMinMaxObserver(this.averagingConstant);
  }

  private newObserver(): Observer {
    const {observer = 'minMax'} = this.options;
    const levels = 2 ** this.qtype.bits;
    switch (observer) {
      case 'minMax':
        return new MinMaxObserver();
      case 'movingAverage':
        return this.movingAverage();
      case 'histogram':
        return new HistogramObserver({levels});
      case 'percentile':
        return new PercentileObserver();
      case 'entropy':
        // Half of the codes, as its source takes 128 for 8 bits; at more bits there are more levels than bins.
        return new EntropyObserver({levels: Math.min(levels / 2, 2048)});
      default:
        throw new RangeError(
          `Expected the observer minMax, movingAverage, histogram, percentile or entropy, got ${JSON.stringify(observer satisfies never)}`,
        );
    }
  }
}

function ends(x: tf.Tensor): [min: number, max: number] {
  return tf.tidy(() => [tf.min(x).dataSync()[0]!, tf.max(x).dataSync()[0]!]);
}
