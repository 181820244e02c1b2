import type {Runtime} from 'node:inspector';
import type {Attachment} from './attachment.ts';
import {type DapRequest, DebugRefusal} from './protocol.ts';
import {hasChildren, typeOf} from './values.ts';
import {thrownText} from './variables.ts';

/** Answers `evaluate`: TypeScript in the frame that is looked at, or, where nothing is stopped, in the notebook. A hover changes nothing. @throws DebugRefusal */
export async function evaluate(
  {stop, scripts, variables, cdp}: Attachment,
  {expression, frameId, context}: DapRequest['arguments'],
): Promise<object> {
  const javascript = await scripts.expression(String(expression ?? ''));
  const hovered = context === 'hover';
  const frame = stop && (frameId ?? (await stop.frames())[0]?.id);
  const {result, exceptionDetails} =
    stop && frame !== undefined
      ? await stop.evaluate(frame, javascript, hovered)
      : await cdp.post<Runtime.EvaluateReturnType>('Runtime.evaluate', {
          expression: javascript,
          objectGroup: 'evaluated',
          replMode: true,
          generatePreview: true,
          silent: true,
          disableBreaks: true,
          throwOnSideEffect: hovered,
        });
  if (exceptionDetails) throw new DebugRefusal(thrownText(exceptionDetails));
  const [shown] = await variables.show([{name: '', value: result}], stop ? 'backtrace' : 'evaluated');
  const type = typeOf(result, false);
  return {
    result: shown!.value,
    ...(type === undefined ? {} : {type}),
    variablesReference: hasChildren(result) ? shown!.variablesReference : 0,
  };
}
