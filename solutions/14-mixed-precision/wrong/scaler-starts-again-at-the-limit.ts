import type {Scaler, ScalerOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'LossScaler', check: 'it does not back off without limit'};

/** Jumps back to the initial scale when it arrives at the limit. */
export class LossScaler implements Scaler {
  private readonly options: ScalerOptions;
  private current: number;
  private goodSteps = 0;
  private skippedSteps = 0;

  constructor(options: ScalerOptions) {
    this.options = options;
    this.current = options.initialScale;
  }

  scale(): number {
    return this.current;
  }

  update(taken: boolean): void {
    const {growthFactor, backoffFactor, growthInterval, minScale} = this.options;
    if (!taken) {
      this.skippedSteps++;
      this.goodSteps = 0;
      this.current *= backoffFactor;
      if (this.current < minScale) this.current = this.options.initialScale;
    } else if (++this.goodSteps === growthInterval) {
      this.goodSteps = 0;
      this.current *= growthFactor;
    }
  }

  skipped(): number {
    return this.skippedSteps;
  }
}
