import {statfsSync} from 'node:fs';

/** Of linux/magic.h: a file system that lies in memory. */
const tmpfs = 0x0102_1994;

/**
 * How many files lie in a folder that process `pid` sees, where that is a file system in memory of `bytes`; 0 where it is none or cannot be seen.
 * A file takes a kilobyte of the kernel's memory even when it is empty, which no size of a file system counts.
 */
export function filesHeld(pid: number, folder: string, bytes: number): number {
  try {
    const {type, blocks, bsize, files, ffree} = statfsSync(`/proc/${pid}/root${folder}`);
    // Until bubblewrap has made its own, a process sees this machine's.
    return type === tmpfs && blocks * bsize === bytes ? files - ffree : 0;
  } catch {
    return 0; // it has ended
  }
}
