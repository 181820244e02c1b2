import {slicesOf} from '../affine/granularity.ts';
import {blockWiseFloats, blockWiseLayouts, blockWiseParts} from './bitsandbytes.ts';
import {partNames, type QTensorLayout, qtensorFloats, qtensorLayouts, storedBytes} from './qtensors.ts';
import {readSafetensors, type SafetensorsFile} from './safetensors.ts';
import type {ByteSource} from './source.ts';
import {weightFileOf, type WeightView} from './weight-views.ts';
import type {WeightFile} from './weights.ts';

/** What AWQ multiplied the weights' inputs with lies beside them under this name. */
export function inputScalesOf(name: string): string {
  return `${name}.input_scales`;
}

/** A safetensors file, with what is stored quantized as the tensors that it stands for. */
export function openSafetensors(source: ByteSource): WeightFile {
  const file = readSafetensors(source);
  const quantized = new Map([...qtensorViews(file), ...blockWiseViews(file)].map(view => [view.name, view]));
  const parts = new Set([...quantized.values()].flatMap(({parts}) => parts));
  const views = new Map<string, WeightView>();
  for (const [name, tensor] of file.tensors) {
    const view = quantized.get(name);
    if (view) views.set(name, view);
    else if (!parts.has(name)) {
      const {dtype, shape, byteLength} = tensor;
      const plain = {dtype, bytes: (from: number, to: number) => file.bytes(name, from, to)};
      views.set(name, {name, shape, type: dtype, byteLength, blockSize: 1, plain, floats: (from, to) => file.floats(name, from, to)});
    }
  }
  const metadata = new Map([...file.metadata].filter(([key]) => !key.startsWith('snapgrid.qtensor.')));
  return weightFileOf(source, views, {format: 'safetensors', metadata});
}

type QuantizedView = WeightView & {readonly parts: readonly string[]};

function qtensorViews(file: SafetensorsFile): QuantizedView[] {
  return [...qtensorLayouts(file)].map(([name, layout]) => {
    const scalesName = inputScalesOf(name);
    const inputs = layout.shape.at(-1) ?? 1;
    const scales = file.tensors.get(scalesName);
    if (scales && (scales.dtype !== 'F32' || scales.shape.join() !== String(inputs)))
      throw new RangeError(`Expected ${scalesName} to have a scale for each of ${inputs} inputs, got shape [${scales.shape.join(', ')}]`);
    const inputScales = scales && file.floats(scalesName);
    return {
      name,
      shape: layout.shape,
      type: typeOf(layout) + (scales ? ' AWQ' : ''),
      byteLength: storedBytes(file, name) + (scales?.byteLength ?? 0),
      blockSize: 1,
      parts: [...partNames(name), scalesName],
      floats: (from = 0, to) => {
        const values = qtensorFloats(file, name, layout, from, to);
        return inputScales ? values.map((value, i) => value / inputScales[(from + i) % inputs]!) : values;
      },
    };
  });
}

function blockWiseViews(file: SafetensorsFile): QuantizedView[] {
  return [...blockWiseLayouts(file)].map(([name, layout]) => {
    const parts = blockWiseParts(name, layout);
    return {
      name,
      shape: layout.shape,
      type: `${layout.codebook} blocks of ${layout.blockSize}${layout.absMaxOffset === undefined ? '' : ', absMax in 8 bits'}`,
      byteLength: parts.reduce((sum, part) => sum + file.tensors.get(part)!.byteLength, 0),
      blockSize: 1,
      parts,
      floats: (from, to) => blockWiseFloats(file, name, layout, from, to),
    };
  });
}

/** How a quantized tensor is named in tables. */
export function typeOf({qtype, granularity, shape}: QTensorLayout): string {
  if (granularity.per === 'tensor') return qtype.name;
  return granularity.per === 'group'
    ? `${qtype.name} groups of ${granularity.size}`
    : `${qtype.name} × ${slicesOf(shape, granularity).count}`;
}
