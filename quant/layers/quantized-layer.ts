import * as tf from '@tensorflow/tfjs-core';
import {initializers, layers, type LayerVariable, type Shape} from '@tensorflow/tfjs-layers';
import {type ActivationQuantization, ActivationQuantizer} from './activation-quantizer.ts';
import {type KernelQuantization, WeightQuantizer} from './weight-quantizer.ts';

/** What a quantized layer's configuration has beside the plain layer's own; without `bits`, the weights stay float. */
export interface QuantizerConfig extends Partial<KernelQuantization> {
  /** For each input: how to snap it before the layer computes, where it comes in float. */
  readonly quantizeInputs?: readonly (ActivationQuantization | null)[] | null;
  /** How to snap what the layer puts out, after its activation. */
  readonly quantizeOutput?: ActivationQuantization | null;
  /** The ranges of inputs and output are fixed: training does not move them. */
  readonly frozen?: boolean;
}

/** A layer that computes with weights, inputs or outputs that are snapped to grids. */
export interface QuantizedLayer extends layers.Layer {
  readonly quantizers: Quantizers;
}

/** What snaps a layer's weights, inputs and output. */
export interface Quantizers {
  /** The layer's class before: `Conv2D`. */
  readonly plainClassName: string;
  readonly weights: WeightQuantizer | undefined;
  /** One for each input; undefined where it comes on a grid already, or stays float. */
  readonly inputs: readonly (ActivationQuantizer | undefined)[];
  readonly output: ActivationQuantizer | undefined;
  /** The float kernel that is trained, and snapped where the layer computes; undefined for layers without. */
  readonly kernel: LayerVariable | undefined;
}

/** Whether a layer is one that `quantizeModel` makes, with quantizers. */
export function isQuantizedLayer(layer: layers.Layer): layer is QuantizedLayer {
  return 'quantizers' in layer;
}

/** The quantizers of a layer's activations, inputs first. */
export function activationQuantizers({quantizers}: QuantizedLayer): ActivationQuantizer[] {
  return [...quantizers.inputs, quantizers.output].filter(quantizer => quantizer !== undefined);
}

/** A plain layer's class. */
export interface LayerClass<Config = tf.serialization.ConfigDict, Layer extends layers.Layer = layers.Layer> {
  readonly className: string;
  new (config: Config): Layer;
}

/** Where a plain layer keeps its kernel. */
export interface KernelPlace {
  readonly field: 'kernel' | 'depthwiseKernel';
  /** How many of the kernel's last axes make the output channels. */
  readonly channelAxes: number;
}

/** What is common to every class in tfjs, and protected there. */
type BuildingLayer = layers.Layer & Record<KernelPlace['field'], {read(): tf.Tensor}>;

/**
 * The plain layer with quantizers: the same weights under the same names, the same shapes, strides, padding and activation; its kernel is snapped where
 * it is read, its inputs and output where they pass. Registered for loading as `SnapgridQuant` and the plain name.
 */
export function quantized<Config extends QuantizerConfig>(plain: LayerClass, place?: KernelPlace): LayerClass<Config, QuantizedLayer> {
  class Quantized extends (plain as LayerClass<object>) implements QuantizedLayer {
    static override className = `SnapgridQuant${plain.className}`;
    readonly quantizers: {-readonly [part in keyof Quantizers]: Quantizers[part]};
    private readonly options: QuantizerConfig;

    constructor(config: Config) {
      super(config);
      const {bits, granularity, scale, quantizeInputs, quantizeOutput, frozen} = config;
      const weights =
        place && bits != null
          ? new WeightQuantizer({bits, ...(granularity && {granularity}), ...(scale && {scale})}, place.channelAxes)
          : undefined;
      this.options = {
        ...(weights && {bits: weights.qtype.bits, granularity: weights.granularity, scale: weights.scale}),
        quantizeInputs: quantizeInputs ?? null,
        quantizeOutput: quantizeOutput ?? null,
        frozen: frozen ?? false,
      };
      this.quantizers = {plainClassName: plain.className, weights, inputs: [], output: undefined, kernel: undefined};
    }

    override build(inputShape: Shape | Shape[]): void {
      super.build(inputShape);
      const {quantizers} = this;
      if (place && quantizers.weights) {
        const fields = this as unknown as BuildingLayer;
        const kernel = fields[place.field] as LayerVariable;
        const {weights} = quantizers;
        quantizers.kernel = kernel;
        if (weights.scale === 'learned')
          weights.learn(this.addWeight('kernel_scale', weights.scaleShape(kernel.shape), 'float32', initializers.ones()), kernel.read());
        // The plain layer reads its kernel here, and gets it snapped.
        fields[place.field] = {read: () => weights.snap(kernel.read())};
      }
      const {quantizeInputs, quantizeOutput} = this.options;
      quantizers.inputs = (quantizeInputs ?? []).map((options, i) =>
        options ? this.newQuantizer(`input_range_${i}`, options) : undefined,
      );
      quantizers.output = quantizeOutput ? this.newQuantizer('output_range', quantizeOutput) : undefined;
    }

    override call(inputs: tf.Tensor | tf.Tensor[], kwargs: Readonly<Record<string, unknown>>): tf.Tensor | tf.Tensor[] {
      return tf.tidy(() => {
        const training = kwargs?.['training'] === true;
        const snapped = (Array.isArray(inputs) ? inputs : [inputs]).map((x, i) => this.quantizers.inputs[i]?.snap(x, training) ?? x);
        const output = super.call(snapped.length === 1 ? snapped[0]! : snapped, kwargs) as tf.Tensor;
        return this.quantizers.output?.snap(output, training) ?? output;
      });
    }

    override getConfig(): tf.serialization.ConfigDict {
      const frozen = activationQuantizers(this).some(quantizer => quantizer.frozen) || this.options.frozen;
      return {...super.getConfig(), ...(this.options as tf.serialization.ConfigDict), frozen: frozen ?? false};
    }

    private newQuantizer(name: string, options: ActivationQuantization): ActivationQuantizer {
      // Nothing is observed yet: the range that has no number in it.
      const nothing = this.addWeight(name, [2], 'float32', initializers.zeros(), undefined, false);
      tf.tidy(() => void nothing.write(tf.tensor1d([Infinity, -Infinity])));
      const quantizer = new ActivationQuantizer(options, nothing);
      quantizer.frozen = this.options.frozen ?? false;
      return quantizer;
    }
  }
  tf.serialization.registerClass(Quantized as unknown as tf.serialization.SerializableConstructor<Quantized>);
  return Quantized as unknown as LayerClass<Config, QuantizedLayer>;
}

/** The class of a layer that tfjs makes by a function only. */
export function classOf(layer: layers.Layer): LayerClass {
  return layer.constructor as unknown as LayerClass;
}
