import {closeSync, openSync, readSync} from 'node:fs';
import {parse} from 'csv-parse/sync';
import type {WeightCalibration} from '../quant/files/quantize-weights.ts';
import type {WeightFile, WeightTensor} from '../quant/files/weights.ts';

/** Lines of one tensor that follow one another. */
interface Run {
  readonly from: number;
  to: number;
  readonly firstLine: number;
  lines: number;
}

const pieceBytes = 2 ** 20;
const longestLine = 2 ** 26;
const lineFeed = 10;
/** A tensor's name, in quotes or not, is what a line begins with; a number is none. */
const firstCell = /^\s*(?:"((?:[^"]|"")*)"|([^,]*?))\s*(?:,|$)/;

/**
 * Activations from a file of lines `tensor,x1,x2,…`: what goes into the layer of that weight, one row of the batch a line. Lines of numbers only are for
 * the one matrix that has as many inputs. The file is gone through once, and a tensor's lines are read when its turn comes: it may be of any size.
 * @throws Error naming the line that is no row of a matrix of the weights
 */
export function openCalibration(path: string, weights: WeightFile): WeightCalibration & {close(): void} {
  const file = openSync(path, 'r');
  try {
    const runs = indexLines(file, path, [...weights.tensors.values()]);
    return {
      samples: ({name}) => (runs.get(name) ?? []).reduce((sum, {lines}) => sum + lines, 0),
      *rows({name, shape}) {
        for (const run of runs.get(name) ?? []) yield* readRun(file, path, run, {name, inputs: shape.at(-1)!});
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function indexLines(file: number, path: string, tensors: readonly WeightTensor[]): ReadonlyMap<string, Run[]> {
  const matrices = tensors.filter(({shape}) => shape.length === 2);
  const runs = new Map<string, Run[]>();
  let last: {name: string; run: Run} | undefined;
  for (const {text, from, to, number} of lines(file, 0, Infinity, 1)) {
    if (!text.trim()) continue;
    const name = nameOf(text, {path, number, matrices});
    if (name === undefined) continue;
    if (last?.name === name) {
      last.run.to = to;
      last.run.lines++;
    } else {
      const run = {from, to, firstLine: number, lines: 1};
      last = {name, run};
      runs.set(name, [...(runs.get(name) ?? []), run]);
    }
  }
  if (runs.size === 0) throw new Error(`${path}: Expected lines of activations, got none`);
  return runs;
}

/** The tensor that a line is for; undefined for a line of titles. */
function nameOf(
  text: string,
  {path, number, matrices}: {readonly path: string; readonly number: number; readonly matrices: readonly WeightTensor[]},
): string | undefined {
  const match = firstCell.exec(text)!;
  const first = match[1]?.replaceAll('""', '"') ?? match[2] ?? '';
  if (matrices.some(({name}) => name === first)) return first;
  if (first !== '' && Number.isNaN(Number(first))) {
    if (number === 1) return undefined;
    throw new Error(
      `${path}, line ${number}: Expected the name of a matrix of the weights, got ${first}; there are ${matrices
        .slice(0, 5)
        .map(({name}) => name)
        .join(', ')}${matrices.length > 5 ? ` and ${matrices.length - 5} more` : ''}`,
    );
  }
  const columns = text.split(',').length;
  const fitting = matrices.filter(({shape}) => shape[1] === columns);
  if (fitting.length === 1) return fitting[0]!.name;
  throw new Error(
    fitting.length === 0
      ? `${path}, line ${number}: Expected as many numbers as a matrix [outputs, inputs] has inputs, got ${columns}${hintOf(matrices, columns)}`
      : `${path}, line ${number}: Expected to know which matrix ${columns} activations are for, got numbers only; begin the line with one of ${fitting.map(({name}) => name).join(', ')}`,
  );
}

function hintOf(matrices: readonly WeightTensor[], columns: number): string {
  const turned = matrices.find(({shape}) => shape[0] === columns);
  return turned ? `; ${turned.name} is [${turned.shape.join(', ')}], which seems to be [inputs, outputs]: transpose it first` : '';
}

function* readRun(
  file: number,
  path: string,
  {from, to, firstLine}: Run,
  {name, inputs}: {readonly name: string; readonly inputs: number},
): Generator<Float32Array> {
  for (const {text, number} of lines(file, from, to, firstLine)) {
    if (!text.trim()) continue;
    const cells = cellsOf(text, `${path}, line ${number}`);
    const values = cells[0] === name ? cells.slice(1) : cells;
    const wrong = values.find(cell => cell === '' || !Number.isFinite(Number(cell)));
    if (values.length !== inputs || wrong !== undefined)
      throw new Error(
        `${path}, line ${number}: Expected ${inputs} numbers for ${name}, which has so many inputs, got ${wrong === undefined ? values.length : `"${wrong}"`}`,
      );
    yield Float32Array.from(values, Number);
  }
}

function cellsOf(text: string, place: string): string[] {
  try {
    return (parse(text, {trim: true}) as [string[]])[0];
  } catch (cause) {
    throw new Error(`${place}: Expected comma-separated values, got: ${(cause as Error).message}`, {cause});
  }
}

interface Line {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly number: number;
}

/** The lines in bytes `from` to `to` − 1 of a file, read piece by piece. */
function* lines(file: number, from: number, to: number, firstNumber: number): Generator<Line> {
  let [rest, at, number] = [Buffer.alloc(0), from, firstNumber];
  for (let readAt = from; ;) {
    const piece = Buffer.alloc(Math.min(pieceBytes, to - readAt));
    const length = piece.length && readSync(file, piece, 0, piece.length, readAt);
    readAt += length;
    rest = Buffer.concat([rest, piece.subarray(0, length)]);
    let start = 0;
    for (let end = rest.indexOf(lineFeed); end >= 0; end = rest.indexOf(lineFeed, start)) {
      yield {text: rest.toString('utf8', start, end), from: at + start, to: at + end + 1, number: number++};
      start = end + 1;
    }
    at += start;
    rest = rest.subarray(start);
    if (rest.length > longestLine) throw new Error(`Expected lines of at most ${longestLine} bytes, got a longer one: line ${number}`);
    if (length === 0) break;
  }
  if (rest.length) yield {text: rest.toString(), from: at, to: at + rest.length, number};
}
