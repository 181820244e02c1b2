/** Inputs for the reader of a notebook, and views that follow them. */
export {flipbook, type FlipbookOptions} from './flipbook.ts';
export {
  button,
  type ButtonOptions,
  checkbox,
  type CheckboxOptions,
  type Input,
  number,
  type NumberOptions,
  select,
  type SelectOptions,
  slider,
  type SliderOptions,
  text,
  type TextOptions,
} from './inputs.ts';
export {view, type ViewOptions} from './view.ts';
