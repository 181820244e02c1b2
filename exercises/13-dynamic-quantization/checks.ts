import {inNotebook} from '../../checking/notebook.ts';
import type {Lesson} from '../../checking/types.ts';
import {dynamicLinear} from './dynamic-linear.checks.ts';
import {onnxNodes} from './onnx-nodes.checks.ts';
import {quantizeDynamic} from './quantize-dynamic.checks.ts';
import {replaceLayers} from './replace-layers.checks.ts';

export {onOnnxRuntime} from './onnx-runtime.ts';

export const lesson: Lesson = {
  slug: '13-dynamic-quantization',
  tasks: [dynamicLinear, replaceLayers, quantizeDynamic, onnxNodes],
};

export const {check, progress} = inNotebook(lesson);
