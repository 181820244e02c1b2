import type {Scaler, ScalerOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'LossScaler', check: 'a skipped step breaks the row of good steps'};

/** Grows after every so many steps since the start, whatever came between. */
export class LossScaler implements Scaler {
  private readonly options: ScalerOptions;
  private current: number;
  private allSteps = 0;
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
    this.allSteps++;
    if (!taken) {
      this.skippedSteps++;
      this.current = Math.max(this.current * backoffFactor, minScale);
    } else if (this.allSteps % growthInterval === 0) this.current *= growthFactor;
  }

  skipped(): number {
    return this.skippedSteps;
  }
}
