import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {installKernel, kernelName, kernelStatus} from '../../kernel/install.ts';
import {projectRoot} from '../../project/root.ts';
import {cacheFolder} from '../cache-folder.ts';
import {childFailed, runChild} from './child.ts';
import {requireSpace} from './free-space.ts';
import {venvFolder, venvPython} from './python.ts';
import {hasStamp, stampOf, textOf, writeWhole} from './stamp.ts';
import type {Step} from './step.ts';

export const jupyterFolder = join(cacheFolder, 'jupyter');
const requirements = join(projectRoot, 'cli', 'setup', 'requirements');
const stampFile = join(venvFolder, 'snapgrid-jupyter');

/** JupyterLab, each package pinned by version and hash; with what the tests need if asked for. */
export function jupyterStep({forTests}: {readonly forTests: boolean}): Step {
  const stamps = (['jupyter.txt', 'jupyter-tests.txt'] as const).map(file => ({
    file,
    stamp: stampOf(file, textOf(join(requirements, file))),
  }));
  const [plain, tests] = stamps as [(typeof stamps)[0], (typeof stamps)[0]];
  return {
    name: 'jupyter',
    title: forTests ? 'Installing JupyterLab and the test packages' : 'Installing JupyterLab',
    needs: ['python'],
    // With the test packages everything of the plain list is there too.
    isDone: () => existsSync(venvPython) && (hasStamp(stampFile, tests.stamp) || (!forTests && hasStamp(stampFile, plain.stamp))),
    async run({signal, update}) {
      const {file, stamp} = forTests ? tests : plain;
      // Where it is there already, only what changed is added.
      requireSpace({what: 'JupyterLab', folder: venvFolder, megabytes: textOf(stampFile) ? 60 : 300});
      await installRequirements(join(requirements, file), signal, update);
      writeWhole(stampFile, stamp);
    },
  };
}

async function installRequirements(file: string, signal: AbortSignal, update: (detail: string) => void): Promise<void> {
  const pip = ['-m', 'pip', '--disable-pip-version-check', 'install', '--quiet', '--require-hashes', '-r'];
  update('getting uv');
  const uv = await runChild(venvPython, [...pip, join(requirements, 'uv.txt')], {signal});
  if (uv.code === 0) {
    update('downloading about 60 MB');
    const installed = await runChild(
      venvPython,
      ['-m', 'uv', 'pip', 'install', '--quiet', '--python', venvPython, '--require-hashes', '-r', file],
      {signal},
    );
    if (installed.code === 0) return;
  }
  // pip knows the user's own mirror and proxy settings, uv does not.
  update('with pip');
  const installed = await runChild(venvPython, [...pip, file], {signal});
  if (installed.code !== 0) throw childFailed('Installing JupyterLab', installed);
}

const kernelspec = join(jupyterFolder, 'data', 'kernels', kernelName);

/** The kernel where only our JupyterLab looks. */
export const kernelStep: Step = {
  name: 'kernel',
  title: 'Adding the TypeScript kernel',
  needs: [],
  isDone: () => kernelStatus({folder: kernelspec}).state === 'current',
  run: async () => installKernel({folder: kernelspec}),
};

const overridesFile = join(venvFolder, 'share', 'jupyter', 'lab', 'settings', 'overrides.json');
const overrides = JSON.stringify(
  {'@jupyterlab/apputils-extension:notification': {fetchNews: 'false', checkForUpdates: false}},
  undefined,
  2,
);

/** JupyterLab asks nobody whether it may fetch news. */
export const settingsStep: Step = {
  name: 'settings',
  title: "Writing JupyterLab's settings",
  needs: ['jupyter'],
  isDone: () => textOf(overridesFile) === overrides,
  run: async () => writeWhole(overridesFile, overrides),
};

/** The project's own folders: neither the user's settings nor their kernels are read or written. */
export function jupyterEnvironment(): Record<string, string> {
  return {
    JUPYTER_CONFIG_DIR: join(jupyterFolder, 'config'),
    JUPYTER_DATA_DIR: join(jupyterFolder, 'data'),
    JUPYTER_RUNTIME_DIR: join(jupyterFolder, 'runtime'),
    JUPYTERLAB_SETTINGS_DIR: join(jupyterFolder, 'lab', 'settings'),
    JUPYTERLAB_WORKSPACES_DIR: join(jupyterFolder, 'lab', 'workspaces'),
    JUPYTER_PREFER_ENV_PATH: '1',
    IPYTHONDIR: join(jupyterFolder, 'ipython'),
  };
}
