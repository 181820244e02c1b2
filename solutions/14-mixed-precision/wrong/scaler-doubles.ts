import type {Scaler, ScalerOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'LossScaler', check: 'it grows after growthInterval good steps, and then counts anew'};

/** Doubles, whatever growthFactor says. */
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
    const {backoffFactor, growthInterval, minScale} = this.options;
    if (!taken) {
      this.skippedSteps++;
      this.goodSteps = 0;
      this.current = Math.max(this.current * backoffFactor, minScale);
    } else if (++this.goodSteps === growthInterval) {
      this.goodSteps = 0;
      this.current *= 2;
    }
  }

  skipped(): number {
    return this.skippedSteps;
  }
}
