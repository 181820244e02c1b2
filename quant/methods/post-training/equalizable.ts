import type {Graph, GraphLayer} from '../../models/graph.ts';

/** Paths of two layers with kernels, of which the second takes in what the first puts out, channel by channel. */
export interface EqualizablePair {
  readonly first: string;
  readonly second: string;
}

const withKernel: ReadonlySet<string> = new Set(['Dense', 'Conv2D', 'DepthwiseConv2D']);

/** f(s · x) = s · f(x) for s > 0, channel by channel; after Flatten the channels repeat. */
const homogeneous: ReadonlySet<string> = new Set([
  'AveragePooling1D',
  'AveragePooling2D',
  'Cropping2D',
  'Dropout',
  'Flatten',
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'LeakyReLU',
  'MaxPooling1D',
  'MaxPooling2D',
  'SpatialDropout1D',
  'UpSampling2D',
  'ZeroPadding2D',
]);

/** The pairs whose channels can be scaled up in one layer and down in the other, in the order of the model, those of models within it too. */
export function equalizablePairs(graph: Graph, prefix = ''): EqualizablePair[] {
  return graph.layers.flatMap(layer => {
    if (layer.inner) return equalizablePairs(layer.inner, `${prefix}${layer.name}/`);
    if (!withKernel.has(layer.className) || !scales(layer) || layer.config['dataFormat'] === 'channelsFirst') return [];
    const second = secondAfter(graph, layer);
    return second ? [{first: prefix + layer.name, second: prefix + second.name}] : [];
  });
}

function secondAfter(graph: Graph, first: GraphLayer): GraphLayer | undefined {
  let layer = first;
  for (;;) {
    const consumers = graph.layers.filter(({calls}) => calls.flat().some(source => source.layer === layer.name));
    const [next] = consumers;
    const isOutput = graph.outputs.some(output => output.layer === layer.name);
    // What is used elsewhere too would come there in another size.
    if (!next || consumers.length > 1 || isOutput || layer.calls.length > 1 || next.calls.length > 1 || next.calls[0]!.length > 1)
      return undefined;
    if (withKernel.has(next.className)) return next.config['dataFormat'] === 'channelsFirst' ? undefined : next;
    if (!homogeneous.has(next.className) && !(['Activation', 'ReLU'].includes(next.className) && scales(next))) return undefined;
    layer = next;
  }
}

/** Whether a layer's activation is one through which a positive factor passes. */
function scales({className, config}: GraphLayer): boolean {
  if (className === 'ReLU') return config['maxValue'] == null && !config['threshold'];
  return ['linear', 'relu'].includes((config['activation'] as string | undefined) ?? 'linear');
}
