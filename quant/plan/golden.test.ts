import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {countParameters, kvCacheBytes, loraParameters, type LoraTargets, modelShapes, shapeFromConfig} from '../index.ts';

interface Golden {
  readonly cacheTokens: number;
  readonly cacheBatch: number;
  readonly models: Readonly<
    Record<string, {readonly config: Readonly<Record<string, unknown>>; readonly parameters: number; readonly cacheBytes: number}>
  >;
  readonly lora: readonly {readonly model: string; readonly targets: LoraTargets; readonly rank: number; readonly parameters: number}[];
}

/** Written by golden.py: what transformers' models have and keep, and what peft adds to them. */
const {models, lora, cacheTokens, cacheBatch} = JSON.parse(readFileSync(new URL('golden.json', import.meta.url), 'utf8')) as Golden;

test.each(Object.entries(models))("counts %s's parameters and the bytes of its cache as transformers", (name, {config, ...golden}) => {
  const shape = shapeFromConfig(config);
  expect(countParameters(shape).total).toBe(golden.parameters);
  expect(kvCacheBytes(shape, {tokens: cacheTokens, batch: cacheBatch})).toBe(golden.cacheBytes);
  if (name in modelShapes) {
    const {name: _name, source: _source, ...known} = modelShapes[name as keyof typeof modelShapes];
    expect(shape).toMatchObject(known);
  }
});

test('knows the shapes of models that are built in from their config.json too', () => {
  expect(Object.keys(modelShapes).filter(name => !(name in models))).toEqual([]);
});

test.each(lora)('counts LoRA of rank $rank on $targets matrices of $model as peft', ({model, targets, rank, parameters}) => {
  expect(loraParameters(shapeFromConfig(models[model]!.config), {rank, targets})).toBe(parameters);
});
