import {existsSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {cacheFolder} from '../cache-folder.ts';
import {childFailed, runChild} from './child.ts';
import {requireSpace} from './free-space.ts';
import {hasStamp, writeWhole} from './stamp.ts';
import {CannotSetUp, type Step} from './step.ts';

export const venvFolder = join(cacheFolder, 'venv');
export const venvPython = process.platform === 'win32' ? join(venvFolder, 'Scripts', 'python.exe') : join(venvFolder, 'bin', 'python');
const stampFile = join(venvFolder, 'snapgrid-stamp');
const stamp = 'venv 1';

/** The project's own Python environment. */
export const pythonStep: Step = {
  name: 'python',
  title: 'Making a Python environment',
  needs: [],
  isDone: () => existsSync(venvPython) && hasStamp(stampFile, stamp),
  async run({signal, update}) {
    const python = await findPython(signal);
    if (!python.hasVenv) throw new CannotSetUp(venvAdvice(python));
    update(`Python ${python.version}`);
    // No temporary name here: an environment holds its own path. Without the stamp it is made anew.
    rmSync(venvFolder, {recursive: true, force: true});
    requireSpace({what: 'a Python environment', folder: venvFolder, megabytes: 30});
    const made = await runChild(python.command, ['-m', 'venv', venvFolder], {signal});
    if (made.code !== 0) throw childFailed(`${python.command} -m venv`, made);
    writeWhole(stampFile, stamp);
  },
};

export interface FoundPython {
  readonly command: string;
  /** `3.12.1` */
  readonly version: string;
  /** Debian and Ubuntu keep the part of `venv` that brings pip in a package of its own. */
  readonly hasVenv: boolean;
}

const names = ['python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.14', 'python3', 'python'];
const probe =
  'import sys, importlib.util as u; print("snapgrid", *sys.version_info[:3], all(u.find_spec(m) for m in ("venv", "ensurepip")))';

/** The first Python from 3.10 on that can make an environment, else the first at all. @throws CannotSetUp when there is none. */
export async function findPython(signal?: AbortSignal): Promise<FoundPython> {
  const chosen = process.env['SNAPGRID_PYTHON'];
  const old: string[] = [];
  let withoutVenv: FoundPython | undefined;
  for (const command of chosen ? [chosen] : names) {
    const {code, output} = await runChild(command, ['-c', probe], signal ? {signal} : {});
    const match = /^snapgrid (\d+) (\d+) (\d+) (True|False)$/m.exec(output);
    if (code !== 0 || !match) continue;
    const [major, minor, patch] = match.slice(1, 4).map(Number) as [number, number, number];
    const found = {command, version: `${major}.${minor}.${patch}`, hasVenv: match[4] === 'True'};
    if (major !== 3 || minor < 10) old.push(found.version);
    else if (found.hasVenv) return found;
    else withoutVenv ??= found;
  }
  if (withoutVenv) return withoutVenv;
  const got = chosen ? `SNAPGRID_PYTHON=${chosen}, which is not` : old.length ? `only ${old.join(', ')}` : 'none on the PATH';
  throw new CannotSetUp(`JupyterLab needs Python 3.10 or later, got ${got}. ${pythonAdvice()}`);
}

/** How to get Python on this system. */
function pythonAdvice(): string {
  const own = 'without root: `uv python install 3.12`, pyenv or Miniforge, then set SNAPGRID_PYTHON to its path';
  if (process.platform === 'darwin') return `Install it with \`brew install python@3.12\`, or ${own}.`;
  if (process.platform === 'win32') return `Install it with \`winget install Python.Python.3.12\`, or ${own}.`;
  return `Install it with \`apt install python3 python3-venv\` (or your system's package manager), or ${own}.`;
}

function venvAdvice({command, version}: FoundPython): string {
  const [major, minor] = version.split('.');
  return (
    `${command} (Python ${version}) cannot make environments: its venv module is incomplete. Install it with \`apt install python${major}.${minor}-venv\` (or \`apt install python3-venv\`); ` +
    'without root: `uv python install 3.12`, pyenv or Miniforge, then set SNAPGRID_PYTHON to its path.'
  );
}
