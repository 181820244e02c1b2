import {statSync} from 'node:fs';
import {extname} from 'node:path';
import cliProgress from 'cli-progress';
import {type Command, InvalidArgumentError, Option} from 'commander';
import {convertToGguf} from '../quant/files/convert.ts';
import {isWritable} from '../quant/files/ggml/ggml-type.ts';
import {ggmlType, ggmlTypes} from '../quant/files/ggml/index.ts';
import {planWeights, quantizeWeights, type TensorPlan, type WeightMethod, weightMethods} from '../quant/files/quantize-weights.ts';
import type {WeightFile} from '../quant/files/weights.ts';
import {countElements} from '../quant/formats/shape.ts';
import {describeBytes, textTable} from '../quant/report/table.ts';
import {openCalibration} from './calibration-data.ts';
import {wholeNumber} from './whole-number.ts';
import {withWeights} from './with-weights.ts';
import {writeWhole} from './write-whole.ts';

interface Options {
  readonly to: string;
  readonly type?: string;
  readonly method?: WeightMethod;
  readonly bits: number;
  readonly group: number;
  readonly calibrate?: string;
  readonly json?: true;
}

/** What was written, and what became of each tensor where a method chose. */
interface Written {
  readonly bytes: number;
  readonly plan?: readonly TensorPlan[];
}

/** `snapgrid quantize`: a weight file with its matrices quantized, by a method of ours or as a type of ggml. */
export function addQuantizeCommand(program: Command): void {
  const types = ggmlTypes.filter(isWritable).map(({name}) => name);
  program
    .command('quantize')
    .argument('<file>', 'safetensors, GGUF or ONNX; matrices are [outputs, inputs], as PyTorch has them')
    .requiredOption('--to <file>', 'the file to write: .gguf or .safetensors')
    .addOption(new Option('--method <method>', 'how codes are chosen').choices(weightMethods))
    .option('--bits <bits>', 'bits a code, 2 to 8 (GGUF: 4, 5 or 8)', wholeNumber, 4)
    .option('--group <size>', 'how many neighbours share a scale', groupSize, 128)
    .option('--calibrate <csv>', 'lines of a tensor’s name and the activations that go into it, for gptq and awq')
    .addOption(
      new Option('--type <type>', `instead of a method: round to a type of ggml (${types.join(', ')}), into GGUF`).conflicts([
        'method',
        'calibrate',
      ]),
    )
    .option('--json', 'print JSON')
    .description('write a weight file with its matrices quantized; vectors stay as they are')
    .action((path: string, options: Options) => {
      expectOther(path, options.to);
      const {before, bytes, plan} = withWeights([path], weights => ({before: weights!.byteLength, ...write(weights!, options)}));
      if (options.json) {
        console.log(JSON.stringify({file: options.to, originalBytes: before, bytes, tensors: plan}, undefined, 2));
        return;
      }
      if (plan) console.log(describe(plan));
      console.log(`${options.to}: ${describeBytes(bytes)}, ${describeRatio(before, bytes)} than ${path}`);
    });
}

/** @throws Error where what is quantized would take the place of what it is made of */
function expectOther(from: string, to: string): void {
  const [source, target] = [from, to].map(path => statSync(path, {throwIfNoEntry: false}));
  if (source && target && source.ino === target.ino && source.dev === target.dev)
    throw new Error(`Expected --to another file than ${from}, which would be lost; choose another name`);
}

function describeRatio(before: number, after: number): string {
  return after > before ? `${(after / before).toFixed(2)} times larger` : `${(before / after).toFixed(2)} times smaller`;
}

function groupSize(text: string): number {
  const size = wholeNumber(text);
  if (size < 2) throw new InvalidArgumentError('Expected at least 2.');
  return size;
}

function write(weights: WeightFile, {to, type, method, bits, group, calibrate}: Options): Written {
  if (type !== undefined) {
    if (formatOf(to) !== 'GGUF') throw new Error(`Expected --to a .gguf file for --type, got ${to}`);
    const wanted = ggmlType(type.toUpperCase());
    return {bytes: withProgress(weights, progress => writeWhole(to, convertToGguf(weights, wanted, progress)))};
  }
  if (!method) throw new Error(`Expected --method (${weightMethods.join(', ')}) or --type, a type of ggml, got neither`);
  if (!calibrate && (method === 'gptq' || method === 'awq'))
    throw new Error(
      `Expected --calibrate with the activations that go into layers, which ${method} needs, got none; --method rtn needs none`,
    );
  const quantization = {method, bits, groupSize: group, format: formatOf(to)};
  const calibration = calibrate === undefined ? undefined : openCalibration(calibrate, weights);
  try {
    const plan = planWeights(weights, quantization, calibration);
    const work = {quantization, ...(calibration && {calibration})};
    return {plan, bytes: withProgress(weights, progress => writeWhole(to, quantizeWeights(weights, plan, {...work, progress})))};
  } finally {
    calibration?.close();
  }
}

function formatOf(path: string): 'GGUF' | 'safetensors' {
  const extension = extname(path).toLowerCase();
  if (extension === '.gguf') return 'GGUF';
  if (extension === '.safetensors') return 'safetensors';
  throw new Error(`Expected --to a file that ends in .gguf or .safetensors, got ${path}`);
}

function withProgress<T>(weights: WeightFile, work: (progress: (values: number) => void) => T): T {
  const bar = new cliProgress.SingleBar({
    format: 'Quantizing {bar} {percentage}% · {eta_formatted} left',
    stream: process.stderr,
    clearOnComplete: true,
  });
  bar.start(
    [...weights.tensors.values()].reduce((sum, {shape}) => sum + countElements(shape), 0),
    0,
  );
  try {
    return work(done => bar.update(Math.round(done)));
  } finally {
    bar.stop();
  }
}

function describe(plan: readonly TensorPlan[]): string {
  const rows = plan.map(({name, shape, method, type, samples}) => [
    name,
    `[${shape.join(', ')}]`,
    method,
    type,
    samples ? String(samples) : '-',
  ]);
  return textTable(['tensor', 'shape', 'method', 'type', 'calibration rows'], rows);
}
