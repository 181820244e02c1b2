import type {ActivationQuantization} from '../layers/activation-quantizer.ts';
import type {KernelQuantization} from '../layers/weight-quantizer.ts';

/** Which layers: of this name, of a name that matches, or of this plain class (`{className: 'Conv2D'}`). */
export type LayerSelector = string | RegExp | {readonly className: string};

/** How to quantize what a selector chooses; what it does not say, the recipe's defaults say. */
export interface LayerRule {
  readonly layers: LayerSelector;
  /** null leaves the weights float. */
  readonly weights?: KernelQuantization | null;
  /** Of what the layer puts out, and of inputs that come in float. null leaves them float. */
  readonly activations?: ActivationQuantization | null;
}

/** How to quantize a model. Without anything: 8 bits everywhere, weights per output channel, activations by their least and largest value. */
export interface Recipe {
  /** null leaves all weights float. */
  readonly weights?: KernelQuantization | null;
  /** null quantizes weights only. */
  readonly activations?: ActivationQuantization | null;
  /** Later rules go before earlier ones. */
  readonly rules?: readonly LayerRule[];
  /** Layers that stay as they are; of a model within the model, all. */
  readonly skip?: readonly LayerSelector[];
}

/** What a recipe says of one layer. */
export interface LayerChoice {
  readonly weights: KernelQuantization | null;
  readonly activations: ActivationQuantization | null;
}

/** A layer's name and its plain class. */
export interface NamedLayer {
  readonly name: string;
  readonly className: string;
}

export const float: LayerChoice = {weights: null, activations: null};

export function choose(recipe: Recipe, layer: NamedLayer): LayerChoice {
  if (recipe.skip?.some(selector => selects(selector, layer))) return float;
  const rules = (recipe.rules ?? []).filter(rule => selects(rule.layers, layer));
  const {weights = {bits: 8}, activations = {bits: 8}} = Object.assign({}, recipe, ...rules.map(stated)) as Recipe;
  return {weights, activations};
}

/** @throws RangeError naming the selector that chooses none of these layers: a misspelt name would quantize what it should not */
export function expectSelectors({rules = [], skip = []}: Recipe, all: readonly (NamedLayer & {readonly inner?: unknown})[]): void {
  // A rule for a model within the model would do nothing.
  const single = all.filter(({inner}) => !inner);
  const wanted = [...rules.map(rule => ({selector: rule.layers, among: single})), ...skip.map(selector => ({selector, among: all}))];
  for (const {selector, among} of wanted) {
    if (among.some(layer => selects(selector, layer))) continue;
    const shown = typeof selector === 'object' && 'className' in selector ? selector.className : String(selector);
    throw new RangeError(
      `Expected the recipe's ${shown} to choose a layer of the model, which has ${among.map(({name}) => name).join(', ')}`,
    );
  }
}

function selects(selector: LayerSelector, {name, className}: NamedLayer): boolean {
  if (typeof selector === 'string') return selector === name;
  // A RegExp with the flag g or y would begin where its last match ended.
  return selector instanceof RegExp ? name.search(selector) >= 0 : selector.className === className;
}

function stated({weights, activations}: LayerRule): Partial<LayerChoice> {
  return {...(weights !== undefined && {weights}), ...(activations !== undefined && {activations})};
}
