const checkEveryMs = 1000;

/** Calls `gone` when the process that started this kernel dies: Jupyter gives its id in JPY_PARENT_PID. */
export function watchParent(gone: () => void): void {
  const parent = Number(process.env['JPY_PARENT_PID']);
  if (!Number.isInteger(parent) || parent <= 1) return;
  const isChild = process.ppid === parent;
  const timer = setInterval(() => {
    // A child whose parent died has a new one; of any other process, only whether it exists can be asked.
    if (isChild ? process.ppid === parent : exists(parent)) return;
    clearInterval(timer);
    gone();
  }, checkEveryMs);
  timer.unref();
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
