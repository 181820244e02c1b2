import {expectCodes} from '../../checking/expect.ts';
import type {Learner, Measurement, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {actions, balanced, decided, drawLayers, type LayersChoice, plainLayer} from './integer-policy.ts';
import type {IntegerLayer} from './interface.ts';
import {drawRobot, referencePolicy, sensorReports} from './robot.ts';

export const act: Task = {
  name: 'act',
  title: 'Choose pushes in integers',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'sums are of codes, each input by its own step',
      points: 2,
      measure: (learner, draw) =>
        wrongPushes(learner, draw, {
          widths: [4, 2],
          reach: 4,
          message:
            'One layer, small codes: some pushes are wrong. The code of an input is round(x / inputScales[i]), to the nearest; codes[i * outputs + j] is the weight from input i to output j.',
        }),
    },
    {
      name: 'what lies outside the grid stops at ±127',
      points: 1,
      async measure(learner, draw) {
        const message =
          'States far outside of what calibration saw get wrong pushes. Codes must stop at ±127, those of hidden layers as well. Unclipped they are no int8, and written into an Int8Array they wrap around: 130 becomes −126.';
        const sensors = await wrongPushes(learner, draw, {widths: [4, 2], reach: 500, message});
        const hidden = await wrongPushes(learner, draw, {widths: [4, 12, 2], reach: 100, narrow: true, message});
        return hidden.measured > sensors.measured ? hidden : sensors;
      },
    },
    {
      name: 'the bias is added in the unit of the sum',
      points: 1,
      measure: (learner, draw) =>
        wrongPushes(learner, draw, {
          widths: [4, 2],
          reach: 100,
          pulled: true,
          message:
            'With large biases the pushes are wrong. The bias is whole numbers of the sum’s own unit: add it before the scale, once, and whole: it is no int8.',
        }),
    },
    {
      name: 'scores are compared as numbers, not as codes',
      points: 1,
      measure: (learner, draw) =>
        wrongPushes(learner, draw, {
          widths: [6, 2],
          reach: 100,
          apart: 8,
          message:
            'The two outputs have unequal scales, and pushes are wrong. A sum of 500 may be less than a sum of 100 of larger steps: multiply each by its scale, then look which is higher.',
        }),
    },
    {
      name: 'between layers is a ReLU, after the last there is none',
      points: 1,
      measure: (learner, draw) =>
        wrongPushes(learner, draw, {
          widths: [4, 12, 10, 2],
          reach: 100,
          below: 0.7,
          message:
            'Three layers whose scores are mostly below zero: pushes are wrong. Negative values become 0 between layers only; two scores below zero are still one higher than the other.',
        }),
    },
    {
      name: 'on the robot it pushes as its integers say',
      points: 2,
      async measure(learner, draw) {
        const robot = drawRobot(draw);
        const reports = sensorReports(robot, draw, 8, 40);
        let wrong = 0;
        let count = 0;
        for (const bits of [8, 4]) {
          const layers = referencePolicy(robot, bits);
          const right = actions(layers, reports);
          const given = await answerFor(learner, layers, reports);
          right.forEach((push, cart) => (wrong += given[cart] === push ? 0 : 1));
          count += right.length;
        }
        return share(
          wrong / count,
          'On the robot’s own states, pushes differ from those that its integers give. Layer after layer: codes by inputScales, sums, bias, scales, ReLU.',
        );
      },
    },
    {
      name: 'layers and states are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {layers, states} = drawPolicy(draw, {widths: [4, 3, 2], reach: 100});
        return unchangedInputs(learner, 'act', layers.map(plainLayer), states);
      },
    },
  ],
};

interface PolicyChoice extends LayersChoice {
  /** How many steps of its grid an input is away from zero at most. */
  readonly reach: number;
  /** By how much of their spread both scores are lowered. */
  readonly below?: number;
}

function drawPolicy(draw: Draw, choice: PolicyChoice): {readonly layers: IntegerLayer[]; readonly states: Float32Array} {
  const drawn = drawLayers(draw, choice);
  const {inputs, inputScales} = drawn[0]!;
  // Clear of the middle between two codes.
  const states = Float32Array.from({length: 300 * inputs}, (_, i) => {
    // Where the bias must hold against the first input, that is always far out on one side.
    const least = choice.pulled && i % inputs === 0 ? 0.9 * choice.reach : -choice.reach;
    return (draw.integer(least, choice.reach) + draw.uniform(-0.45, 0.45)) * inputScales[i % inputs]!;
  });
  const layers = balanced(drawn, states, choice.below);
  return {layers, states: decided(layers, states)};
}

async function wrongPushes(
  learner: Learner,
  draw: Draw,
  {message, ...choice}: PolicyChoice & {readonly message: string},
): Promise<Measurement> {
  let worst = 0;
  for (let policy = 0; policy < 3; policy++) {
    const {layers, states} = drawPolicy(draw, choice);
    const right = actions(layers, states);
    const given = await answerFor(learner, layers, states);
    worst = Math.max(worst, right.filter((push, cart) => given[cart] !== push).length / right.length);
  }
  return share(worst, message);
}

async function answerFor(learner: Learner, layers: readonly IntegerLayer[], states: Float32Array): Promise<ArrayLike<number>> {
  const pushes = await learner.call('act', layers.map(plainLayer), states);
  return expectCodes(pushes, {what: 'the pushes', shape: [states.length / layers[0]!.inputs]});
}

/** A push in a hundred may differ: two codes that are both nearest. */
function share(measured: number, message: string): Measurement {
  return {measured, comparison: '<=', threshold: 0.01, unit: 'of the pushes wrong', message};
}
