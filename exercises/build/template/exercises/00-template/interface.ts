/** The width of one step, in the values' own unit. */
export type StepOf = (values: readonly number[]) => number;
