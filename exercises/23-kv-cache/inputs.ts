import {expectFinite, expectRecord} from '../../checking/expect.ts';
import {type Check, type Learner, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {isTypedArray, type Plain, type TensorData} from '../../session/wire/plain.ts';

/** Which numbers of [tokens, channels] share a scale: `along` tokens of one channel, or channels of one token. */
export interface Layout {
  readonly along: 'tokens' | 'channels';
  readonly bits: number;
  readonly groupSize: number;
}

/** The number of the group, in reading order of the groups, that element i belongs to. */
export function groupOf({along, groupSize}: Layout, channels: number, i: number): number {
  return along === 'tokens' ? Math.floor(i / (channels * groupSize)) * channels + (i % channels) : Math.floor(i / groupSize);
}

/** Elements of each group, in reading order. */
export function groupsOf(layout: Layout, tokens: number, channels: number): number[][] {
  const groups: number[][] = Array.from({length: (tokens * channels) / layout.groupSize}, () => []);
  for (let i = 0; i < tokens * channels; i++) groups[groupOf(layout, channels, i)]!.push(i);
  return groups;
}

/**
 * Numbers whose nearest codes are beyond doubt: whole steps above the group's minimum and at most 0.4 of one beside. Every group has a minimum and a step of its own;
 * some lie above zero; where groups run along tokens, channel 1 is an outlier. Groups that run along tokens begin anew every groupSize tokens, what is left over at the end is a shorter one.
 */
export function clearOfTies(draw: Draw, layout: Layout, tokens: number, channels: number): TensorData {
  const data = new Float32Array(tokens * channels);
  const whole = tokens - (layout.along === 'tokens' ? tokens % layout.groupSize : 0);
  const most = 2 ** layout.bits - 1;
  for (const group of groupsOf(layout, whole, channels)) {
    const channel = group[0]! % channels;
    const step = 10 ** draw.uniform(-2, 0) * (layout.along === 'tokens' && channel === 1 ? 50 : 1);
    const minimum = step * (draw.uniform() < 0.25 ? draw.uniform(1.2, 9.8) : -most * draw.uniform(0.2, 0.9));
    const codes = draw.shuffle(group.map((_, i) => (i === 0 ? 0 : i === 1 ? most : draw.integer(0, most))));
    group.forEach((at, i) => {
      const code = codes[i]!;
      const beside =
        code === 0 ? draw.uniform(0.05, 0.4) : code === most ? -draw.uniform(0.05, 0.4) : draw.pick([-1, 1]) * draw.uniform(0.1, 0.4);
      data[at] = minimum + step * (code + beside);
    });
    // Both ends of the range, exactly.
    data[group[codes.indexOf(0)]!] = minimum;
    data[group[codes.indexOf(most)]!] = minimum + step * most;
  }
  for (let at = whole * channels; at < data.length; at++) data[at] = draw.normal();
  return {dtype: 'float32', shape: [tokens, channels], data};
}

/** The learner's numbers, as many as they must be. @throws WrongAnswer */
export function expectNumbers(value: Plain, what: string, length: number): ArrayLike<number> {
  const data = numbersOf(value, what);
  if (data.length !== length) throw new WrongAnswer(`Expected ${what} to hold ${length} numbers here, got ${data.length}`);
  return data;
}

/** @throws WrongAnswer where they are no finite numbers */
export function numbersOf(value: Plain, what: string): ArrayLike<number> {
  if (!isTypedArray(value)) throw new WrongAnswer(`Expected ${what} to be a typed array, as the interface says`);
  expectFinite(value as ArrayLike<number>, what);
  return value as ArrayLike<number>;
}

export interface Answer {
  readonly codes: ArrayLike<number>;
  readonly scales: ArrayLike<number>;
  readonly minima: ArrayLike<number>;
}

async function answerFor(learner: Learner, name: string, x: TensorData, {bits, groupSize}: Layout): Promise<Answer> {
  const answer = expectRecord(await learner.call(name, x, {bits, groupSize}), ['codes', 'scales', 'minima'], `the result of ${name}`);
  const groups = x.data.length / groupSize;
  if (!(answer.codes instanceof Uint8Array)) throw new WrongAnswer('Expected codes to be a Uint8Array');
  return {
    codes: expectNumbers(answer.codes, 'codes', x.data.length),
    scales: expectNumbers(answer.scales, 'scales', groups),
    minima: expectNumbers(answer.minima, 'minima', groups),
  };
}

/** max and min of each group, by the definition. */
function ranges(x: TensorData, layout: Layout): {readonly min: number; readonly max: number}[] {
  const [tokens, channels] = x.shape as [number, number];
  return groupsOf(layout, tokens, channels).map(group => {
    const values = group.map(at => x.data[at]!);
    return {min: Math.min(...values), max: Math.max(...values)};
  });
}

export interface Texts {
  readonly scales: string;
  readonly codes: string;
  readonly causal: string;
}

/** x → what the toolkit's cache would give back for it, with scales in float32. */
export type Restore = (x: TensorData, layout: Layout) => ArrayLike<number>;

/** The checks of a quantizer of keys or values: scales, minima and codes each for itself. */
export function quantizerChecks(name: string, along: Layout['along'], restore: Restore, texts: Texts): Check[] {
  const cases: readonly Layout[] = [
    {along, bits: 4, groupSize: 8},
    {along, bits: 2, groupSize: 4},
    {along, bits: 3, groupSize: 8},
  ];
  const each = async (
    learner: Learner,
    draw: Draw,
    measure: (x: TensorData, answer: Answer, layout: Layout) => number,
  ): Promise<number> => {
    let worst = 0;
    for (const layout of cases) {
      const x = clearOfTies(draw, layout, 24, 16);
      worst = Math.max(worst, measure(x, await answerFor(learner, name, x, layout), layout));
    }
    return worst;
  };
  return [
    {
      name: 'each group has the scale of its own range',
      points: 1,
      measure: async (learner, draw) => ({
        measured: await each(learner, draw, (x, {scales}, layout) => {
          const right = ranges(x, layout).map(({min, max}) => (max - min) / (2 ** layout.bits - 1));
          return Math.max(...right.map((scale, group) => Math.abs(scales[group]! / scale - 1)));
        }),
        comparison: '<=',
        threshold: 1e-3,
        unit: 'relative error of a scale',
        message: texts.scales,
      }),
    },
    {
      name: 'each group has its own minimum, as it is',
      points: 1,
      measure: async (learner, draw) => ({
        measured: await each(learner, draw, (x, {minima}, layout) =>
          Math.max(...ranges(x, layout).map(({min, max}, group) => Math.abs(minima[group]! - min) / (max - min))),
        ),
        comparison: '<=',
        threshold: 1e-3,
        unit: '× the range of the group',
        message:
          'The minima are not the least numbers of the groups. They are stored in float, as they are: not rounded, not 0, and not a zero point in steps; a group that lies above zero has its minimum above zero.',
      }),
    },
    {
      name: 'codes are the nearest',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const layout of cases) {
          const x = clearOfTies(draw, layout, 24, 16);
          const {codes} = await answerFor(learner, name, x, layout);
          const restored = restore(x, layout);
          const right = ranges(x, layout);
          for (let i = 0; i < x.data.length; i++) {
            const {min, max} = right[groupOf(layout, 16, i)]!;
            if (codes[i] !== Math.round(((restored[i]! - min) / (max - min)) * (2 ** layout.bits - 1))) wrong++;
          }
        }
        return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong codes', message: texts.codes};
      },
    },
    {
      name: 'groups without a range come back as they are',
      points: 1,
      async measure(learner, draw) {
        const layout: Layout = {along, bits: 4, groupSize: 8};
        const x = clearOfTies(draw, layout, 16, 16);
        const groups = groupsOf(layout, 16, 16);
        const constants = [0, draw.uniform(2, 5), -draw.uniform(2, 5), draw.uniform(0.1, 0.2)];
        const flat = draw.shuffle(groups).slice(0, 8);
        flat.forEach((group, i) => group.forEach(at => (x.data[at] = constants[i % 4]!)));
        const {codes, scales, minima} = await answerFor(learner, name, x, layout);
        let worst = 0;
        for (const at of flat.flat()) {
          const group = groupOf(layout, 16, at);
          worst = Math.max(worst, Math.abs(codes[at]! * scales[group]! + minima[group]! - x.data[at]!));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-4,
          unit: 'largest error in such a group',
          message:
            'A group whose numbers are all alike (all 0, or all 3.7) has a range of 0. Division by it gives NaN; and a guard must not forget the minimum: code · scale + minimum has to be the number itself.',
        };
      },
    },
    {
      name: 'later tokens change nothing that was quantized before',
      points: 1,
      async measure(learner, draw) {
        const layout: Layout = {along, bits: 4, groupSize: 8};
        const x = clearOfTies(draw, layout, 24, 16);
        const later = {...x, data: Float32Array.from(x.data, (value, i) => (i < 8 * 16 ? value : value * 3 + draw.normal()))};
        const [before, after] = [await answerFor(learner, name, x, layout), await answerFor(learner, name, later, layout)];
        let changed = 0;
        for (let i = 0; i < 8 * 16; i++) if (before.codes[i] !== after.codes[i]) changed++;
        // The first 8 tokens are 16 groups, whichever way they run.
        for (let group = 0; group < 16; group++)
          if (before.scales[group] !== after.scales[group] || before.minima[group] !== after.minima[group]) changed++;
        return {guard: true, measured: changed, comparison: '==', threshold: 0, unit: 'changed numbers', message: texts.causal};
      },
    },
    {
      name: `the ${along === 'tokens' ? 'keys' : 'values'} are left as they were`,
      points: 1,
      measure: (learner, draw) => unchangedInputs(learner, name, draw.tensor([8, 8]), {bits: 4, groupSize: 8}),
    },
  ];
}
