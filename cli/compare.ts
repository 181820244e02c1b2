import cliProgress from 'cli-progress';
import type {Command} from 'commander';
import {compareWeights} from '../quant/report/compare.ts';
import type {ErrorMeasure} from '../quant/report/errors.ts';
import {countElements} from '../quant/formats/shape.ts';
import {describeBits, describeBytes, printTable, withWeights} from './weight-table.ts';

/** `snapgrid compare`: how far one file's weights are from another's. */
export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .argument('<original>', 'safetensors or GGUF')
    .argument('<other>', 'safetensors or GGUF, with tensors of the same names and shapes')
    .option('--json', 'print JSON')
    .description('compare two weight files tensor by tensor: bytes and errors')
    .action((original: string, other: string, {json}: {readonly json?: true}) => {
      const bar = new cliProgress.SingleBar({format: 'Comparing {bar} {percentage}%', stream: process.stderr, clearOnComplete: true});
      const {tensors, errors, onlyOriginal, onlyOther, originalBytes, bytes} = withWeights([original, other], (a, b) => {
        bar.start(1, 0);
        try {
          return compareWeights(a!, b!, share => bar.update(share));
        } finally {
          bar.stop();
        }
      });
      if (json) {
        const list = tensors.map(({errors, ...tensor}) => ({...tensor, ...measures(errors)}));
        console.log(JSON.stringify({originalBytes, bytes, ...measures(errors), tensors: list, onlyOriginal, onlyOther}, undefined, 2));
        return;
      }
      printTable(
        ['tensor', 'types', 'bits/value', 'SQNR dB', 'max error', 'mean error', 'cosine'],
        [
          ...tensors.map(({name, originalType, type, bytes, shape, errors}) => [
            name,
            `${originalType} → ${type}`,
            describeBits(bytes, countElements(shape)),
            ...cells(errors),
          ]),
          ['all', `${describeBytes(originalBytes)} → ${describeBytes(bytes)}`, describeBits(bytes, errors.count), ...cells(errors)],
        ],
      );
      for (const [names, path] of [
        [onlyOriginal, original],
        [onlyOther, other],
      ] as const)
        if (names.length) console.log(`Only in ${path}, or there in another shape: ${names.join(', ')}`);
    });
}

/** JSON has no infinity and no NaN: null. */
function measures({maxAbsError, meanAbsError, relativeError, sqnrDb, cosine}: ErrorMeasure): Record<string, number> {
  return {maxAbsError, meanAbsError, relativeError, sqnrDb, cosine};
}

function cells({count, maxAbsError, meanAbsError, sqnrDb, cosine}: ErrorMeasure): string[] {
  if (count === 0) return ['-', '-', '-', '-'];
  return [sqnrDb.toFixed(1), maxAbsError.toPrecision(3), meanAbsError.toPrecision(3), cosine.toFixed(6)];
}
