import type {Histogram} from './histogram.ts';

/** How much of all values the search gives up at a time, at the end where they lie more thinly. */
const quantileStep = 1e-5;

/** The first and the last bin of a range, both inside. */
export interface Bins {
  readonly start: number;
  readonly end: number;
}

/**
 * Narrows the range from both ends for as long as the quantization error falls.
 * Source: Caffe2's NormMinimization, nonlinear quantization parameter search, as PyTorch took it over.
 */
export function leastErrorBins(histogram: Histogram, levels: number): Bins {
  const {counts} = histogram;
  const upTo = cumulative(counts);
  const total = upTo.at(-1)!;
  let [alpha, beta] = [0, 1];
  let [start, end] = [0, counts.length - 1];
  let least = Infinity;
  while (alpha < beta) {
    const [nextAlpha, nextBeta] = [alpha + quantileStep, beta - quantileStep];
    let [left, right] = [start, end];
    while (left < end && upTo[left]! < Math.fround(nextAlpha * total)) left++;
    while (right > start && upTo[right]! > Math.fround(nextBeta * total)) right--;
    const fromLeft = left - start > end - right;
    if (fromLeft) alpha = nextAlpha;
    else beta = nextBeta;
    const moved: Bins = fromLeft ? {start: left, end} : {start, end: right};
    if (moved.start === start && moved.end === end) continue;
    const error = squaredError(histogram, moved, levels);
    if (error > least) break;
    least = error;
    ({start, end} = moved);
  }
  return {start, end};
}

function cumulative(counts: Float32Array): Float32Array {
  let sum = 0;
  return counts.map(n => (sum += n));
}

/**
 * The squared error when the bins `start` … `end` are spread over `levels` codes and the rest is clipped to them: for each bin, the integral of the
 * squared distance to the middle of its code's interval. In float32, as PyTorch computes it; only the sum is wider.
 */
function squaredError({min, max, counts}: Histogram, {start, end}: Bins, levels: number): number {
  const f = Math.fround;
  const binWidth = (max - min) / counts.length;
  const codeWidth = (binWidth * (end - start + 1)) / levels;
  if (codeWidth === 0) return 0;
  const half = codeWidth / 2;
  const inside = third(f(half), f(-half));
  let sum = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] === 0) continue;
    const density = f(counts[bin]! / f(binWidth));
    const from = f((bin - start) * f(binWidth));
    const to = f(from + f(binWidth));
    const [first, last] = [codeOf(from), codeOf(to)];
    const firstMiddle = f(f(first + 0.5) * f(codeWidth));
    const lastMiddle = f(f(last * f(codeWidth)) + f(half));
    // From the bin's beginning to the end of its first code, the codes wholly in the bin, and from the last code's beginning to the bin's end.
    const error = f(f(density * third(f(half), f(from - firstMiddle))) + f((last - first - 1) * f(density * inside)));
    sum += f(error + f(density * third(f(to - lastMiddle), f(-half))));
  }
  return sum;

  function codeOf(x: number): number {
    return Math.min(Math.max(floorDivide(x, f(codeWidth)), 0), levels - 1);
  }
}

/** (b³ − a³) / 3: the integral of x² from a to b. */
function third(b: number, a: number): number {
  const f = Math.fround;
  return f(f(f(f(b * b) * b) - f(f(a * a) * a)) / 3);
}

/** The largest whole number not above a / b, b above 0, from the exact remainder: a / b itself may round up to a whole number. */
function floorDivide(a: number, b: number): number {
  const remainder = a % b;
  const quotient = Math.round((a - remainder) / b);
  return remainder < 0 ? quotient - 1 : quotient;
}
