import {expectRecord, expectTensor} from '../../checking/expect.ts';
import {relativeError} from '../../checking/metrics.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {TensorData} from '../../session/wire/plain.ts';

export const foldBatchNorm: Task = {
  name: 'foldBatchNorm',
  title: 'Fold batch normalization',
  timeoutMs: 15_000,
  checks: [
    {
      name: 'each output channel of the kernel has its own factor',
      points: 1,
      async measure(learner, draw) {
        // As many inputs as outputs: the wrong axis would go unnoticed by its shape.
        const conv = drawConv(draw, [3, 3, 5, 5]);
        return close(
          relativeError(folded(conv).kernel, (await answer(learner, conv)).kernel.data),
          'The folded kernel is wrong. Its last axis is that of the outputs, and every output has its own factor: gamma over the root of the variance, with epsilon under the root.',
        );
      },
    },
    {
      name: 'the bias holds what is left',
      points: 1,
      async measure(learner, draw) {
        const conv = drawConv(draw, [3, 3, 2, 7]);
        return close(
          relativeError(folded(conv).bias, (await answer(learner, conv)).bias.data),
          'The bias is wrong. For an input of zeros the convolution gives 0: what does batch normalization make of it?',
        );
      },
    },
    {
      name: 'the outputs stay the same',
      points: 2,
      async measure(learner, draw) {
        // A 1×1 convolution is a matrix product per pixel.
        const conv = drawConv(draw, [1, 1, 6, 4]);
        const x = draw.tensor([20, 6]);
        const {kernel, bias} = await answer(learner, conv);
        const root = Array.from(conv.variance.data, value => Math.sqrt(value + conv.epsilon));
        const sums = product(x, conv.kernel.data);
        const wanted = sums.map(
          (sum, i) => (conv.gamma.data[i % 4]! * (sum - conv.mean.data[i % 4]!)) / root[i % 4]! + conv.beta.data[i % 4]!,
        );
        return close(
          relativeError(
            wanted,
            product(x, kernel.data).map((sum, i) => sum + bias.data[i % 4]!),
          ),
          'The folded convolution does not give what convolution and batch normalization gave together.',
        );
      },
    },
    {
      name: 'a channel that hardly varies stays finite',
      points: 1,
      async measure(learner, draw) {
        // Here epsilon decides.
        const conv = drawConv(draw, [2, 2, 3, 4], () => draw.pick([0, 1e-4, 1e-3]));
        const {kernel, bias} = await answer(learner, conv);
        const wanted = folded(conv);
        return close(
          Math.max(relativeError(wanted.kernel, kernel.data), relativeError(wanted.bias, bias.data)),
          'With a variance near 0 the result is wrong. Epsilon is added to the variance, under the root: √(variance + epsilon).',
        );
      },
    },
    {
      name: 'what is given is left as it was',
      points: 1,
      async measure(learner, draw) {
        const {epsilon, ...tensors} = drawConv(draw, [1, 1, 3, 3]);
        return unchangedInputs(learner, 'foldBatchNorm', {...tensors, epsilon});
      },
    },
  ],
};

interface Conv {
  readonly kernel: TensorData;
  readonly gamma: TensorData;
  readonly beta: TensorData;
  readonly mean: TensorData;
  readonly variance: TensorData;
  readonly epsilon: number;
}

function drawConv(draw: Draw, shape: [number, number, number, number], variance = (): number => draw.uniform(0.2, 4)): Conv {
  const outputs = [shape[3]];
  return {
    kernel: draw.tensor(shape),
    gamma: draw.tensor(outputs, d => d.pick([-1, 1]) * d.uniform(0.5, 2)),
    beta: draw.tensor(outputs),
    mean: draw.tensor(outputs, d => d.normal(0, 2)),
    variance: draw.tensor(outputs, variance),
    epsilon: draw.pick([1e-3, 2e-3]),
  };
}

async function answer(learner: Learner, conv: Conv): Promise<{kernel: TensorData; bias: TensorData}> {
  const {kernel, bias} = expectRecord(await learner.call('foldBatchNorm', {...conv}), ['kernel', 'bias'], 'the result of foldBatchNorm');
  return {
    kernel: expectTensor(kernel, {what: 'the folded kernel', shape: conv.kernel.shape}),
    bias: expectTensor(bias, {what: 'the bias', shape: conv.beta.shape}),
  };
}

function folded({kernel, gamma, beta, mean, variance, epsilon}: Conv): {kernel: number[]; bias: number[]} {
  const factors = Array.from(gamma.data, (g, j) => g / Math.sqrt(variance.data[j]! + epsilon));
  return {
    kernel: Array.from(kernel.data, (value, i) => value * factors[i % factors.length]!),
    bias: factors.map((factor, j) => beta.data[j]! - mean.data[j]! * factor),
  };
}

/** x [rows, inputs] · kernel [inputs, outputs] */
function product(x: TensorData, kernel: ArrayLike<number>): number[] {
  const [rows, inputs] = x.shape as [number, number];
  const outputs = kernel.length / inputs;
  return Array.from({length: rows * outputs}, (_, at) => {
    let sum = 0;
    for (let i = 0; i < inputs; i++) sum += x.data[Math.floor(at / outputs) * inputs + i]! * kernel[i * outputs + (at % outputs)]!;
    return sum;
  });
}

function close(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 1e-3, unit: 'relative error', message};
}
