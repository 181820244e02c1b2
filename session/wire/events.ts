import {type Frame, FrameError} from './frames.ts';
import type {Event} from './messages.ts';

const isText = (value: unknown): value is string => typeof value === 'string';
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isFlag = (value: unknown): boolean => value === undefined || typeof value === 'boolean';

const longestCommId = 1024;
/** Whether this can name a comm: both sides are free to choose, within reason. */
export const isCommId = (value: unknown): value is string => isText(value) && value.length > 0 && value.length <= longestCommId;

const isThrown = (value: unknown): boolean =>
  isRecord(value) &&
  isText(value['name']) &&
  isText(value['message']) &&
  Array.isArray(value['traceback']) &&
  value['traceback'].every(isText);

const isPayload = (value: unknown): boolean =>
  isRecord(value) &&
  ((value['source'] === 'page' && isRecord(value['data']) && Number.isSafeInteger(value['start'])) ||
    (value['source'] === 'set_next_input' && isText(value['text']) && typeof value['replace'] === 'boolean'));

const shapes: Record<string, (header: Record<string, unknown>) => boolean> = {
  ready: h => Number.isSafeInteger(h['version']) && isText(h['node']) && Number.isSafeInteger(h['pid']),
  stream: h => (h['name'] === 'stdout' || h['name'] === 'stderr') && isText(h['text']),
  display: h =>
    isRecord(h['bundle']) && isRecord(h['metadata']) && (h['displayId'] === undefined || isText(h['displayId'])) && isFlag(h['update']),
  clear: h => typeof h['wait'] === 'boolean',
  comm: h =>
    isCommId(h['comm']) &&
    isRecord(h['data']) &&
    isRecord(h['metadata']) &&
    (h['event'] === 'open' ? isText(h['target']) : h['event'] === 'message' || h['event'] === 'close'),
  ask: h => Number.isSafeInteger(h['ask']) && isText(h['prompt']) && typeof h['password'] === 'boolean',
  payload: h => isPayload(h['payload']),
  done: h => (h['status'] === 'ok' ? h['bundle'] === undefined || isRecord(h['bundle']) : h['status'] === 'error' && isThrown(h['error'])),
};

/** Reads an event that came from a session, which may be hostile. @throws FrameError where it is none */
export function parseEvent({header}: Frame): Event {
  const {type, id} = header;
  const fits = isText(type) && Object.hasOwn(shapes, type) ? shapes[type] : undefined;
  if (!fits) throw new FrameError('Expected an event of a known type');
  if (type !== 'ready' && !(Number.isSafeInteger(id) && (id as number) >= 0))
    throw new FrameError(`Expected ${type} to carry a request's id`);
  if (!fits(header)) throw new FrameError(`Expected the fields of ${type}`);
  return header as unknown as Event;
}
