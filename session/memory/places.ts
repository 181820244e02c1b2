import {findSource, type Source} from '../evaluate/sources.ts';

/** Where a tensor was made, in what the learner typed. */
export interface Place {
  /** `In [4]:2`; where a cell called a helper of another one, both: `In [1]:3 (from In [4]:2)`. */
  readonly text: string;
  /** The line as it was typed. */
  readonly code: string;
}

/** A stack that was taken, and not yet read: taking it is cheap, reading it is not. */
export interface Trace {
  readonly stack?: unknown;
}

/** Between an op's caller and the hook lie five to ten frames of tf. */
const frames = 16;

export function capture(): Trace {
  const trace: Trace = {};
  const {stackTraceLimit} = Error;
  Error.stackTraceLimit = frames;
  Error.captureStackTrace(trace, capture);
  Error.stackTraceLimit = stackTraceLimit;
  return trace;
}

/** The innermost frame that the learner wrote, and the outermost. */
export function placeOf(trace: Trace): Place | undefined {
  const {prepareStackTrace} = Error;
  Error.prepareStackTrace = (_error, sites) => sites;
  let sites: unknown;
  try {
    sites = trace.stack;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  const own: Own[] = [];
  for (const site of Array.isArray(sites) ? (sites as NodeJS.CallSite[]) : []) {
    const url = site.getScriptNameOrSourceURL() ?? '';
    const source = findSource(url);
    if (source) own.push([`${url}:${site.getLineNumber()}:${site.getColumnNumber()}`, source, site]);
  }
  const [inner, outer] = [own[0], own.at(-1)];
  if (!inner || !outer) return undefined;
  const key = `${inner[0]} ${outer[0]}`;
  if (known.size > mostKnown) known.clear();
  if (!known.has(key)) known.set(key, typed(inner, outer));
  return known.get(key);
}

/** A loop leaves thousands of tensors from one place. */
const known = new Map<string, Place | undefined>();
const mostKnown = 1000;

type Own = readonly [string, Source, NodeJS.CallSite];

function typed(inner: Own, outer: Own): Place | undefined {
  const [made, called] = [lineOf(inner), lineOf(outer)];
  if (!made) return undefined;
  const {name, text} = inner[1];
  const sameText = outer[1].name === name;
  const from = !called || (sameText && called === made) ? '' : ` (from ${sameText ? `line ${called}` : `${outer[1].name}:${called}`})`;
  return {text: `${name}:${made}${from}`, code: (text.split(/\r?\n/)[made - 1] ?? '').trim()};
}

const lineOf = ([, source, site]: Own): number | undefined => source.position(site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0)?.line;
