import {numberTask, spread} from './numbers.ts';

export const tokensPerSecond = numberTask('tokensPerSecond', 'Tokens per second', (bytes, bandwidth) => (bandwidth * 1e9) / bytes, [
  {
    name: 'each token reads every weight once',
    inputs: draw => Array.from({length: 4}, () => [spread(draw, 3e9, 8e10), spread(draw, 300, 4000)]),
    message:
      'To make one token all weights are read once, which takes loadTime milliseconds. How many such times fit in a second? Tokens for each second, not seconds for each token, and a second has 1000 ms.',
  },
  {
    name: 'slower than one token a second',
    inputs: draw => Array.from({length: 4}, () => [spread(draw, 2e11, 8e11), spread(draw, 20, 90)]),
    message: 'A large model on a slow memory makes less than one token a second: 0.3 is an answer. Do not round.',
  },
]);
