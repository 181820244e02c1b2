import {once} from 'node:events';

/** Writes to stdout and waits while whoever reads it is slower: what is printed piece by piece is not gathered here. */
export async function print(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
