import type {Attack} from './attack.ts';
import {channelAttacks} from './channel.ts';
import {clockAttacks} from './clock.ts';
import {encoderAttacks} from './encoder.ts';
import {filesAttacks} from './files.ts';
import {inputsAttacks} from './inputs.ts';
import {memoryAttacks} from './memory.ts';
import {processAttacks} from './process.ts';
import {wireAttacks} from './wire.ts';

/** What has been tried on the grader, by what it aims at; one that is found is added where it belongs. */
export const attacks: readonly Attack[] = [
  ...encoderAttacks,
  ...channelAttacks,
  ...wireAttacks,
  ...processAttacks,
  ...clockAttacks,
  ...memoryAttacks,
  ...filesAttacks,
  ...inputsAttacks,
];
