import type {Scaler, ScalerOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

/** Counts down to the next growth in place of up. */
export class LossScaler implements Scaler {
  private readonly options: ScalerOptions;
  private current: number;
  private untilGrowth: number;
  private skippedSteps = 0;

  constructor(options: ScalerOptions) {
    this.options = options;
    this.current = options.initialScale;
    this.untilGrowth = options.growthInterval;
  }

  scale(): number {
    return this.current;
  }

  update(taken: boolean): void {
    const {growthFactor, backoffFactor, growthInterval, minScale} = this.options;
    if (taken) {
      this.untilGrowth -= 1;
      if (this.untilGrowth > 0) return;
      this.current = this.current * growthFactor;
    } else {
      this.skippedSteps += 1;
      this.current = this.current * backoffFactor < minScale ? minScale : this.current * backoffFactor;
    }
    this.untilGrowth = growthInterval;
  }

  skipped(): number {
    return this.skippedSteps;
  }
}
