import {loadBackend} from '../backend/index.ts';
import {Course, loadMaterial, measuredCandidates, measureSeed} from '../exercises/build/index.ts';

/** A process of `snapgrid calibrate`: is sent one solution's number and seed at a time, and sends back what it showed. Its arguments are the course's folder and the lesson. */
const [root = '', slug = ''] = process.argv.slice(2);
const candidates = measuredCandidates(await loadMaterial(new Course(root), slug, (await loadBackend()).tf));
process.on(
  'message',
  ([index, seed]: [number, number]) => void measureSeed(candidates[index]!, seed).then(measured => process.send!(measured)),
);
process.send!('ready');
