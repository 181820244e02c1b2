import type {Command} from 'commander';
import {countElements} from '../quant/formats/shape.ts';
import {describeBits, describeBytes, printable, textTable} from '../quant/report/table.ts';
import {withWeights} from './with-weights.ts';

/** `snapgrid inspect`: what a file of weights holds. */
export function addInspectCommand(program: Command): void {
  program
    .command('inspect')
    .argument('<file>', 'safetensors, GGUF or ONNX')
    .option('--json', 'print JSON')
    .description('show the tensors of a weight file: types, shapes, bytes')
    .action((path: string, {json}: {readonly json?: true}) =>
      withWeights([path], ({format, byteLength, metadata, tensors}) => {
        const list = [...tensors.values()].map(({name, type, shape, byteLength: bytes}) => ({name, type, shape, bytes}));
        if (json) {
          console.log(JSON.stringify({format, bytes: byteLength, metadata: Object.fromEntries(metadata), tensors: list}, undefined, 2));
          return;
        }
        console.log(`${format}, ${describeBytes(byteLength)}`);
        for (const [key, value] of metadata) console.log(`  ${printable(key)}: ${printable(value)}`);
        const rows = list.map(({name, type, shape, bytes}) => [
          name,
          type,
          `[${shape.join(', ')}]`,
          describeBytes(bytes),
          describeBits(bytes, countElements(shape)),
        ]);
        console.log(textTable(['tensor', 'type', 'shape', 'bytes', 'bits/value'], rows));
        const values = list.reduce((sum, {shape}) => sum + countElements(shape), 0);
        const bytes = list.reduce((sum, tensor) => sum + tensor.bytes, 0);
        console.log(
          `${list.length} tensors, ${values.toLocaleString('en')} values, ${describeBytes(bytes)}, ${describeBits(bytes, values)} bits a value`,
        );
      }),
    );
}
