import {loadBackend} from '../backend/index.ts';
import {loadMaterial, measuredCandidates, measureSeed} from '../exercises/build/index.ts';

/** A process of `snapgrid calibrate`: is sent one solution's number and seed at a time, and sends back what it showed. Its lesson is its argument. */
const candidates = measuredCandidates(await loadMaterial(process.argv[2]!, (await loadBackend()).tf));
process.on(
  'message',
  ([index, seed]: [number, number]) => void measureSeed(candidates[index]!, seed).then(measured => process.send!(measured)),
);
process.send!('ready');
