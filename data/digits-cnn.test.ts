import {beforeAll, describe, expect, it} from 'vitest';
import {type Backend, loadBackend} from '../backend/index.ts';
import {cnnLogits, digitsCnn, disguiseCnn} from './digits-cnn.ts';
import {digits, type Digits, pixels} from './digits.ts';
import {Draw} from './draw.ts';

let tf: Backend['tf'];
beforeAll(async () => {
  ({tf} = await loadBackend());
});

const hidden = digits(300, 'digits-cnn/unseen');

describe('the trained convolutional network', () => {
  it('reads at least 95% of digits that it has never seen, and leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    expect(share(hidden, digitsCnn())).toBeGreaterThanOrEqual(0.95);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('computes the same in disguise, for renamed classes', () => {
    const {model, rename} = disguiseCnn(digitsCnn(), new Draw('disguise'));
    expect(share(rename(hidden), model)).toBe(share(hidden, digitsCnn()));
    expect(share(hidden, model)).toBeLessThan(0.5);
    expect(model.blocks[0]!.kernel.data).not.toEqual(digitsCnn().blocks[0]!.kernel.data);
  });
});

function share({images, labels}: Digits, model: ReturnType<typeof digitsCnn>): number {
  const answers = tf.tidy(() =>
    cnnLogits(model, tf.tensor2d(images.data as Float32Array, [labels.length, pixels]))
      .argMax(1)
      .dataSync(),
  );
  return labels.filter((label, i) => label === answers[i]).length / labels.length;
}
