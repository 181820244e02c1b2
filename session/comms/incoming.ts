import type {Answer} from '../evaluate/answer.ts';
import {describeThrown, interruptedError} from '../evaluate/errors.ts';
import {channel} from '../output/channel.ts';
import type {CommMessage} from '../wire/messages.ts';
import {Comm, findComm, findTarget, forgetComm, keepComm, type Message} from './comms.ts';
import {perform} from './perform.ts';
// A page asks for all widgets when it opens, also where no cell has made one.
import '../widgets/model.ts';

/** Gives a comm message of the front end to whom it concerns, and answers when that is done with it, promises and displays included. */
export function receive(message: CommMessage, buffers: readonly Uint8Array[], settle: (answer: Answer) => void): void {
  const action = actionFor(message, buffers);
  if (!action) return settle({status: 'ok'});
  const thrown = (error: unknown): void => settle({status: 'error', error: describeThrown(error)});
  let returned: unknown;
  const outcome = perform(() => void (returned = action()));
  if (outcome.status === 'interrupted') return settle({status: 'error', error: interruptedError});
  if (outcome.status === 'thrown') return thrown(outcome.value);
  const maybePromise = typeof returned === 'object' && returned !== null;
  if (!maybePromise && !channel()?.finish()) return settle({status: 'ok'});
  shown(returned).then(() => settle({status: 'ok'}), thrown);
}

async function shown(returned: unknown): Promise<void> {
  await returned;
  await channel()?.finish();
}

function actionFor(
  {event, comm: id, target = '', data, metadata}: CommMessage,
  buffers: readonly Uint8Array[],
): (() => unknown) | undefined {
  const message: Message = {data, metadata, buffers};
  const known = findComm(id);
  if (event === 'open') {
    if (known) return undefined;
    const onOpen = findTarget(target);
    if (!onOpen) return refuse(id);
    const comm = new Comm(id, target);
    keepComm(comm);
    return () => onOpen(comm, message);
  }
  // It was refused, or closed from this side: the page has been told.
  if (!known) return undefined;
  if (event === 'message') return () => known.onMessage?.(message);
  forgetComm(known);
  return () => known.onClose?.(message);
}

/** The protocol asks for a comm that nobody knows to be closed at once. */
function refuse(id: string): undefined {
  channel()?.comm?.({event: 'close', comm: id, data: {}, metadata: {}}, []);
}
