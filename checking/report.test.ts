import {expect, test} from 'vitest';
import {taskHtml} from './report.ts';
import type {Verdict} from './types.ts';

test('starts the bar at the left end where nothing is below zero', () => {
  expect(barAndMark(4, 8, 'failed')).toEqual({from: 0, width: 160, mark: 320});
});

test('draws a bar to the left of zero for a negative value, with a negative threshold in its place', () => {
  expect(barAndMark(-1, -2, 'passed')).toEqual({from: 240, width: 160, mark: 80});
  expect(barAndMark(-5, 15, 'failed')).toEqual({from: 20, width: 80, mark: 340});
});

test('draws no bar for what is no number', () => {
  for (const measured of [NaN, Infinity, -Infinity]) expect(barOf(measured, 1, 'failed')).not.toContain('<svg');
});

function barAndMark(measured: number, threshold: number, verdict: Verdict): {from: number; width: number; mark: number} {
  const html = barOf(measured, threshold, verdict);
  const [, from, width] = /<rect x="([\d.]+)" y="5" width="([\d.]+)" height="6" rx="3" style="fill:var\(--jp-(?:success|error)/.exec(html)!;
  const [, mark] = /<line x1="([\d.]+)"/.exec(html)!;
  return {from: Number(from), width: Number(width), mark: Number(mark)};
}

function barOf(measured: number, threshold: number, verdict: Verdict): string {
  const margin = measured - threshold;
  const measurement = {measured, comparison: '>=' as const, threshold, margin, unit: 'points'};
  const points = verdict === 'passed' ? 1 : 0;
  const check = {name: 'a check', points, max: 1, verdict, measurement, message: ''};
  return taskHtml({task: 'task', title: 'A task', points, max: 1, verdict, checks: [check]});
}
