import {randomUUID} from 'node:crypto';
import {perform} from '../comms/perform.ts';
import {toBundle} from '../display/bundle.ts';
import {display} from '../display/index.ts';
import type {Displayable} from '../display/rich.ts';
import {cutText} from '../display/text.ts';
import {interruptedError} from '../evaluate/errors.ts';
import {type Channel, channel} from '../output/channel.ts';
import type {MimeBundle} from '../wire/messages.ts';
import {flipbook} from './flipbook.ts';
import {disposeTensors, nextTensorId, tensorsMade} from './given.ts';
import {type Dependent, type Input, showInputsBy} from './inputs.ts';
import {type State, viewData, viewMime, WidgetModel} from './model.ts';
import {nothing, outputOf, type Picture, pictureOf, pictureOfError} from './picture.ts';

type AnyInput = Input<unknown>;
type Values<I extends readonly AnyInput[]> = {readonly [K in keyof I]: I[K] extends Input<infer T> ? T : never};
type Show = (...values: readonly unknown[]) => unknown;

export interface ViewOptions {
  /** true: what is saved with the notebook is a flipbook, which still moves where no kernel runs. Its pictures are drawn whenever the cell runs: it is for functions that are quick, and inputs of few values. */
  readonly flipbook?: boolean;
}

/**
 * Shows inputs and, below them, what the function makes of their values, each time one changes: `view(bits, b => plot(b))`.
 * A function that takes long, or awaits, never runs twice at once; of the values that came meanwhile the last one counts.
 */
export function view<T>(input: Input<T>, show?: (value: T) => unknown, options?: ViewOptions): void;
export function view<const I extends readonly AnyInput[]>(inputs: I, show?: (...values: Values<I>) => unknown, options?: ViewOptions): void;
export function view(inputs: AnyInput | readonly AnyInput[], show?: (...values: never[]) => unknown, options: ViewOptions = {}): void {
  const list = Array.isArray(inputs) ? (inputs as readonly AnyInput[]) : [inputs as AnyInput];
  const shown = show as Show | undefined;
  const open = channel();
  if (!open) return void showOnce(list, shown);
  // Without a front end (grading) nobody could see it.
  if (!open.comm) return;
  const saved = options.flipbook && shown ? flipbook(list as readonly Input<never>[], shown) : undefined;
  const made = new View(list, shown, open, saved);
  made.begin();
  void open.display(made.bundle, {});
}

/** In a program that is no session: printed. */
async function showOnce(inputs: readonly AnyInput[], show: Show | undefined): Promise<void> {
  const captions = captionOf(inputs);
  if (captions) console.log(captions);
  if (show) await display(await show(...inputs.map(input => input.value)));
}

// An input at a cell's end is a view of its own; the cell shows what this gives.
showInputsBy(input => {
  const open = channel();
  if (!open?.comm) return {'text/plain': captionOf([input])};
  const made = new View([input], undefined, open);
  made.begin();
  return made.bundle;
});

const captionOf = (inputs: readonly AnyInput[]): string =>
  inputs
    .map(input => input.caption)
    .filter(Boolean)
    .join(' · ');

// Taken before any cell can replace it.
const {setImmediate} = globalThis;

/** The views that each cell made when it ran last: they are gone from the page when it runs again. */
const viewsOfCells = new Map<string, {readonly request: number; readonly views: View[]}>();

class View implements Dependent {
  private model: WidgetModel | undefined;
  private readonly outputId = `snapgrid-${randomUUID()}`;
  private picture: Picture = nothing;
  private given: ReturnType<typeof tensorsMade> = [];
  /** A value came that no run has seen. */
  private wanted = false;
  private running: Promise<void> | undefined;
  /** Counts what was given up: a run that an interrupt cut off must not show anything when it ends after all. */
  private generation = 0;

  constructor(
    private readonly inputs: readonly AnyInput[],
    private readonly show: Show | undefined,
    private readonly channel: Channel,
    private readonly flipbook?: Displayable,
  ) {}

  /** Makes the first picture and sends it with the values' words, as outputs that the notebook keeps, and opens the model. */
  begin(): void {
    const {show} = this;
    const first = this.make(() => show?.(...this.values), false);
    if (first instanceof Promise) this.running = this.channel.hold(this.showLater(first));
    else this.picture = first;
    const saved = this.save(false);
    this.model = new WidgetModel({...this.fields, ...this.encoded(), picture: this.picture, saved}, changes => this.receive(changes));
    for (const input of this.inputs) input.tell(this);
    this.channel.whenInterrupted(this, () => this.giveUp());
    this.replaceOlder();
  }

  get bundle(): MimeBundle {
    return {'text/plain': captionOf(this.inputs), [viewMime]: viewData(this.model!)};
  }

  renewed(input: AnyInput): void {
    this.model?.update({...this.fields, ...this.encoded(input)});
  }

  changed(input: AnyInput): Promise<void> {
    this.renewed(input);
    this.wanted = true;
    return (this.running ??= this.run());
  }

  private async receive(changes: State): Promise<void> {
    this.model?.note(changes);
    const received = this.inputs.map((input, i) => (`value${i}` in changes ? input.receive(changes[`value${i}`]) : undefined));
    await Promise.all(received);
  }

  private async run(): Promise<void> {
    const {generation} = this;
    while (this.wanted && generation === this.generation) {
      // Every message that is here already is read first: the last value counts.
      await new Promise(resolve => setImmediate(resolve));
      if (generation !== this.generation) return;
      this.wanted = false;
      this.put(await this.make(() => this.callShow(), true), generation);
    }
    if (generation === this.generation) this.running = undefined;
  }

  private async showLater(first: Promise<Picture>): Promise<void> {
    const {generation} = this;
    this.put(await first, generation);
    if (generation !== this.generation) return;
    this.running = undefined;
    if (this.wanted) await (this.running = this.run());
  }

  /** Calls the learner's function where an interrupt ends it and nothing else. */
  private callShow(): unknown {
    let result: unknown;
    const {show} = this;
    const outcome = perform(() => void (result = show?.(...this.values)));
    if (outcome.status === 'thrown') throw outcome.value;
    if (outcome.status === 'interrupted') throw new Interrupted(interruptedError.message);
    return result;
  }

  /** @param alone whether all that is printed until the function's promise settles is its own: the cell that makes the view may print itself */
  private make(call: () => unknown, alone: boolean): Picture | Promise<Picture> {
    let printed = '';
    const release = this.channel.redirect(text => (printed = cutText(printed + text)));
    const over = (picture: Picture): Picture => {
      release();
      return printed ? {...picture, printed} : picture;
    };
    const made = this.draw(call);
    if (!(made instanceof Promise)) return over(made);
    if (!alone) release();
    return made.then(over);
  }

  /** An error is a picture too: the view lives on. */
  private draw(call: () => unknown): Picture | Promise<Picture> {
    const since = nextTensorId();
    const draw = (value: unknown): Picture | Promise<Picture> => {
      this.take(tensorsMade(value, since));
      return pictureOf(value);
    };
    try {
      const result = call();
      if (typeof result !== 'object' || result === null || !('then' in result)) return draw(result);
      return Promise.resolve(result).then(draw).catch(pictureOfError);
    } catch (error) {
      return pictureOfError(error);
    }
  }

  /** A tensor that is given to be shown is nobody's afterwards: it lives until the next one takes its place. */
  private take(tensors: ReturnType<typeof tensorsMade>): void {
    disposeTensors(this.given.filter(tensor => !tensors.includes(tensor)));
    this.given = tensors;
  }

  private put(picture: Picture, generation: number): void {
    if (generation !== this.generation) return;
    this.picture = picture;
    try {
      this.model?.update({picture});
    } catch (error) {
      // It is larger than a message may be.
      this.picture = pictureOfError(error);
      this.model?.update({picture: this.picture});
    }
    this.save(true);
  }

  /** The outputs that stay where no kernel runs, which the live view hides: the values in words, the picture. Gives how many they are. */
  private save(update: boolean): number {
    // It has every picture already.
    if (this.flipbook) {
      if (!update) void this.channel.display(toBundle(this.flipbook), {});
      return 1;
    }
    const caption = captionOf(this.inputs);
    const words = [caption, this.picture.printed?.trimEnd()].filter(Boolean).join('\n');
    const outputs = [...(caption ? [{'text/plain': words}] : []), ...(this.show ? [outputOf(this.picture)] : [])];
    for (const [i, output] of outputs.entries())
      void this.channel.display(output, {displayId: `${this.outputId}-${i}`, ...(update ? {update} : {})});
    return outputs.length;
  }

  private get values(): unknown[] {
    return this.inputs.map(input => input.value);
  }

  private get fields(): State {
    return Object.fromEntries(this.inputs.map((input, i) => [`field${i}`, input.spec]));
  }

  private encoded(only?: AnyInput): State {
    return Object.fromEntries(
      this.inputs.flatMap((input, i) => (only === undefined || input === only ? [[`value${i}`, input.encoded]] : [])),
    );
  }

  private giveUp(): void {
    if (!this.running) return;
    this.generation++;
    this.running = undefined;
    this.wanted = false;
    this.put({kind: 'error', content: 'Interrupted: what is shown for these values was not finished.'}, this.generation);
  }

  private replaceOlder(): void {
    const {cell} = this.channel;
    if (cell?.id === undefined) return;
    const before = viewsOfCells.get(cell.id);
    if (before?.request === cell.request) return void before.views.push(this);
    for (const older of before?.views ?? []) older.end();
    viewsOfCells.set(cell.id, {request: cell.request, views: [this]});
  }

  private end(): void {
    this.generation++;
    this.take([]);
    this.model?.close();
    for (const input of this.inputs) input.forget(this);
    this.channel.whenInterrupted(this, undefined);
  }
}

class Interrupted extends Error {
  override name = 'Interrupted';
}
