import type {Attempt, Job} from './llama-cpp.ts';

/**
 * Opens one GGUF file in llama.cpp, in a process of its own: where llama.cpp gives up on a file, it ends the process that it runs in.
 * Gets a Job as its first message, answers with an Attempt, and ends.
 */

/** What is used here of node-llama-cpp. Where that package is not installed, the project still compiles. */
interface Binding {
  getLlama(options: object): Promise<Runtime>;
}

interface Runtime {
  readonly llamaCppRelease: {readonly release: string};
  loadModel(options: object): Promise<Model>;
}

interface Model {
  tokenize(text: string): number[];
  detokenize(tokens: readonly number[]): string;
  createContext(options: object): Promise<{getSequence(): Sequence}>;
}

interface Sequence {
  clearHistory(): Promise<void>;
  evaluate(tokens: readonly number[], options: object): AsyncGenerator<number>;
  controlledEvaluate(input: readonly (readonly [token: number, options: object])[]): Promise<readonly ({next: Next} | undefined)[]>;
}

interface Next {
  /** By token, of the whole vocabulary. */
  readonly probabilities?: ReadonlyMap<number, number>;
}

process.once('message', (job: Job) => {
  attempt(job).then(
    answer => process.send!(answer, () => process.exit(0)),
    (error: unknown) => process.send!({problem: error instanceof Error ? error.message : String(error)}, () => process.exit(0)),
  );
});

async function attempt({path, prompt, newTokens, windows}: Job): Promise<Attempt> {
  const packageName: string = 'node-llama-cpp';
  const {getLlama} = (await import(packageName)) as Binding;
  // Only what came with the package: nothing is compiled, nothing is fetched.
  const options = {build: 'never', skipDownload: true, gpu: false, progressLogs: false, logLevel: 'disabled', maxThreads: 1};
  const llama = await getLlama(options).catch((cause: Error) => {
    throw new Error(`There is no ready-made llama.cpp for this machine (${process.platform}, ${process.arch}): ${cause.message}`, {cause});
  });
  const model = await llama.loadModel({modelPath: path, gpuLayers: 0}).catch((cause: Error) => {
    throw new Error(`llama.cpp refuses the file: ${cause.message}`, {cause});
  });
  const contextSize = Math.max(...windows.map(({length}) => length), 64);
  const sequence = (await model.createContext({contextSize, sequences: 1, threads: 1})).getSequence();
  const promptTokens = model.tokenize(prompt);
  const generated: number[] = [];
  for await (const token of sequence.evaluate(promptTokens, {temperature: 0})) if (generated.push(token) === newTokens) break;
  // The plain softmax of the logits: nothing is made likelier, nothing is left out.
  const generateNext = {probabilities: true, options: {temperature: 1, topK: 0, topP: 1, minP: 0}};
  let [sum, count] = [0, 0];
  for (const window of windows) {
    await sequence.clearHistory();
    const outputs = await sequence.controlledEvaluate(window.slice(0, -1).map(token => [token, {generateNext}] as const));
    outputs.forEach((output, i) => {
      sum -= Math.log(output!.next.probabilities!.get(window[i + 1]!)!);
      count++;
    });
  }
  return {
    promptTokens,
    text: prompt + model.detokenize(generated),
    perplexity: Math.exp(sum / count),
    release: llama.llamaCppRelease.release,
  };
}
