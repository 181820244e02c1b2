import type {Scaler, ScalerOptions} from '../../../exercises/14-mixed-precision/interface.ts';

export * from '../answers.ts';

/** Keeps what happened and works the scale out anew each time: slower, and there is nothing to forget. */
export class LossScaler implements Scaler {
  private readonly options: ScalerOptions;
  private readonly history: boolean[] = [];

  constructor(options: ScalerOptions) {
    this.options = options;
  }

  scale(): number {
    const {initialScale, growthFactor, backoffFactor, growthInterval, minScale} = this.options;
    return this.history.reduce(
      ({scale, row}, taken) => {
        if (!taken) return {scale: Math.max(scale * backoffFactor, minScale), row: 0};
        return row + 1 === growthInterval ? {scale: scale * growthFactor, row: 0} : {scale, row: row + 1};
      },
      {scale: initialScale, row: 0},
    ).scale;
  }

  update(taken: boolean): void {
    this.history.push(taken);
  }

  skipped(): number {
    return this.history.filter(taken => !taken).length;
  }
}
