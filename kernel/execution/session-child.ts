import {type ChildProcess, spawn} from 'node:child_process';
import {sessionCommand} from '../../session/wire/options.ts';

/** A session's process in a notebook's folder. */
export interface SessionChild {
  readonly folder: string;
  readonly process: ChildProcess;
}

/** Starts a session, which takes longer than all the rest of a kernel's start: nothing else is loaded before. */
export function startSession(folder: string): SessionChild {
  const {args} = sessionCommand({folder, display: true, comms: true, memory: true, person: true, debugger: true});
  const child = spawn(process.execPath, args, {cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe', 'pipe']});
  child.on('error', () => {}); // it has no id, or its end says it
  return {folder, process: child};
}

/** Whether it has neither ended nor failed to start. */
export const isRunning = ({process: {pid, exitCode, signalCode}}: SessionChild): boolean =>
  pid !== undefined && exitCode === null && signalCode === null;
