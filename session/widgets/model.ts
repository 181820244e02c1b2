import {readFileSync} from 'node:fs';
import {isDeepStrictEqual} from 'node:util';
import {type Comm, openComm, registerTarget} from '../comms/comms.ts';

export type State = Readonly<Record<string, unknown>>;

/** The versions of anywidget's and of the widgets' protocol that we speak. */
const anywidget = {module: 'anywidget', version: '~0.11.*'};
const metadata = {version: '2.1.0'};

const models = new Map<string, WidgetModel>();

/** What lies on both sides of a comm: the page has a copy of its state, by Jupyter's widget protocol. */
export class WidgetModel {
  private readonly comm: Comm;
  private state: State;

  /** `received` is given what the page has set. */
  constructor(state: State, received: (changes: State) => unknown) {
    this.state = {...fixed(), ...state};
    this.comm = openComm('jupyter.widget', {state: this.state, buffer_paths: []}, {metadata});
    models.set(this.id, this);
    this.comm.onMessage = ({data}) => {
      if (data['method'] === 'request_state') return this.send('update', this.state);
      if (data['method'] !== 'update' || !isState(data['state'])) return undefined;
      // Other pages on this kernel have the same model.
      this.send('echo_update', data['state']);
      return received(data['state']);
    };
    this.comm.onClose = () => void models.delete(this.id);
  }

  get id(): string {
    return this.comm.id;
  }

  /** Changes the page's copy where it is another: the hand that moves a slider is ahead of us, and must not be moved back. */
  update(changes: State): void {
    const news = Object.entries(changes).filter(([name, value]) => !isDeepStrictEqual(this.state[name], value));
    if (!news.length) return;
    this.state = {...this.state, ...changes};
    this.send('update', Object.fromEntries(news));
  }

  /** Keeps account of what the page has set itself. */
  note(changes: State): void {
    this.state = {...this.state, ...changes};
  }

  close(): void {
    models.delete(this.id);
    this.comm.close();
  }

  /** What a page that opens while the kernel runs is told. */
  describe(): State {
    return {model_module: anywidget.module, model_name: 'AnyModel', model_module_version: anywidget.version, state: this.state};
  }

  private send(method: 'update' | 'echo_update', state: State): void {
    this.comm.send({method, state, buffer_paths: []});
  }
}

export const viewMime = 'application/vnd.jupyter.widget-view+json';
export const viewData = (model: WidgetModel): State => ({version_major: 2, version_minor: 1, model_id: model.id});

// A page that is loaded again asks for all models at once.
registerTarget('jupyter.widget.control', comm => {
  comm.onMessage = ({data}) => {
    if (data['method'] !== 'request_states') return;
    const states = Object.fromEntries([...models].map(([id, model]) => [id, model.describe()]));
    comm.send({method: 'update_states', states, buffer_paths: []}, {metadata});
  };
});

const isState = (value: unknown): value is State => typeof value === 'object' && value !== null && !Array.isArray(value);

let frontEnd: State | undefined;

function fixed(): State {
  const read = (name: string): string => readFileSync(new URL(`../../../session/widgets/front-end/${name}`, import.meta.url), 'utf8');
  frontEnd ??= {_esm: read('view.js'), _css: read('view.css')};
  return {
    _model_module: anywidget.module,
    _model_name: 'AnyModel',
    _model_module_version: anywidget.version,
    _view_module: anywidget.module,
    _view_name: 'AnyView',
    _view_module_version: anywidget.version,
    _view_count: null,
    _anywidget_id: 'snapgrid.view',
    ...frontEnd,
  };
}
