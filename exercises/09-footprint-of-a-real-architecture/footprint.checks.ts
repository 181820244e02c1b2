import {expectNumber, expectRecord} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain} from '../../session/wire/plain.ts';
import {drawModel, parametersOf, tensorsOf} from './inputs.ts';
import type {Footprint, Gpt2Config, Plan, TensorInfo} from './interface.ts';

const fields = ['parameters', 'matrixBytes', 'otherBytes', 'scaleBytes', 'totalBytes', 'bufferBytes'] as const;

const plans: readonly Plan[] = [
  {matrixBits: 32, otherBits: 32, scaleBits: 0},
  {matrixBits: 16, otherBits: 16, scaleBits: 0},
  {matrixBits: 8, otherBits: 16, scaleBits: 16},
  {matrixBits: 8, otherBits: 32, scaleBits: 32},
  {matrixBits: 4, otherBits: 16, scaleBits: 16},
];

export const footprint: Task = {
  name: 'footprint',
  title: 'Count the bytes',
  timeoutMs: 10_000,
  checks: [
    {
      name: 'buffers are not counted as parameters',
      points: 2,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          ['parameters'],
          'parameters too many or too few',
          'The number of parameters is not right. h.0.attn.bias and h.0.attn.masked_bias are buffers of any dtype, floats too; h.0.attn.c_attn.bias is a parameter.',
        ),
    },
    {
      name: 'buffers are listed apart, as they are stored',
      points: 1,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          ['bufferBytes'],
          'bytes too many or too few',
          'bufferBytes is not what the buffers take in the file: a plan changes parameters alone, and a mask may be stored in one byte or in four.',
        ),
    },
    {
      name: 'matrices have their width, and all other parameters theirs',
      points: 2,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          ['matrixBytes', 'otherBytes'],
          'bytes too many or too few',
          'matrixBytes or otherBytes is not right. A matrix is a weight with two dimensions inside a layer (h.…). Embeddings have two dimensions as well, and keep otherBits, like norms and biases.',
        ),
    },
    {
      name: 'each output of a matrix has a scale',
      points: 1,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          ['scaleBytes'],
          'bytes too many or too few',
          'scaleBytes is not right. A matrix [inputs, outputs] has a scale for each output, of scaleBits bits; what is not quantized has none.',
        ),
    },
    {
      name: 'the total holds all parameters and the scales, no buffers',
      points: 1,
      measure: (learner, draw) =>
        farthest(
          learner,
          draw,
          ['totalBytes'],
          'bytes too many or too few',
          'totalBytes is the sum of matrices, other parameters and scales. Buffers stand apart; the dtype in the file does not matter here, the plan does.',
        ),
    },
    {
      name: 'tensors and plan are left as they were',
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, 'footprint', plain(drawModel(draw).tensors), {...plans[2]!}),
    },
  ],
};

async function farthest(
  learner: Learner,
  draw: Draw,
  compared: readonly (typeof fields)[number][],
  unit: string,
  message: string,
): Promise<Measurement> {
  let measured = 0;
  for (const [i, plan] of plans.entries()) {
    const {config, tensors} = drawModel(draw.for(`plan ${i}`));
    const answer = expectRecord(await learner.call('footprint', plain(tensors), {...plan}), fields, 'the result of footprint');
    const right = reference(config, tensors, plan);
    for (const field of compared) measured = Math.max(measured, Math.abs(expectNumber(answer[field], field) - right[field]));
  }
  return {measured, comparison: '==', threshold: 0, unit, message};
}

/** From the config, not from the list of tensors that the learner reads. */
function reference(config: Gpt2Config, tensors: readonly TensorInfo[], {matrixBits, otherBits, scaleBits}: Plan): Footprint {
  const {n_layer, n_embd} = config;
  const parameters = parametersOf(config);
  const inMatrices = n_layer * 12 * n_embd ** 2;
  const names = new Set(tensorsOf(config).map(({name}) => name));
  const matrixBytes = (inMatrices * matrixBits) / 8;
  const otherBytes = ((parameters - inMatrices) * otherBits) / 8;
  const scaleBytes = (n_layer * (3 + 1 + 4 + 1) * n_embd * scaleBits) / 8;
  const bufferBytes = tensors.filter(({name}) => !names.has(name)).reduce((sum, {bytes}) => sum + bytes, 0);
  return {parameters, matrixBytes, otherBytes, scaleBytes, totalBytes: matrixBytes + otherBytes + scaleBytes, bufferBytes};
}

function plain(tensors: readonly TensorInfo[]): Plain {
  return tensors.map(tensor => ({...tensor, shape: [...tensor.shape]}));
}
