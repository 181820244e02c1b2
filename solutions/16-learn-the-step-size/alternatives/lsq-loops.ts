import * as tf from '@tensorflow/tfjs-node-gpu';
import type {Levels} from '../../../exercises/16-learn-the-step-size/interface.ts';
export * from '../answers.ts';

/** The same by plain loops over numbers. */
export function lsqQuantize(x: tf.Tensor, step: tf.Tensor, {qmin, qmax}: Levels): tf.Tensor {
  const [values, steps, columns] = [x.dataSync(), step.dataSync(), step.size];
  const codes = Float32Array.from(tf.tidy(() => tf.round(tf.div(x, step)).dataSync()));
  const snap = tf.customGrad(() => {
    const value = tf.tensor(
      codes.map((code, i) => steps[i % columns]! * Math.min(qmax, Math.max(qmin, code))),
      x.shape,
    );
    const gradFunc = (dy: tf.Tensor): tf.Tensor[] => {
      const [incoming, toX, toStep] = [dy.dataSync(), new Float32Array(x.size), new Float32Array(columns)];
      codes.forEach((code, i) => {
        if (code > qmax) toStep[i % columns]! += incoming[i]! * qmax;
        else if (code < qmin) toStep[i % columns]! += incoming[i]! * qmin;
        else {
          toX[i] = incoming[i]!;
          toStep[i % columns]! += incoming[i]! * (code - values[i]! / steps[i % columns]!);
        }
      });
      const factor = 1 / Math.sqrt((x.size / columns) * qmax);
      return [
        tf.tensor(toX, x.shape),
        tf.tensor(
          toStep.map(sum => sum * factor),
          step.shape,
        ),
      ];
    };
    return {value, gradFunc};
  });
  return snap(x, step);
}
