/** Why a session died, for the person whose cell it ran. */
export interface Death {
  readonly name: string;
  /** What happened and what to change. */
  readonly message: string;
}

export interface DeathSigns {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The end of what it wrote on stderr. */
  readonly lastWords: string;
  /** What it sent that is no message of ours. */
  readonly broken?: string;
  /** The notebook's folder, when it is no more. */
  readonly missingFolder?: string;
}

const nativeFaults: Partial<Record<NodeJS.Signals, string>> = {
  SIGSEGV: 'touched memory that is not its own',
  SIGBUS: 'touched memory that is not there',
  SIGILL: 'ran an instruction that this processor does not have',
  SIGFPE: 'divided integers by zero',
  SIGABRT: 'gave up',
  SIGTRAP: 'gave up',
};

/** What is left to know of a process that has ended, in words. */
export function describeDeath({code, signal, lastWords, broken, missingFolder}: DeathSigns): Death {
  if (broken)
    return {
      name: 'SessionBroken',
      message: `${broken}. Something in this process wrote on, or closed, a descriptor that is not its own (3, 4 or 5); use stdout or a file.`,
    };
  if (/heap out of memory|Reached heap limit|invalid table size|Array buffer allocation failed.*fatal/i.test(lastWords))
    return {
      name: 'OutOfMemory',
      message:
        "JavaScript's heap is full. Keep less at once (dispose tensors, work in batches), or start Jupyter with NODE_OPTIONS=--max-old-space-size=8192 (MiB) for a larger heap.",
    };
  if (signal === 'SIGKILL')
    return {
      name: 'Killed',
      message:
        'The session was killed (SIGKILL), most likely because the machine or container ran out of memory. Keep less at once, or give it more memory.',
    };
  const fault = signal && nativeFaults[signal];
  if (fault)
    return {
      name: 'NativeFault',
      message: `Native code ${fault} (${signal}).${quote(lastWords)} Look at the last call into a native library (TensorFlow, an addon) and at the shapes it got.`,
    };
  if (signal) return {name: 'Killed', message: `The session was ended by ${signal} from outside. Run the cell again.`};
  if (code === null && missingFolder !== undefined)
    return {
      name: 'SessionNotStarted',
      message: `The notebook's folder ${missingFolder} is gone. Put it back, or save the notebook elsewhere and start its kernel anew.`,
    };
  if (code === null)
    return {name: 'SessionNotStarted', message: `Node could not be started at ${process.execPath}. Run "npx snapgrid doctor".`};
  return {
    name: 'SessionEnded',
    message: `The session's process exited with code ${code}.${quote(lastWords)} Throw an error to leave a cell early.`,
  };
}

function quote(lastWords: string): string {
  const [said = ''] = lastWords.split(/----- Native stack trace|<--- Last few GCs|Waiting for the debugger to disconnect/, 1);
  const lines = said.split('\n').map(text => text.replaceAll(/[^\x20-\x7e]/g, '').trim());
  const line = lines.find(text => /\berror\b|Error:|fatal|failed/i.test(text)) ?? lines.find(Boolean);
  return line ? ` It said: "${line.slice(0, 300)}".` : '';
}
