import {describe, expect, it} from 'vitest';
import {digitsMlp, disguise, widths} from './digits-mlp.ts';
import {classes, digits, type Digits, pixels, split} from './digits.ts';
import {Draw} from './draw.ts';

describe('digits', () => {
  it('gives the same images for the same seed, others for another', () => {
    expect(digits(30, 'a')).toEqual(digits(30, 'a'));
    expect(digits(30, 'a').images.data).not.toEqual(digits(30, 'b').images.data);
  });

  it('has every class equally often, in mixed order, as pixels from 0 to 1', () => {
    const {images, labels} = digits(200, 'balance');
    expect(Array.from({length: classes}, (_, digit) => labels.filter(label => label === digit).length)).toEqual(
      Array.from({length: classes}, () => 20),
    );
    expect(Array.from(labels.slice(0, 10)).sort()).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(images.shape).toEqual([200, pixels]);
    expect(images.data.every(value => value >= 0 && value <= 1)).toBe(true);
  });

  it('splits into a first and a rest that together are the whole', () => {
    const whole = digits(30, 'split');
    const [first, rest] = split(whole, 20);
    expect([...first.labels, ...rest.labels]).toEqual([...whole.labels]);
    expect(rest.images.shape).toEqual([10, pixels]);
    expect(rest.images.data[0]).toBe(whole.images.data[20 * pixels]);
  });

  it('refuses a count that is no whole number', () => {
    expect(() => digits(2.5, 'x')).toThrow('whole number');
  });
});

describe('the trained network', () => {
  const test = digits(1000, 'digits-mlp/unseen');

  it('reads at least 95% of digits that it has never seen', () => {
    expect(share(run(digitsMlp(), test), test.labels)).toBeGreaterThanOrEqual(0.95);
  });

  it('computes the same in disguise, for renamed classes', () => {
    const {model, rename} = disguise(digitsMlp(), new Draw('disguise'));
    const renamed = rename(test);
    const names = run(model, test);
    expect(share(names, renamed.labels)).toBeGreaterThanOrEqual(0.95);
    expect(share(names, test.labels)).toBeLessThan(0.5);
    expect(model[0]!.kernel.data).not.toEqual(digitsMlp()[0]!.kernel.data);
  });
});

function run(model: ReturnType<typeof digitsMlp>, {images, labels}: Digits): number[] {
  let h = images.data as ArrayLike<number>;
  model.forEach(({kernel, bias}, layer) => {
    const [inputs, outputs] = [widths[layer]!, widths[layer + 1]!];
    const sums = new Float64Array(labels.length * outputs);
    for (let row = 0; row < labels.length; row++) {
      for (let j = 0; j < outputs; j++) {
        let sum = bias.data[j]!;
        for (let i = 0; i < inputs; i++) sum += h[row * inputs + i]! * kernel.data[i * outputs + j]!;
        sums[row * outputs + j] = layer < model.length - 1 ? Math.max(0, sum) : sum;
      }
    }
    h = sums;
  });
  return Array.from(labels, (_, row) => {
    const scores = Array.from({length: classes}, (_, j) => h[row * classes + j]!);
    return scores.indexOf(Math.max(...scores));
  });
}

function share(predictions: readonly number[], labels: Int32Array): number {
  return predictions.filter((prediction, i) => prediction === labels[i]).length / labels.length;
}
