import {recordGoldens} from './tslab.ts';

await recordGoldens();
