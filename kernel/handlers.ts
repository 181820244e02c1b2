import type {DebugRequests} from './debugger/requests.ts';
import type {Executor} from './execution/executor.ts';
import type {History, HistoryRequest} from './history/history.ts';
import {kernelInfo} from './kernel-info.ts';
import {isComplete} from './language/is-complete.ts';
import type {LanguageService} from './language/service.ts';
import type {ConnectionInfo} from './protocol/connection-file.ts';
import {type Handler, type Handlers, unknownSubshell} from './protocol/dispatch.ts';
import type {Subshells} from './protocol/subshells.ts';
import type {Publisher} from './protocol/publisher.ts';

export interface Parts {
  readonly executor: Executor;
  readonly history: History;
  readonly language: LanguageService;
  readonly publisher: Publisher;
  readonly info: ConnectionInfo;
  readonly subshells: Subshells;
  /** What waits in this lane is aborted: its subshell is gone. */
  abort(lane: number): void;
  readonly debug: DebugRequests;
  interrupt(): void;
  shutDown(): void;
}

/** What this kernel answers, by message type. */
export function handlers({executor, history, language, debug, publisher, info, subshells, abort, interrupt, shutDown}: Parts): Handlers {
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  // No reply belongs to a comm message, not even an error's.
  const comm: Handler = request => executor.comm(request).then(() => undefined);
  const atOnce: Record<string, Handler> = {
    kernel_info_request: () => ({status: 'ok', ...kernelInfo}),
    connect_request: () => {
      const {shell_port: shell, iopub_port: iopub, stdin_port: stdin, hb_port: hb, control_port: control} = info;
      return {status: 'ok', shell_port: shell, iopub_port: iopub, stdin_port: stdin, hb_port: hb, control_port: control};
    },
    complete_request: ({content}) => language.complete(text(content['code']), Number(content['cursor_pos'] ?? 0)),
    inspect_request: ({content}) => {
      const live = (name: string): Promise<string | undefined> => executor.liveTensor(name);
      return language.inspect(text(content['code']), Number(content['cursor_pos'] ?? 0), Number(content['detail_level'] ?? 0), live);
    },
    is_complete_request: ({content}) => isComplete(text(content['code'])),
    history_request: async ({content}) => ({status: 'ok', history: await history.find(content as HistoryRequest)}),
    comm_info_request: ({content}) => ({status: 'ok', comms: executor.comms.info(content['target_name'])}),
    comm_open: comm,
    comm_msg: comm,
    comm_close: comm,
    interrupt_request: () => {
      interrupt();
      return {status: 'ok'};
    },
    create_subshell_request: () => ({status: 'ok', subshell_id: subshells.create()}),
    list_subshell_request: () => ({status: 'ok', subshell_id: subshells.list()}),
    delete_subshell_request: ({content}) => {
      const lane = subshells.delete(content['subshell_id']);
      if (lane === undefined) return unknownSubshell(content['subshell_id']);
      abort(lane);
      return {status: 'ok'};
    },
    debug_request: request => debug.answer(request),
    shutdown_request: ({header, content}) => {
      const restart = content['restart'] === true;
      publisher.publish('shutdown_reply', header, {status: 'ok', restart});
      shutDown();
      return {status: 'ok', restart};
    },
  };
  return {queued: {execute_request: request => executor.execute(request)}, atOnce};
}
