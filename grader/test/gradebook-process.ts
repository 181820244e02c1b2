import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {Gradebook, gradebookFile} from '../gradebook/gradebook.ts';
import {parseResult} from '../results.ts';

// A program that hands in, grades and decides without end, and prints a line once each is in the gradebook: what the tests kill, and what they give a small disk.
const [folder, from = '0', result, ballast] = process.argv.slice(2);
if (folder === undefined || result === undefined) throw new Error('Expected a folder, where to count from, and a result as JSON');
const template = parseResult(result);
const bytes = Buffer.from(`{"cells": [], "filling": ${JSON.stringify(Array.from({length: 2000}, (_, i) => i * i))}}`);

const gradebook = await Gradebook.open(join(folder, gradebookFile));
for (let i = Number(from); ; i++) {
  try {
    await step(i);
    console.log(`done ${i}`);
  } catch (error) {
    // Once the disk is full and room is made, everything goes on.
    if (ballast === undefined) throw error;
    console.log((error as Error).message);
    rmSync(ballast);
    await step(i);
    console.log(`done ${i}`);
    break;
  }
}
await gradebook.close();

async function step(i: number): Promise<void> {
  const [lesson, learner, contentHash] = ['98-small', `learner${i}`, `hash${i}`];
  const key = {lesson, lessonVersion: 1, learner, contentHash, seedId: ''};
  const time = {submitted_at: '2026-01-01T00:00:00.000Z', submitted_from: 'file time' as const};
  await gradebook.takeIn({lesson, learner, content_hash: contentHash, file: learner, problem: '', ...time}, bytes, key);
  await gradebook.start(key, learner);
  await gradebook.finish(key, {...template, learner, contentHash}, '');
  await gradebook.change({lesson, learner, author: 'turing', kind: 'score', value: i, reason: 'test'});
}
