import {existsSync} from 'node:fs';
import {delimiter, join} from 'node:path';

/** How to get one. */
export const chromiumAdvice = 'no Chromium found: apt install chromium, or set CHROMIUM to the path of one';

/** A Chromium that is on this machine already: the tests download none. */
export function findChromium(): string | undefined {
  const named = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap(folder => named.map(name => join(folder, name)));
  const elsewhere = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];
  return [process.env['CHROMIUM'], ...onPath, ...elsewhere].find(path => path !== undefined && path !== '' && existsSync(path));
}
