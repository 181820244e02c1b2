import type {GraphLayer, PlacedLayer} from '../graph.ts';
import type {ActivationGrid} from './activation.ts';
import type {WindowGeometry} from './windows.ts';

/** What a step gives; without a grid, float. */
export interface Value {
  readonly name: string;
  readonly grid: ActivationGrid | undefined;
}

/** A call of a layer. */
export interface LayerCall {
  readonly layer: PlacedLayer['layer'];
  /** Of the plain layer. */
  readonly className: string;
  readonly config: GraphLayer['config'];
  readonly path: string;
  readonly inputs: readonly Value[];
}

export function convolutionOf(call: LayerCall): WindowGeometry {
  expectChannelsLast(call);
  const {kernelSize, strides, dilationRate, padding} = call.config as unknown as Record<string, unknown>;
  return {size: pair(kernelSize), strides: pair(strides), dilation: pair(dilationRate), padding: padding as 'same' | 'valid'};
}

export function poolOf(call: LayerCall): WindowGeometry {
  expectChannelsLast(call);
  const {poolSize, strides, padding} = call.config as unknown as Record<string, unknown>;
  return {size: pair(poolSize), strides: pair(strides), dilation: [1, 1], padding: padding as 'same' | 'valid'};
}

function pair(value: unknown): [number, number] {
  const [first, second] = [value].flat() as number[];
  return [first ?? 1, second ?? first ?? 1];
}

/** Height times width of what comes into a global pool. */
export function planeOf({layer, path}: LayerCall): number {
  const shape = layer.inboundNodes[0]!.inputShapes[0] as (number | null)[];
  const [height, width] = shape.slice(1, 3);
  if (!height || !width) throw new Error(`Expected a known height and width before ${path}, got [${shape.join(', ')}]`);
  return height * width;
}

export function expectChannelsLast({config, path}: LayerCall): void {
  if (config['dataFormat'] === 'channelsFirst') throw new Error(`Expected channels last, got channelsFirst at ${path}`);
}
