import type {Scaler, ScalerOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'LossScaler', check: 'it backs off at once after a skipped step'};

/** Backs off only when two steps were skipped one behind the other. */
export class LossScaler implements Scaler {
  private readonly options: ScalerOptions;
  private current: number;
  private goodSteps = 0;
  private skippedSteps = 0;
  private skippedBefore = false;

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
      if (this.skippedBefore) this.current = Math.max(this.current * backoffFactor, minScale);
      this.skippedBefore = true;
    } else {
      this.skippedBefore = false;
      if (++this.goodSteps === growthInterval) {
        this.goodSteps = 0;
        this.current *= growthFactor;
      }
    }
  }

  skipped(): number {
    return this.skippedSteps;
  }
}
