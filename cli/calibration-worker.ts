import {loadBackend} from '../backend/index.ts';
import {loadMaterial, measureSeed} from '../exercises/build/index.ts';

/** A process of `snapgrid calibrate`: is sent seeds, one at a time, and sends back what each showed. Its lesson is its argument. */
const material = await loadMaterial(process.argv[2]!, (await loadBackend()).tf);
process.on('message', (seed: number) => void measureSeed(material, seed).then(measured => process.send!(measured)));
process.send!('ready');
