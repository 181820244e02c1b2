import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {loadTime} from './load-time.checks.ts';
import {memoryBytes} from './memory-bytes.checks.ts';
import {speedup} from './speedup.checks.ts';
import {tokensPerSecond} from './tokens-per-second.checks.ts';

export {calculator} from './calculator.ts';

export const lesson: Lesson = {
  slug: '01-why-quantization-matters',
  tasks: [memoryBytes, loadTime, tokensPerSecond, speedup],
};

export const {check, progress} = inNotebook(lesson);
