import {isAlive} from '../project/alive.ts';

const checkEveryMs = 1000;

/** Calls `gone` when the process that started this kernel dies: Jupyter gives its id in JPY_PARENT_PID. */
export function watchParent(gone: () => void): void {
  const parent = Number(process.env['JPY_PARENT_PID']);
  if (!Number.isInteger(parent) || parent <= 1) return;
  const isChild = process.ppid === parent;
  const timer = setInterval(() => {
    // A child whose parent died has a new one; of any other process, only whether it exists can be asked.
    if (isChild ? process.ppid === parent : isAlive(parent)) return;
    clearInterval(timer);
    gone();
  }, checkEveryMs);
  timer.unref();
}
