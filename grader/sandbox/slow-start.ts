/** Why sandboxes start more slowly here than they could. Everything works all the same. */
export interface SlowStart {
  readonly reason: string;
  /** What to do about it. */
  readonly advice: string;
}

/** What could not be made of a runtime folder, in words. */
export function slowStart(what: 'one file of the session' | 'code that V8 keeps', cause: unknown, folder: string): SlowStart {
  const said = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]!;
  const missing = /cannot find (package|module) '?rolldown|'rolldown' imported/i.test(said);
  return {
    reason: `${what} could not be made: ${missing ? 'the package rolldown is not installed' : said}`,
    advice: missing ? 'npm install, without --omit=dev' : `remove ${folder} and grade again: it is then tried once more`,
  };
}

/** One line, for a terminal. */
export function slowStartWords({reason, advice}: SlowStart): string {
  return `Sandboxes start slowly here, and grade rightly: ${reason}. To mend it: ${advice}.`;
}
