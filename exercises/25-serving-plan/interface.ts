/** What of a model decides its memory and its speed. */
export interface Model {
  readonly name: string;
  readonly parameters: number;
  readonly layers: number;
  /** Heads of queries. */
  readonly heads: number;
  /** Heads of keys and values: fewer, where several heads of queries share one. */
  readonly kvHeads: number;
  /** Numbers in a key, and in a value. */
  readonly headSize: number;
}

/** What its data sheet says. A GB is 10⁹ bytes. */
export interface Gpu {
  readonly name: string;
  readonly gigabytes: number;
  /** Between its memory and its cores, GB/s. */
  readonly gigabytesPerSecond: number;
  /** 10¹² operations a second; a multiplication and an addition are two. */
  readonly teraflops: number;
}

/** A model on a group of equal GPUs that share each of its matrices and its cache. */
export interface Plan {
  readonly model: Model;
  readonly gpu: Gpu;
  /** How many of them. */
  readonly gpus: number;
  /** Of each weight on the average, scales included: 4.5 is possible. */
  readonly weightBits: number;
  /** Of each number in the KV cache. */
  readonly kvBits: number;
  /** Tokens of each sequence that the cache holds. */
  readonly context: number;
  /** Sequences that are served together, one for each user. */
  readonly batch: number;
  /** What of each GPU the driver, the runtime and its buffers take. */
  readonly overheadGigabytes: number;
}

/** Bytes on EACH of the GPUs. */
export interface MemoryPlan {
  readonly weights: number;
  readonly kvCache: number;
  /** weights + kvCache + overhead */
  readonly total: number;
  readonly fits: boolean;
}

export interface Speed {
  /** Tokens a second that one user sees. */
  readonly perUser: number;
  /** Tokens a second of all users together. */
  readonly total: number;
  /** What a step waits for. */
  readonly bound: 'memory' | 'compute';
}

/** One way to serve the chatbot. */
export interface ServingOption {
  readonly name: string;
  readonly dollarsPerRequest: number;
  /** What it costs besides, however many requests come. */
  readonly rentPerMonth: number;
  /** Until the answer is there. */
  readonly milliseconds: number;
  /** Of 100 answers, how many are right. */
  readonly accuracy: number;
}

export interface Requirements {
  readonly requestsPerDay: number;
  /** Accuracy that is at least needed, of 100. */
  readonly accuracyFloor: number;
  /** Milliseconds that an answer may take at most. */
  readonly latencyCeiling: number;
  /** Dollars that a month of 30 days may cost at most. */
  readonly budgetPerMonth: number;
}

export interface Choice {
  readonly name: string;
  readonly dollarsPerMonth: number;
}

export type Fits = (plan: Plan) => MemoryPlan;
export type TokensPerSecond = (plan: Plan) => Speed;
/** How many sequences fit at the most; the plan's own `batch` plays no part. */
export type LargestBatch = (plan: Plan) => number;
/** The cheapest option that meets all requirements; null where none does. */
export type ChooseCheapest = (options: readonly ServingOption[], requirements: Requirements) => Choice | null;
