import type {MimeBundle} from '../../session/wire/messages.ts';
import type {Attachment} from './attachment.ts';
import {DebugRefusal} from './protocol.ts';

const session = '__snapgrid__.debugging';
/** How long a picture is waited for, and how often it is asked about: the main thread may be busy. */
const waitMs = 3000;
const askEveryMs = 20;

/** A variable as a cell would display it; as text while the code is stopped, because displays are made asynchronously. */
export async function richView({stop, cdp}: Attachment, name: string, frameId: unknown): Promise<{data: MimeBundle; metadata: object}> {
  if (!/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) throw new DebugRefusal(`Expected the name of a variable, got ${name}`);
  const value = async (expression: string): Promise<unknown> => {
    const {result, exceptionDetails} = await cdp.post<{result: {value?: unknown}; exceptionDetails?: unknown}>('Runtime.evaluate', {
      expression,
      returnByValue: true,
      silent: true,
      disableBreaks: true,
    });
    return exceptionDetails ? undefined : result.value;
  };
  if (stop) {
    const frame = frameId ?? (await stop.frames())[0]?.id;
    const {result, exceptionDetails} = await stop.evaluate(frame, `${session}.text(${name})`, false);
    return exceptionDetails ? {data: {}, metadata: {}} : {data: {'text/plain': result.value as string}, metadata: {}};
  }
  const id = await value(`${session}.show(${name})`);
  for (let left = waitMs; id !== undefined && left > 0; left -= askEveryMs) {
    const bundle = await value(`${session}.shown(${String(id)})`);
    if (bundle) return {data: bundle as MimeBundle, metadata: {}};
    await new Promise(resolve => setTimeout(resolve, askEveryMs));
  }
  const text = await value(`${session}.text(${name})`);
  return {data: text === undefined ? {} : {'text/plain': text}, metadata: {}};
}
