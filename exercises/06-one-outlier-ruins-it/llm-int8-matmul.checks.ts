import {expectCodes, expectRecord, expectTensor} from '../../checking/expect.ts';
import {relativeError} from '../../checking/metrics.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {activationsWithOutliers, weightMatrix} from '../../data/outliers.ts';
import {isTensorData, isTypedArray, type Plain, type TensorData} from '../../session/wire/plain.ts';
import {expectScales, referenceScales, scaleDeviation, wrongCodes} from './inputs.ts';

export const llmInt8Matmul: Task = {
  name: 'llmInt8Matmul',
  title: 'Outliers in float, the rest in int8',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'outlier columns are those that reach the threshold in some row',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const given of [batch(draw, 6), batch(draw, 12)])
          wrong += difference(given.outlierColumns, (await answerFor(learner, given)).outlierColumns);
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'columns too many or missing',
          message:
            'These are not the outlier columns. A column is one when its largest magnitude, over all rows, is at least the threshold that the caller gives: negative outliers count, one row is enough, an average hides it.',
        };
      },
    },
    {
      name: 'the other columns of x are int8 with a scale for each row',
      points: 2,
      async measure(learner, draw) {
        const given = batch(draw, 6);
        const answer = await answerFor(learner, given);
        return {
          measured: wrongOfX(given, answer),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'The codes of x are not those of its regular columns on a scale for each row: largest magnitude of the row, without the outlier columns, over 127. Outlier columns have code 0 here. With an outlier in the scale, all its row is crushed again.',
        };
      },
    },
    {
      name: 'the weights are int8 with a scale for each column',
      points: 1,
      async measure(learner, draw) {
        const given = batch(draw, 6);
        return {
          measured: wrongOfWeights(given, await answerFor(learner, given)),
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'The codes of the weights are not those of one scale per column. A scale per row of the weights could not be taken out of the sum over inputs, and one for all is too coarse for unequal columns.',
        };
      },
    },
    {
      name: 'the output is what these codes and the outliers give',
      points: 2,
      async measure(learner, draw) {
        const given = batch(draw, 6);
        const answer = await answerFor(learner, given);
        return {
          measured: relativeError(recompute(given, answer), answer.output.data),
          comparison: '<=',
          threshold: 1e-4,
          unit: 'relative deviation',
          message:
            'The output is not (sum of code products) × row scale × column scale + outlier columns × their float weights. Each outlier column belongs in one of the two sums, not in both and not in none; and the product must really come from the codes.',
        };
      },
    },
    {
      name: 'it is as near to float as if there were no outliers',
      points: 1,
      async measure(learner, draw) {
        const given = batch(draw, 6);
        const {output} = await answerFor(learner, given);
        return {
          measured: relativeError(exactProduct(given), output.data),
          comparison: '<=',
          threshold: 0.01,
          unit: '× norm of the float output',
          message:
            'The output is too far from the float product. Plain int8 lets the outliers set the scale, so the other activations round to almost nothing; outliers cut to the threshold lose what the network relies on.',
        };
      },
    },
    {
      name: 'at least 99% of the multiplications are int8',
      points: 1,
      async measure(learner, draw) {
        const {rows, inputs} = size;
        const {xCodes, wCodes} = await answerFor(learner, batch(draw, 6));
        const isInt8 = Array.from({length: inputs}, (_, k) => {
          const some = (codes: ArrayLike<number>, count: number, at: (n: number) => number): boolean =>
            Array.from({length: count}, (_, n) => codes[at(n)]).some(code => code !== 0);
          return some(xCodes, rows, row => row * inputs + k) && some(wCodes, size.outputs, column => k * size.outputs + column);
        });
        return {
          measured: (100 * isInt8.filter(is => !is).length) / inputs,
          comparison: '<=',
          threshold: 1,
          unit: '% of the inputs in float',
          message:
            'Too much is done in float. Only a few columns hold outliers; all others must be multiplied as int8 codes, or nothing is saved.',
        };
      },
    },
    {
      name: 'no outliers, and a row of zeros, are no trouble',
      points: 1,
      async measure(learner, draw) {
        const drawn = activationsWithOutliers(draw, {rows: 4, columns: 24, outliers: 0});
        const x = {...drawn.x, data: Float32Array.from(drawn.x.data, (value, i) => (i >= 24 && i < 48 ? 0 : value))};
        const given: Batch = {x, weights: weightMatrix(draw, {inputs: 24, outputs: 6}), threshold: 6, outlierColumns: []};
        const answer = await answerFor(learner, given);
        const zeros = answer.xScales[1]! > 0 ? 0 : 1;
        return {
          measured: difference([], answer.outlierColumns) + wrongOfX(given, answer) + wrongOfWeights(given, answer) + zeros,
          comparison: '==',
          threshold: 0,
          unit: 'bad numbers',
          message:
            'Without outliers everything is int8, and the list of columns is empty. A row of zeros (padding has them) has no largest magnitude: any positive scale, or 0 / 0 spoils the row.',
        };
      },
    },
    {
      name: 'the inputs are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {x} = activationsWithOutliers(draw, {rows: 3, columns: 8, outliers: 1});
        return unchangedInputs(learner, 'llmInt8Matmul', x, weightMatrix(draw, {inputs: 8, outputs: 4}), 6);
      },
    },
  ],
};

/** Three columns of 384 are 0.8%. */
const size = {rows: 6, inputs: 384, outputs: 24, outliers: 3} as const;

interface Batch {
  readonly x: TensorData;
  readonly weights: TensorData;
  readonly threshold: number;
  readonly outlierColumns: readonly number[];
}

interface Answer {
  readonly output: TensorData;
  readonly outlierColumns: readonly number[];
  readonly xCodes: ArrayLike<number>;
  readonly xScales: ArrayLike<number>;
  readonly wCodes: ArrayLike<number>;
  readonly wScales: ArrayLike<number>;
}

/** Outliers of both signs; one column more lies between 7 and 9, in one row and not the first: an outlier at a threshold of 6, none at 12. */
function batch(draw: Draw, threshold: number): Batch {
  const {rows, inputs, outputs, outliers} = size;
  const {x, outlierColumns} = activationsWithOutliers(draw, {rows, columns: inputs, outliers: outliers - 1, magnitude: [20, 60]});
  const middle = draw.pick(Array.from({length: inputs}, (_, k) => k).filter(k => !outlierColumns.includes(k)));
  const at = draw.integer(1, rows - 1) * inputs + middle;
  const data = Float32Array.from(x.data, (value, i) => (i === at ? -draw.uniform(7, 9) : value));
  // The first outlier column is negative, so that a forgotten absolute value always shows.
  for (let i = outlierColumns[0]!; i < data.length; i += inputs) data[i] = -Math.abs(data[i]!);
  return {
    x: {...x, data},
    weights: weightMatrix(draw, {inputs, outputs}),
    threshold,
    outlierColumns: [...outlierColumns, ...(threshold < 7 ? [middle] : [])].sort((a, b) => a - b),
  };
}

async function answerFor(learner: Learner, {x, weights, threshold}: Batch): Promise<Answer> {
  const [rows, inputs] = x.shape as [number, number];
  const outputs = weights.shape[1]!;
  const fields = ['output', 'outlierColumns', 'xCodes', 'xScales', 'wCodes', 'wScales'] as const;
  const answer = expectRecord(await learner.call('llmInt8Matmul', x, weights, threshold), fields, 'the result of llmInt8Matmul');
  return {
    output: expectTensor(answer.output, {what: 'output', shape: [rows, outputs]}),
    outlierColumns: expectColumns(answer.outlierColumns, inputs),
    xCodes: expectCodes(answer.xCodes, {what: 'xCodes', shape: x.shape}),
    xScales: expectScales(answer.xScales, 'xScales', [rows]),
    wCodes: expectCodes(answer.wCodes, {what: 'wCodes', shape: weights.shape}),
    wScales: expectScales(answer.wScales, 'wScales', [outputs]),
  };
}

/** A list, a typed array or a tensor of column numbers. @throws WrongAnswer */
function expectColumns(value: Plain, inputs: number): readonly number[] {
  const list = isTensorData(value) ? Array.from(value.data) : isTypedArray(value) ? Array.from(value) : value;
  if (!Array.isArray(list) || list.length > inputs || !list.every((k): k is number => Number.isInteger(k) && k >= 0 && k < inputs))
    throw new WrongAnswer('Expected outlierColumns to be a list of column numbers, got something else; an empty list where there is none');
  return list;
}

/** How many columns are in one of the lists only, or twice. */
function difference(right: readonly number[], given: readonly number[]): number {
  const [a, b] = [new Set(right), new Set(given)];
  return [...a].filter(k => !b.has(k)).length + given.filter((k, i) => !a.has(k) || given.indexOf(k) !== i).length;
}

/**
 * Codes of x that are wrong, and rows whose scale is. Two scales of a row are usual: the largest magnitude of the regular columns, and, as bitsandbytes has it,
 * of all values below the threshold.
 */
function wrongOfX({x, outlierColumns, threshold}: Batch, {xCodes, xScales}: Answer): number {
  const [rows, inputs] = x.shape as [number, number];
  const isOutlier = new Set(outlierColumns);
  let wrong = 0;
  for (let row = 0; row < rows; row++) {
    let [regular, below] = [0, 0];
    for (let k = 0; k < inputs; k++) {
      const magnitude = Math.abs(x.data[row * inputs + k]!);
      if (!isOutlier.has(k)) regular = Math.max(regular, magnitude);
      if (magnitude < threshold) below = Math.max(below, magnitude);
    }
    const near = (absMax: number): boolean => absMax === 0 || Math.abs((127 * xScales[row]!) / absMax - 1) < 1e-3;
    if (!near(regular) && !near(below)) wrong++;
  }
  const kept = x.data.map((value, i) => (isOutlier.has(i % inputs) ? 0 : value));
  return wrong + wrongCodes(kept, xCodes, i => xScales[Math.floor(i / inputs)]!);
}

/** Codes of the weights that are wrong, and columns whose scale is. The rows that meet outliers may be left out, of codes and of scales. */
function wrongOfWeights({weights, outlierColumns}: Batch, {wCodes, wScales}: Answer): number {
  const [inputs, outputs] = weights.shape as [number, number];
  const isOutlier = new Set(outlierColumns);
  const regular = {...weights, data: Float32Array.from(weights.data, (w, i) => (isOutlier.has(Math.floor(i / outputs)) ? 0 : w))};
  const scaleIsOff = Math.min(...[weights, regular].map(w => scaleDeviation(referenceScales(w, inputs), wScales))) > 1e-3;
  // Whatever code a row has that meets outliers, it is multiplied by a code of 0.
  const codes = Array.from(wCodes, (code, i) => (isOutlier.has(Math.floor(i / outputs)) ? 0 : code));
  return wrongCodes(regular.data, codes, i => wScales[i % outputs]!) + (scaleIsOff ? 1 : 0);
}

/** The decomposition from the learner's codes and the given floats, in float64. */
function recompute({x, weights}: Batch, {xCodes, xScales, wCodes, wScales, outlierColumns}: Answer): Float64Array {
  const [rows, inputs] = x.shape as [number, number];
  const outputs = weights.shape[1]!;
  return Float64Array.from({length: rows * outputs}, (_, i) => {
    const [row, column] = [Math.floor(i / outputs), i % outputs];
    let sum = 0;
    for (let k = 0; k < inputs; k++) sum += xCodes[row * inputs + k]! * wCodes[k * outputs + column]!;
    let float = 0;
    for (const k of outlierColumns) float += x.data[row * inputs + k]! * weights.data[k * outputs + column]!;
    return sum * xScales[row]! * wScales[column]! + float;
  });
}

function exactProduct({x, weights}: Batch): Float64Array {
  const [rows, inputs] = x.shape as [number, number];
  const outputs = weights.shape[1]!;
  const product = new Float64Array(rows * outputs);
  for (let row = 0; row < rows; row++)
    for (let k = 0; k < inputs; k++)
      for (let column = 0; column < outputs; column++)
        product[row * outputs + column]! += x.data[row * inputs + k]! * weights.data[k * outputs + column]!;
  return product;
}
