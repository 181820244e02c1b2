import {beforeAll, describe, expect, test} from 'vitest';
import {type Backend, loadBackend} from '../backend/index.ts';
import {marginProblems, unlistedSolutions} from '../cli/check.ts';
import {staleNotebooks} from '../cli/build-notebooks.ts';
import {loadMaterial, ownCourse, proveLesson} from './build/index.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await loadBackend();
});

describe.each(ownCourse.slugs())('%s', slug => {
  test('fails every stub, passes every solution and alternative, and catches every wrong answer by the check it names', async () => {
    const {problems} = await proveLesson(await loadMaterial(ownCourse, slug, backend.tf), 'test');
    expect(problems).toEqual([]);
  }, 900_000);

  test('has margins that were measured on its present checks and solutions', async () => {
    expect(marginProblems(await loadMaterial(ownCourse, slug, backend.tf))).toEqual([]);
  });
});

test('every notebook is what its lesson builds', () => {
  expect(staleNotebooks(ownCourse)).toEqual([]);
});

test('every solution belongs to a lesson', () => {
  expect(unlistedSolutions(ownCourse)).toEqual([]);
});
