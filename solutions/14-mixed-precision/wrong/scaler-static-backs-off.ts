import type {Scaler, ScalerOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'LossScaler', check: 'with both factors 1 it is static'};

/** Backs off by a half at least, also where the scale is static. */
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
      this.current = Math.max(this.current * Math.min(backoffFactor, 0.5), minScale);
    } else if (++this.goodSteps === growthInterval) {
      this.goodSteps = 0;
      this.current *= growthFactor;
    }
  }

  skipped(): number {
    return this.skippedSteps;
  }
}
