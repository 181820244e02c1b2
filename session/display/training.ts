import {channel} from '../output/channel.ts';
import {Curves} from './curves.ts';

/** What of tfjs-layers is needed here. */
export interface Layers {
  readonly CustomCallback: new (handlers: Handlers) => Callback;
  registerCallbackConstructor(verbosity: number, constructor: new () => Callback): void;
}

interface Callback {
  /** What `fit` tells of its run. */
  readonly params?: Readonly<Record<string, unknown>>;
  setModel(model: object): void;
}

type Logs = Readonly<Record<string, number>>;

interface Handlers {
  onTrainBegin(): void;
  onEpochBegin(epoch: number): void;
  onBatchEnd?(batch: number, logs?: Logs): void;
  onEpochEnd(epoch: number, logs?: Logs): void;
  onTrainEnd(): void;
}

let layers: Layers | undefined;
/** Models whose `fit` under way was given curves of the learner's choice. */
const chosen = new WeakSet<object>();

/** From now on `fit` draws its curves by itself, where it is not told verbose: 0, which is what turns Keras's own progress off. */
export function drawTraining(loaded: Layers): void {
  if (layers) return;
  layers = loaded;
  // `fit` makes one of each registered constructor.
  loaded.registerCallbackConstructor(1, function () {
    return asCallback(undefined, {explicit: false});
  } as unknown as new () => Callback);
}

/** Curves as a callback of `fit`. Without curves, they are those of the model in the cell that runs. */
export function asCallback(given: Curves | undefined, {explicit}: {readonly explicit: boolean}): object {
  let model: object | undefined;
  let callback: Callback | undefined;
  let curves = given;
  let before = 0;
  let epochs = 0;
  const active = (): Curves | undefined => (explicit || !model || !chosen.has(model) ? curves : undefined);
  const handlers: Handlers = {
    onTrainBegin() {
      if (explicit && model) chosen.add(model);
      curves ??= model ? curvesOf(model) : undefined;
      if (!curves) return;
      // A second fit goes on where the first one ended.
      before = curves.next - 1;
      epochs = 0;
      const {epochs: planned, initialEpoch = 0} = callback?.params ?? {};
      curves.epochs = typeof planned === 'number' && !before ? planned - Number(initialEpoch) : undefined;
      curves.unit = curves.byBatch ? 'batch' : 'epoch';
    },
    onEpochBegin() {
      epochs++;
    },
    onEpochEnd(_epoch, logs = {}) {
      const shown = active();
      if (shown && !shown.byBatch) shown.add(logs, before + epochs);
      // The training's values are there batch by batch; the validation's come once an epoch.
      else if (shown) shown.add(Object.fromEntries(Object.entries(logs).filter(([name]) => name.startsWith('val_'))), shown.next - 1);
    },
    onTrainEnd() {
      if (explicit && model) chosen.delete(model);
    },
  };
  // A callback that listens to batches makes tf wait for each batch's values.
  if (given?.byBatch) handlers.onBatchEnd = (_batch, logs = {}) => given.add(logs);
  const add = (values: Logs, step?: number): void => given?.add(values, step);
  if (!layers) return {...handlers, add};
  callback = new layers.CustomCallback(handlers);
  return Object.assign(callback, {
    add,
    setModel: (fitted: object) => {
      model = fitted;
    },
  });
}

/** Pictures that one cell makes by itself; of more models' trainings the last picture shows the newest. */
const mostPictures = 8;
let cell: {readonly cause: number; readonly byModel: WeakMap<object, Curves>; pictures: number; newest: Curves} | undefined;

/** One picture a model and cell: a thousand short fits in a loop are one curve. */
function curvesOf(model: object): Curves {
  const cause = channel()?.cause() ?? 0;
  const name = 'name' in model && typeof model.name === 'string' ? model.name : '';
  const known = cell?.cause === cause ? cell.byModel.get(model) : undefined;
  if (known) return known;
  const full = cell?.cause === cause && cell.pictures >= mostPictures;
  const curves = full ? cell!.newest : new Curves({title: name});
  if (cell?.cause !== cause) cell = {cause, byModel: new WeakMap(), pictures: 0, newest: curves};
  cell.byModel.set(model, curves);
  cell.pictures++;
  cell.newest = curves;
  return curves;
}
