export {type Batch, calibrate, freeze, quantizedLayers} from './calibrate.ts';
export {foldBatchNorm, type FoldOptions} from './fold-batch-norm.ts';
export {quantizeModel} from './quantize-model.ts';
export {type Replacement, replaceLayers} from './replace-layers.ts';
export {type LayerRule, type LayerSelector, type Recipe} from './recipe.ts';
export {strip} from './strip.ts';
