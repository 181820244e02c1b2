/** What cells import from `snapgrid/display`. */
export {reportLeaks, type TensorList, type TensorRow, tensors} from '../memory/tensors.ts';
export type {MimeBundle} from '../wire/messages.ts';
export {type CurvesOptions, liveCurves, type LiveCurves} from './curves.ts';
export {clear, display, type DisplayOptions, type Shown} from './display.ts';
export {image, type ImageOptions, type ImageSource} from './image.ts';
export {progress, type Progress, type ProgressOptions} from './progress.ts';
export type {TableOptions} from './records.ts';
export {type Displayable, gif, html, jpeg, json, latex, markdown, type Markup, png, svg, table, vegaLite} from './rich.ts';
