import {once} from 'node:events';

let readerLeft = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  readerLeft = true;
});

/**
 * Writes to stdout and waits while whoever reads it is slower: what is printed piece by piece is not gathered here.
 * A reader who has had enough (`| head`) is no fault: what comes after that is for nobody.
 */
export async function print(text: string): Promise<void> {
  if (readerLeft || process.stdout.write(text)) return;
  await once(process.stdout, 'drain').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}
