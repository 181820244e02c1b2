import {homedir} from 'node:os';
import {join} from 'node:path';

/** Where Jupyter keeps what belongs to the user: kernelspecs, our history. */
export function userDataFolder(): string {
  const {JUPYTER_DATA_DIR: own, APPDATA: roaming, XDG_DATA_HOME: xdg} = process.env;
  if (own) return own;
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Jupyter');
  if (process.platform === 'win32') return join(roaming ?? join(homedir(), 'AppData', 'Roaming'), 'jupyter');
  return join(xdg || join(homedir(), '.local', 'share'), 'jupyter');
}
