import {cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {loadBackend} from '../../backend/index.ts';
import {
  type Candidate,
  loadMaterial,
  ownCourse,
  marginsFrom,
  type Material,
  materialHash,
  measuredCandidates,
  measureSeed,
  proveLesson,
  type SeedMeasurements,
} from './index.ts';

let material: Material;
beforeAll(async () => {
  material = await loadMaterial(ownCourse, '04-int8-from-scratch', (await loadBackend('cpu')).tf);
});

const header = "import * as tf from '@tensorflow/tfjs-node-gpu';\nexport * from '../answers.ts';\n";
const check = 'each value is scale times code';
const caughtBy = `export const caughtBy = {task: 'dequantize', check: '${check}'};\n`;
const right = 'export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor { return tf.mul(codes.toFloat(), scale); }\n';
const wrong = 'export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor { return codes.toFloat().add(scale); }\n';
const nearlyRight =
  'export function dequantize(codes: tf.Tensor, scale: number): tf.Tensor { return codes.toFloat().add(0.0101).mul(scale); }\n';
/** The lesson with its own answers and no other solutions than the given ones: the real ones would take their time each time. */
const changed = (solutions: Partial<Material['solutions']>): Material => ({
  ...material,
  solutions: {answers: material.solutions.answers, alternatives: [], wrong: [], ...solutions},
});

describe('a proof finds', () => {
  test('a right answer listed as wrong', async () => {
    const {problems} = await proveLesson(changed({wrong: [{name: 'wrong/not.ts', source: header + caughtBy + right}]}), 's');
    expect(problems).toContain(`wrong/not.ts must fail "${check}" of dequantize, which says passed`);
    expect(problems).toContain('dequantize has 0 wrong answers that are caught; at least 6 must be');
  });

  test('a wrong answer listed as an alternative', async () => {
    const {problems} = await proveLesson(changed({alternatives: [{name: 'alternatives/not.ts', source: header + wrong}]}), 's');
    expect(problems.join('\n')).toContain(`alternatives/not.ts is right, but "${check}" of dequantize says failed`);
  });

  test('a stub that solves its task, and a lesson that holds the solution', async () => {
    const solution = /export (function dequantize[\s\S]*?\n\})/.exec(material.solutions.answers.source)![1]!;
    const cells = material.parsed.cells.map(cell => (cell.task === 'dequantize' ? {...cell, source: solution} : cell));
    const {problems} = await proveLesson({...changed({}), parsed: {...material.parsed, cells}}, 's');
    expect(problems).toContain('the stub of dequantize gets 4 points; a stub must get none');
  });

  test('points, hints and checks that do not belong together', async () => {
    const cells = material.parsed.cells
      .filter(cell => !cell.source.includes('Hint 2: the norm'))
      .map(cell => (cell.check === 'errors' ? {...cell, points: 9} : cell));
    const {problems} = await proveLesson({...changed({}), parsed: {...material.parsed, cells}}, 's');
    expect(problems).toContain('errors gives 4 points in checks.ts, 9 in lesson.md');
    expect(problems).toContain('relativeOutputError has no <details><summary>Hint 2 … before its answer cell');
  });

  test('a written question without a Markdown cell', async () => {
    const manifest = {...material.parsed.manifest, written: [{question: 'written-why', points: 2}]};
    const {problems} = await proveLesson({...changed({}), parsed: {...material.parsed, manifest}}, 's');
    expect(problems).toContain('the written question written-why has no Markdown cell; begin one with <!-- cell {"id": "written-why"} -->');
  });

  test('evidence that names no check', async () => {
    const source = header + caughtBy.replace(check, 'no such check') + wrong;
    await expect(proveLesson(changed({wrong: [{name: 'wrong/lost.ts', source}]}), 's')).rejects.toThrow(
      "expected `export const caughtBy = {task: '…', check: '…'}`",
    );
  });
});

test('margins hold as long as the code that decides them: unit tests beside it may change', () => {
  const folder = mkdtempSync(join(tmpdir(), 'snapgrid-hash-'));
  cpSync(material.folder, folder, {recursive: true});
  const hash = (): string => materialHash({...material, folder});
  const before = hash();
  writeFileSync(join(folder, 'inputs.test.ts'), '');
  expect(hash()).toBe(before);
  writeFileSync(join(folder, 'further.ts'), '');
  expect(hash()).not.toBe(before);
  rmSync(folder, {recursive: true});
});

test('margins without daylight are refused: an answer that misses the threshold by a hair', async () => {
  const material = changed({wrong: [{name: 'wrong/hair.ts', source: header + caughtBy + nearlyRight}]});
  const measured = new Map<Candidate, SeedMeasurements[]>();
  for (const candidate of measuredCandidates(material))
    measured.set(candidate, [await measureSeed(candidate, 0), await measureSeed(candidate, 1)]);
  const {problems, margins} = marginsFrom(material, 2, measured);
  expect(problems.join('\n')).toContain(`dequantize · ${check}: no daylight`);
  expect(margins.checks.find(row => row.check === check)).toMatchObject({threshold: 0.01, comparison: '<=', wrongAnswers: 1});
});
