import {describe, expect, it} from 'vitest';
import {postReluActivations} from './activations.ts';
import {Draw} from './draw.ts';

const columnMax = (data: ArrayLike<number>, channels: number): number[] =>
  Array.from({length: channels}, (_, channel) => Math.max(...Array.from(data).filter((_, i) => i % channels === channel)));

describe('postReluActivations', () => {
  it('gives the same activations for the same draw, others for another', () => {
    const of = (seed: string) => postReluActivations({rows: 4, channels: 8, outlierChannels: 2}, new Draw(seed));
    expect(of('a')).toEqual(of('a'));
    expect(of('a').data).not.toEqual(of('b').data);
  });

  it('is never below zero, and exactly zero about half of the time', () => {
    const {data, shape} = postReluActivations({rows: 200, channels: 64}, new Draw('zeros'));
    expect(shape).toEqual([200, 64]);
    expect(data.every(value => value >= 0)).toBe(true);
    const zeros = data.filter(value => value === 0).length / data.length;
    expect(zeros).toBeGreaterThan(0.35);
    expect(zeros).toBeLessThan(0.65);
  });

  it('keeps its outliers to as many channels as were asked for, in every row', () => {
    const {data} = postReluActivations({rows: 100, channels: 32, outlierChannels: 3}, new Draw('outliers'));
    const large = columnMax(data, 32).flatMap((max, channel) => (max > 15 ? [channel] : []));
    expect(large).toHaveLength(3);
    const shares = large.map(channel => Array.from({length: 100}, (_, row) => data[row * 32 + channel]!).filter(value => value > 5).length);
    for (const share of shares) expect(share).toBeGreaterThan(70);
  });

  it('refuses more outlier channels than channels, and counts that are no whole numbers', () => {
    expect(() => postReluActivations({rows: 2, channels: 2, outlierChannels: 3}, new Draw('x'))).toThrow('at most as many');
    expect(() => postReluActivations({rows: 2.5, channels: 2}, new Draw('x'))).toThrow('whole number');
  });
});
