import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {expectLayer} from './integer-policy.ts';
import type {FloatLayer, IntegerLayer} from './interface.ts';
import {drawRobot, lostReturn, referenceLayer} from './robot.ts';

export const quantizeLayer: Task = {
  name: 'quantizeLayer',
  title: 'A layer of the policy in integers',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'each input has a step of its own, from all that was observed',
      points: 2,
      async measure(learner, draw) {
        let worst = 0;
        for (const inputs of [4, 9]) {
          const {layer, observed} = drawLayer(draw, inputs, 6);
          const right = referenceLayer(layer, observed, 8);
          worst = Math.max(worst, furthest(right.inputScales, (await answerFor(learner, layer, observed, 8)).inputScales));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of an input’s step',
          message:
            'An input’s step is its largest magnitude among all observations, over 127. Metres and radians share no grid; one observation, or one environment’s, says little about the others; and the inputs keep 8 bits, whatever the weights have.',
        };
      },
    },
    {
      name: 'each output has a step of its own, from the weights times their inputs’ steps',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [8, 4]) {
          const {layer, observed} = drawLayer(draw, 7, 5);
          const right = referenceLayer(layer, observed, bits);
          worst = Math.max(worst, furthest(right.scales, (await answerFor(learner, layer, observed, bits)).scales));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 1e-3,
          unit: 'relative error of an output’s step',
          message:
            'An output’s step is its column’s largest |inputScales[i] · w[i][j]| over qmax = 2^(bits − 1) − 1. The inputs’ steps differ, so they cannot leave the sum: they go into the weights first. And 4 bits have 7 steps on each side.',
        };
      },
    },
    {
      name: 'codes are the nearest grid points, at 8 and at 4 bits',
      points: 2,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [8, 4]) {
          const {layer, observed} = drawLayer(draw, 12, 8);
          const right = referenceLayer(layer, observed, bits);
          const {codes} = await answerFor(learner, layer, observed, bits);
          for (let i = 0; i < codes.length; i++) {
            const row = Math.floor(i / layer.outputs);
            const exact = (layer.kernel[i]! * right.inputScales[row]!) / right.scales[i % layer.outputs]!;
            // A hundredth of a step for ties and for float32.
            if (!(Math.abs(codes[i]! - exact) <= 0.51)) wrong++;
          }
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'Some codes are not round(inputScales[i] · w[i][j] / scales[j]). To the nearest, not down; row i belongs to input i, column j to output j.',
        };
      },
    },
    {
      name: 'the bias is a whole number in the unit of the sum',
      points: 1,
      async measure(learner, draw) {
        let worst = 0;
        for (const bits of [8, 4]) {
          const {layer, observed} = drawLayer(draw, 6, 8);
          const right = referenceLayer(layer, observed, bits);
          const {bias} = await answerFor(learner, layer, observed, bits);
          layer.bias.forEach((b, j) => (worst = Math.max(worst, Math.abs(bias[j]! - b / right.scales[j]!))));
        }
        return {
          measured: worst,
          comparison: '<=',
          threshold: 0.6,
          unit: 'units of the sum',
          message:
            'A bias is added to a sum of products of codes, whose unit is scales[j]: so it is round(b[j] / scales[j]), and far more than 127 of them: it needs the sum’s 32 bits. As an int8 on a scale of its own it adds metres to miles.',
        };
      },
    },
    {
      name: 'an input that never moved takes no part',
      points: 1,
      async measure(learner, draw) {
        let wrong = 0;
        for (const bits of [8, 4]) {
          const {layer, observed} = drawLayer(draw, 8, 6);
          const silent = draw.integer(1, 6);
          const quiet = observed.map((x, i) => (i % layer.inputs === silent ? 0 : x));
          const {codes} = await answerFor(learner, layer, quiet, bits);
          const right = referenceLayer(layer, quiet, bits);
          for (let i = 0; i < codes.length; i++)
            if (Math.abs(codes[i]! - right.codes[i]!) > (Math.floor(i / layer.outputs) === silent ? 0 : 1)) wrong++;
        }
        return {
          measured: wrong,
          comparison: '==',
          threshold: 0,
          unit: 'wrong codes',
          message:
            'One input was 0 in all observations. Its step may be any positive number, but its weights must then count as 0. With a step of 1 in the weights it sets its columns’ scales, and the inputs that do move get hardly a code.',
        };
      },
    },
    {
      name: 'in int8 the carts stand as long as in float',
      points: 2,
      async measure(learner, draw) {
        const robot = drawRobot(draw);
        const layers: IntegerLayer[] = [];
        for (const [i, layer] of robot.layers.entries()) layers.push(await answerFor(learner, layer, robot.observed[i]!, 8));
        return {
          measured: lostReturn(robot, layers, draw),
          comparison: '<=',
          threshold: 30,
          unit: 'pushes of 250 below the float policy',
          message:
            'On starts that nobody has seen, the judge ran your integers by themselves, and the poles fall earlier than under the float policy. Do inputs, weights and biases meet in the same unit?',
        };
      },
    },
    {
      name: 'the layer and the observations are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {layer, observed} = drawLayer(draw, 4, 3);
        return unchangedInputs(learner, 'quantizeLayer', {...layer}, observed, 8);
      },
    },
  ],
};

/** A layer and what came into it: every input in another unit, the largest magnitude negative in some, and never in the first observation. */
function drawLayer(draw: Draw, inputs: number, outputs: number): {readonly layer: FloatLayer; readonly observed: Float32Array} {
  const units = Array.from({length: inputs}, () => 10 ** draw.uniform(-1.5, 1.5));
  const [rows, most] = [40, draw.integer(10, 39)];
  const observed = Float32Array.from({length: rows * inputs}, (_, i) => {
    const unit = units[i % inputs]!;
    return Math.floor(i / inputs) === most ? draw.pick([-1, 1]) * unit * draw.uniform(2, 3) : unit * draw.uniform(-1, 1);
  });
  const spreads = Array.from({length: outputs}, () => Math.exp(draw.normal(0, 0.7)));
  return {
    layer: {
      inputs,
      outputs,
      kernel: Float32Array.from(
        {length: inputs * outputs},
        (_, i) => (draw.normal() * spreads[i % outputs]!) / units[Math.floor(i / outputs)]!,
      ),
      // The first one is so large that 16 bits do not hold its code.
      bias: Float32Array.from(spreads, (spread, j) => draw.pick([-1, 1]) * spread * draw.uniform(0.5, 2) * (j === 0 ? 100 : 1)),
    },
    observed,
  };
}

async function answerFor(learner: Learner, layer: FloatLayer, observed: Float32Array, bits: number): Promise<IntegerLayer> {
  return expectLayer(await learner.call('quantizeLayer', {...layer}, observed, bits), layer.inputs, layer.outputs);
}

function furthest(right: Float32Array, given: Float32Array): number {
  return right.reduce((worst, scale, i) => Math.max(worst, Math.abs(given[i]! / scale - 1)), 0);
}
