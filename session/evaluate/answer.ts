import type {MimeBundle, ThrownError} from '../wire/messages.ts';
import type {Encoded} from '../wire/values.ts';

/** How a request is answered: its `done` without the id, and the buffers beside it. */
export type Answer =
  | {readonly status: 'ok'; readonly bundle?: MimeBundle; readonly value?: Encoded; readonly buffers?: readonly Uint8Array[]}
  | {readonly status: 'error'; readonly error: ThrownError; readonly buffers?: undefined};
