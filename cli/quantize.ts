import {closeSync, openSync, renameSync, rmSync, writeSync} from 'node:fs';
import cliProgress from 'cli-progress';
import type {Command} from 'commander';
import {convertToGguf} from '../quant/files/convert.ts';
import {isWritable} from '../quant/files/ggml/ggml-type.ts';
import {ggmlType, ggmlTypes} from '../quant/files/ggml/index.ts';
import {countElements} from '../quant/formats/shape.ts';
import {describeBytes} from '../quant/report/table.ts';
import {withWeights} from './with-weights.ts';

/** `snapgrid quantize`: a weight file in a type of ggml, as GGUF. */
export function addQuantizeCommand(program: Command): void {
  const types = ggmlTypes.filter(isWritable).map(({name}) => name);
  program
    .command('quantize')
    .argument('<file>', 'safetensors or GGUF')
    .requiredOption('--type <type>', types.join(', '))
    .requiredOption('--to <file>', 'the GGUF file to write')
    .description('write the matrices of a weight file in a quantized type, rounded to nearest; vectors stay float32')
    .action((path: string, {type, to}: {readonly type: string; readonly to: string}) => {
      const wanted = ggmlType(type.toUpperCase());
      const bar = new cliProgress.SingleBar({
        format: 'Quantizing {bar} {percentage}% · {eta_formatted} left',
        stream: process.stderr,
        clearOnComplete: true,
      });
      const {before, after} = withWeights([path], weights => {
        bar.start(
          [...weights!.tensors.values()].reduce((sum, {shape}) => sum + countElements(shape), 0),
          0,
        );
        try {
          return {
            before: weights!.byteLength,
            after: writeWhole(
              to,
              convertToGguf(weights!, wanted, done => bar.update(done)),
            ),
          };
        } finally {
          bar.stop();
        }
      });
      console.log(`${to}: ${describeBytes(after)}, ${(before / after).toFixed(2)} times smaller than ${path}`);
    });
}

/** Appears whole or not at all. Gives its bytes. */
function writeWhole(path: string, pieces: Iterable<Uint8Array>): number {
  const temporary = `${path}.part`;
  const file = openSync(temporary, 'w');
  let written = 0;
  try {
    for (const piece of pieces) {
      for (let done = 0; done < piece.length;) done += writeSync(file, piece, done);
      written += piece.length;
    }
  } catch (error) {
    closeSync(file);
    rmSync(temporary, {force: true});
    throw error;
  }
  closeSync(file);
  renameSync(temporary, path);
  return written;
}
