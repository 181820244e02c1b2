import {existsSync, readdirSync, readFileSync} from 'node:fs';

/**
 * Ends what a killed grader left. Where it is killed while bubblewrap is still making a sandbox, the half that is to become the sandbox waits for the
 * other one, which has ended, for ever; nothing runs in it yet. Both began in a process group of the other one's: that this is gone tells it apart.
 */
export function endLeftBehind(runtime: string): void {
  if (process.platform !== 'linux') return;
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    if (read(pid, 'comm') !== 'bwrap\n' || !read(pid, 'cmdline').split('\0').includes(runtime)) continue;
    const [, , group] = read(pid, 'stat').split(') ').at(-1)!.split(' ');
    if (group === undefined || existsSync(`/proc/${group}`)) continue;
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended, or is another user's.
    }
  }
}

function read(pid: string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}
