import {QTensor} from '../../affine/qtensor.ts';
import {bytesOf} from '../../files/bytes-of.ts';
import {layoutEntry, qtensorLayouts, qtensorSources, readQTensor} from '../../files/qtensors.ts';
import {readSafetensors, type SafetensorsFile, type SafetensorsTensorSource, writeSafetensors} from '../../files/safetensors.ts';
import type {ByteSource} from '../../files/source.ts';
import {faultOf} from './check-step.ts';
import type {IntegerProgram} from './compile.ts';
import type {Factors} from './fixed-point.ts';
import type {IntegerStep, LinearStep} from './step.ts';

const key = 'snapgrid.integer_model';
const version = 1;

/** A step as JSON has it: arrays lie in tensors named after the step, a kernel in the one that is named. */
type StoredStep = Omit<IntegerStep, 'kernel' | 'bias' | 'output'> & {
  readonly kernel?: string;
  readonly output?: object | null;
};

/** A program as a safetensors file: its steps as JSON in the metadata; kernels as QTensors, `….bias` and `….factors` (multiplier and shift in turn) as I32. */
export function* writeProgram({steps, inputs, outputs}: IntegerProgram): Generator<Uint8Array> {
  const kernels = new Map<QTensor, string>();
  const tensors: SafetensorsTensorSource[] = [];
  const stored = steps.map((step): object => {
    // Behind the others, as they are after reading: the same steps give the same bytes.
    const {kernel, bias, output, ...plain} = step as Partial<LinearStep> & typeof step;
    const stored: Record<string, unknown> = plain;
    if (kernel && bias) {
      const name = kernels.get(kernel) ?? step.name;
      if (!kernels.has(kernel))
        tensors.push(...qtensorSources(name, kernel, {codes: () => kernel.packed, scales: () => bytesOf(kernel.scales)}));
      kernels.set(kernel, name);
      tensors.push(int32(`${step.name}.bias`, bias));
      stored['kernel'] = name;
    }
    if (output) {
      const {factors, ...rest} = output;
      tensors.push(int32(`${step.name}.factors`, factors));
      stored['output'] = rest;
    } else if (output === null) stored['output'] = null;
    return stored;
  });
  const metadata = new Map([
    [key, JSON.stringify({version, inputs, outputs, steps: stored})],
    ...[...kernels].map(([kernel, name]) => layoutEntry(name, kernel)),
  ]);
  yield* writeSafetensors({metadata, tensors});
}

function int32(name: string, values: Int32Array<ArrayBuffer>): SafetensorsTensorSource {
  return {name, dtype: 'I32', shape: [values.length], bytes: () => bytesOf(values)};
}

/** @throws RangeError naming what is wrong with the file */
export function readProgram(source: ByteSource): IntegerProgram {
  const file = readSafetensors(source);
  const text = file.metadata.get(key);
  if (text === undefined)
    throw new RangeError(`Expected the file of an integer model, with ${key} in its metadata; this is another safetensors file`);
  const {version: stored, inputs, outputs, steps} = parse(text) as Partial<IntegerProgram> & {version?: unknown};
  if (stored !== version)
    throw new RangeError(`Expected an integer model of version ${version}, got ${String(stored)}; write it again with this snapgrid`);
  if (!Array.isArray(steps) || !Array.isArray(outputs) || !Array.isArray(inputs) || !inputs.every(isInput))
    throw new RangeError('Expected lists of inputs with their shapes, of outputs and of steps; the file is damaged');
  const layouts = qtensorLayouts(file);
  const kernels = new Map([...layouts].map(([name, layout]) => [name, new QTensor(readQTensor(file, name, layout))]));
  const known = new Set(inputs.map(({name}) => name));
  const program = {
    inputs,
    outputs,
    steps: steps.map((value: unknown) => {
      const stored = Object(value) as StoredStep;
      expectStep(stored, known);
      known.add(stored.name);
      const step = withArrays(stored, file, kernels);
      const fault = faultOf(step);
      if (fault) throw new RangeError(`Expected step ${step.name} to be one that can be run, but ${fault} is wrong; the file is damaged`);
      return step;
    }),
  };
  const missing = outputs.find(name => !known.has(name));
  if (missing !== undefined) throw new RangeError(`Expected outputs among the steps, got ${String(missing)}; the file is damaged`);
  return program;
}

function isInput(value: unknown): boolean {
  const {name, shape} = Object(value) as Record<string, unknown>;
  return typeof name === 'string' && Array.isArray(shape) && shape.every(n => Number.isInteger(n) && (n === -1 || n >= 0));
}

function withArrays(step: StoredStep, file: SafetensorsFile, kernels: ReadonlyMap<string, QTensor>): IntegerStep {
  const {kernel: kernelName, output, ...plain} = step;
  const linear = linearOperations.has(step.op);
  const kernel = linear ? kernels.get(kernelName!) : undefined;
  if (linear && !kernel) throw new RangeError(`Expected the kernel of step ${step.name} in the file, got none; it is damaged`);
  return {
    ...plain,
    ...(kernel && {kernel, bias: integers(file, `${step.name}.bias`)}),
    ...(output !== undefined && {output: output && {...output, factors: integers(file, `${step.name}.factors`)}}),
  } as unknown as IntegerStep;
}

function integers(file: SafetensorsFile, name: string): Factors {
  if (file.tensors.get(name)?.dtype !== 'I32') throw new RangeError(`Expected a tensor ${name} of I32 in the file; it is damaged`);
  return new Int32Array(file.bytes(name).buffer);
}

const linearOperations: ReadonlySet<string> = new Set<IntegerStep['op']>(['conv2d', 'dense', 'depthwise']);
const operations: ReadonlySet<string> = new Set([
  'add',
  ...linearOperations,
  'averagePool',
  'concatenate',
  'float',
  'maxPool',
  'pad',
  'quantize',
  'reshape',
]);

/** @throws RangeError where a step is none that is known, or takes what is not there yet */
function expectStep({op, name, inputs}: StoredStep, known: ReadonlySet<string>): void {
  if (!operations.has(op) || typeof name !== 'string' || !Array.isArray(inputs) || inputs.length === 0)
    throw new RangeError(
      `Expected a step with a known operation, a name and inputs, got ${JSON.stringify({op, name, inputs})}; the file is damaged`,
    );
  const unknown = inputs.find(input => !known.has(input));
  if (unknown !== undefined)
    throw new RangeError(`Expected step ${name} to take what an earlier step gives, got ${String(unknown)}; the file is damaged`);
}

function parse(text: string): object {
  try {
    return Object(JSON.parse(text)) as object;
  } catch (cause) {
    throw new RangeError(`Expected ${key} to be JSON, got: ${(cause as Error).message}`, {cause});
  }
}
