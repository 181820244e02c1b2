import {readdirSync, readFileSync} from 'node:fs';

/**
 * Ends what a killed grader left. Where it is killed while bubblewrap is still making a sandbox, the half that is to become the sandbox waits for the
 * other one, which has ended, for ever; nothing runs in it yet. No parent of its own tells it apart from those of graders that run.
 */
export function endLeftBehind(runtime: string): void {
  if (process.platform !== 'linux') return;
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    if (nameOf(pid) !== 'bwrap' || !read(pid, 'cmdline').split('\0').includes(runtime)) continue;
    const parent = /^PPid:\s*(\d+)/m.exec(read(pid, 'status'))?.[1];
    if (parent === undefined || parents.has(nameOf(parent))) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended, or is another user's.
    }
  }
}

/** Bubblewrap's outer half, and Node, whose main thread has a name of its own in newer versions. */
const parents = new Set(['bwrap', 'node', 'MainThread']);

function nameOf(pid: string): string {
  return read(pid, 'comm').trim();
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
