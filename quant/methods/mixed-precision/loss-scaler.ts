import * as tf from '@tensorflow/tfjs-core';

/** How a loss scale starts, grows and backs off: the defaults are those of torch.amp.GradScaler. */
export interface LossScalerOptions {
  /** 65536 without it. */
  readonly initialScale?: number;
  /** What the scale is multiplied with after `growthInterval` good steps in a row: 2 without it. */
  readonly growthFactor?: number;
  /** What it is multiplied with after a step with an infinite gradient: 0.5 without it. */
  readonly backoffFactor?: number;
  /** 2000 without it. */
  readonly growthInterval?: number;
}

/** Where a LossScaler stands: plain values, which JSON keeps. */
export interface LossScalerState {
  readonly scale: number;
  readonly growthFactor: number;
  readonly backoffFactor: number;
  /** Null for one that never grows: JSON has no infinity. */
  readonly growthInterval: number | null;
  /** Since the scale last changed. */
  readonly goodSteps: number;
  readonly skippedSteps: number;
}

/** What a LossScaler gives back of scaled gradients. */
export interface UnscaledGradients {
  /** By the names of their variables, divided by the scale. */
  readonly gradients: tf.NamedTensorMap;
  /** Whether all of them are numbers; if not, the step is to be skipped. */
  readonly finite: boolean;
}

/**
 * Keeps small gradients above float16's smallest number: the loss is multiplied by `scale` before gradients are taken, and these are divided by it
 * before weights change. A step whose gradients overflowed is skipped.
 * Dynamic, the scale backs off after such a step and grows after many good ones, as torch.amp.GradScaler does, number for number; `LossScaler.static`
 * keeps it as it is.
 * Source: Micikevicius et al. 2018, Mixed Precision Training, section 3.2.
 */
export class LossScaler {
  private current: number;
  private goodSteps = 0;
  private skipped = 0;
  private readonly factors: readonly [growth: number, backoff: number];
  private readonly growthInterval: number;

  /** @throws RangeError where the scale or a factor is not above 0 and finite, growth is below 1, backoff above 1, or the interval no whole number */
  constructor({initialScale = 65536, growthFactor = 2, backoffFactor = 0.5, growthInterval = 2000}: LossScalerOptions = {}) {
    if (!(initialScale > 0 && Number.isFinite(Math.fround(initialScale))))
      throw new RangeError(`Expected an initialScale above 0 that float32 holds, got ${initialScale}`);
    if (!(growthFactor >= 1 && Number.isFinite(growthFactor)) || !(backoffFactor > 0 && backoffFactor <= 1))
      throw new RangeError(
        `Expected a growthFactor of at least 1 and a backoffFactor from above 0 to 1, got ${growthFactor} and ${backoffFactor}`,
      );
    if (growthInterval !== Infinity && (!Number.isInteger(growthInterval) || growthInterval < 1))
      throw new RangeError(`Expected a growthInterval of at least 1 step, or Infinity, got ${growthInterval}`);
    this.current = Math.fround(initialScale);
    this.factors = [growthFactor, backoffFactor];
    this.growthInterval = growthInterval;
  }

  /** A scaler whose scale never changes; steps with infinite gradients are skipped all the same. */
  static static(scale: number): LossScaler {
    return new LossScaler({initialScale: scale, growthFactor: 1, backoffFactor: 1, growthInterval: Infinity});
  }

  /** The scaler that `state` was taken of, as it was then. @throws RangeError where that is no scaler's state */
  static fromState({scale, growthFactor, backoffFactor, growthInterval, goodSteps, skippedSteps}: LossScalerState): LossScaler {
    const scaler = new LossScaler({initialScale: scale, growthFactor, backoffFactor, growthInterval: growthInterval ?? Infinity});
    if (!isCount(skippedSteps) || !isCount(goodSteps) || goodSteps >= scaler.growthInterval)
      throw new RangeError(
        `Expected goodSteps from 0 to below growthInterval and skippedSteps of 0 or more, got ${goodSteps} and ${skippedSteps}; give what state() gave`,
      );
    scaler.goodSteps = goodSteps;
    scaler.skipped = skippedSteps;
    return scaler;
  }

  /** What is to be saved beside a model's weights, so that `LossScaler.fromState` goes on as this one would. */
  state(): LossScalerState {
    const [growthFactor, backoffFactor] = this.factors;
    const growthInterval = Number.isFinite(this.growthInterval) ? this.growthInterval : null;
    const {goodSteps, skipped: skippedSteps} = this;
    return {scale: this.current, growthFactor, backoffFactor, growthInterval, goodSteps, skippedSteps};
  }

  /** What the loss is multiplied with now: a float32 number. */
  get scale(): number {
    return this.current;
  }

  /** How many steps were skipped so far. */
  get skippedSteps(): number {
    return this.skipped;
  }

  /** loss · scale, to take gradients of. */
  scaleLoss<T extends tf.Tensor>(loss: T): T {
    return tf.mul(loss, this.current);
  }

  /** gradient / scale of each, and whether all were finite; the caller disposes both these and those it gave. */
  unscale(gradients: tf.NamedTensorMap): UnscaledGradients {
    // Divided, not multiplied with an inverse, which TensorFlow takes for 0 at the largest scales.
    const unscaled = tf.tidy(() =>
      Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, tf.div(gradient, this.current)])),
    );
    return {gradients: unscaled, finite: allFinite(Object.values(gradients))};
  }

  /** Takes note of a step: call it once after each, taken or skipped. */
  update(finite: boolean): void {
    const [growth, backoff] = this.factors;
    if (!finite) {
      this.skipped++;
      this.goodSteps = 0;
      // A scale of 0 would have no inverse.
      this.current = Math.max(Math.fround(this.current * backoff), 2 ** -126);
    } else if (++this.goodSteps === this.growthInterval) {
      this.goodSteps = 0;
      const grown = Math.fround(this.current * growth);
      if (Number.isFinite(grown)) this.current = grown;
    }
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Zero times a number is 0; times an infinity or NaN it is NaN. One number is read for all of them. */
function allFinite(tensors: readonly tf.Tensor[]): boolean {
  if (tensors.length === 0) return true;
  const sum = tf.tidy(() => tf.addN(tensors.map(tensor => tf.sum(tf.mul(tensor, 0)))));
  const [zero] = sum.dataSync();
  sum.dispose();
  return !Number.isNaN(zero);
}
