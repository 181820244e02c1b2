import {rmSync} from 'node:fs';
import {Socket} from 'node:net';
import {Worker} from 'node:worker_threads';
import {FrameDecoder} from '../wire/frames.ts';
import type {Shared} from './shared.ts';

// Taken before any cell can replace it.
const {setTimeout} = globalThis;
const flushMs = 15;

/** What interrupts the main thread and sends the text that it does not come to send. */
export interface Control {
  /** Asks for printed text that waits to be sent soon. */
  later(): void;
  /** Calls `told` with the id of each request that was interrupted; with 0 when the main thread is to look what has come. */
  listen(told: (id: number) => void): void;
}

/** By the session's second thread, which is there for a busy main thread. */
export function controlByThread(shared: Shared, temporary: string, debuggable: boolean): Control {
  const thread = new Worker(new URL('./control.js', import.meta.url), {
    workerData: {memory: shared.memory, folder: temporary, debuggable},
    execArgv: [],
  });
  return {later: () => thread.postMessage(0), listen: told => void thread.on('message', told)};
}

/** By the main thread itself, whenever it is free. */
export function controlByItself(temporary: string, flush: () => void): Control {
  return {
    later: () => void setTimeout(flush, flushMs),
    listen(told) {
      const decoder = new FrameDecoder();
      new Socket({fd: 4, writable: false})
        .on('data', chunk => {
          for (const {header} of decoder.push(chunk))
            if (header['type'] === 'interrupt') for (const id of header['ids'] as number[]) told(id);
        })
        .on('error', () => {})
        .on('close', () => {
          rmSync(temporary, {recursive: true, force: true});
          process.kill(process.pid, 'SIGKILL');
        });
    },
  };
}
