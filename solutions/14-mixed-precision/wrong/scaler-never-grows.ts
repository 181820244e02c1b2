import type {Scaler, ScalerOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

export const caughtBy = {task: 'LossScaler', check: 'it grows after growthInterval good steps, and then counts anew'};

/** Only backs off: one unlucky step early on, and the scale is low for ever. */
export class LossScaler implements Scaler {
  private readonly options: ScalerOptions;
  private current: number;
  private skippedSteps = 0;

  constructor(options: ScalerOptions) {
    this.options = options;
    this.current = options.initialScale;
  }

  scale(): number {
    return this.current;
  }

  update(taken: boolean): void {
    const {backoffFactor, minScale} = this.options;
    if (!taken) {
      this.skippedSteps++;
      this.current = Math.max(this.current * backoffFactor, minScale);
    }
  }

  skipped(): number {
    return this.skippedSteps;
  }
}
