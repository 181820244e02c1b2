import {findSource, type Source} from '../evaluate/sources.ts';

/** Where a tensor was made, in what the learner typed. */
export interface Place {
  /** `In [4]:2` */
  readonly text: string;
  /** The cell's or file's name: `In [4]` */
  readonly source: string;
  readonly line: number;
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

/** The innermost frame that the learner wrote. */
export function placeOf(trace: Trace): Place | undefined {
  const {prepareStackTrace} = Error;
  Error.prepareStackTrace = (_error, sites) => sites;
  let sites: unknown;
  try {
    sites = trace.stack;
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
  for (const site of Array.isArray(sites) ? (sites as NodeJS.CallSite[]) : []) {
    const url = site.getScriptNameOrSourceURL();
    const source = url ? findSource(url) : undefined;
    if (!source) continue;
    const key = `${url}:${site.getLineNumber()}:${site.getColumnNumber()}`;
    let place = known.get(key);
    if (!known.has(key)) {
      place = typed(source, site);
      if (known.size > mostKnown) known.clear();
      known.set(key, place);
    }
    if (place) return place;
  }
  return undefined;
}

/** A loop leaves thousands of tensors from one place. */
const known = new Map<string, Place | undefined>();
const mostKnown = 1000;

function typed(source: Source, site: NodeJS.CallSite): Place | undefined {
  const place = source.position(site.getLineNumber() ?? 0, site.getColumnNumber() ?? 0);
  if (!place) return undefined;
  const code = source.text.split(/\r?\n/)[place.line - 1] ?? '';
  return {text: `${source.name}:${place.line}`, source: source.name, line: place.line, code: code.trim()};
}
