import {writeFileSync} from 'node:fs';
import cliProgress from 'cli-progress';
import type {Command} from 'commander';
import {compareWeights} from '../quant/report/weights.ts';
import {withWeights} from './with-weights.ts';

/** `snapgrid compare`: how far one file's weights are from another's. */
export function addCompareCommand(program: Command): void {
  program
    .command('compare')
    .argument('<original>', 'safetensors, GGUF or ONNX')
    .argument('<other>', 'safetensors, GGUF or ONNX, with tensors of the same names and shapes')
    .option('--json', 'print JSON')
    .option('--picture <file>', 'write a picture, SVG')
    .description('compare two weight files tensor by tensor: bytes and errors')
    .action((original: string, other: string, {json, picture}: {readonly json?: true; readonly picture?: string}) => {
      const bar = new cliProgress.SingleBar({format: 'Comparing {bar} {percentage}%', stream: process.stderr, clearOnComplete: true});
      const report = withWeights([original, other], (a, b) => {
        bar.start(1, 0);
        try {
          return compareWeights(a!, b!, share => bar.update(share));
        } finally {
          bar.stop();
        }
      });
      if (picture !== undefined) writeFileSync(picture, report.picture());
      console.log(json ? JSON.stringify(report, undefined, 2) : String(report));
    });
}
