import {canMakeMemoryGroups} from '../../grader/sandbox/memory-group.ts';
import {prepareRuntime} from '../../grader/sandbox/runtime.ts';
import {projectRoot} from '../../project/root.ts';
import {runChild} from '../setup/child.ts';
import type {Finding} from './index.ts';

const trial = ['--unshare-all', '--die-with-parent', '--ro-bind', '/', '/', '--proc', '/proc', '--dev', '/dev', 'true'];

/** Found by running it: where user namespaces are switched off, bubblewrap is installed and still cannot work. */
export async function sandboxFinding(): Promise<Finding> {
  const finding = {what: 'Grading sandbox', essential: false};
  if (process.platform !== 'linux') {
    return {
      ...finding,
      state: 'missing',
      detail: 'bubblewrap is for Linux',
      advice: 'grade on Linux or in WSL or a container, or accept --isolation process for learners you trust',
    };
  }
  const version = await runChild('bwrap', ['--version']);
  if (version.code !== 0)
    return {
      ...finding,
      state: 'missing',
      detail: 'bubblewrap not found',
      advice: 'apt install bubblewrap (dnf, pacman and apk name it the same)',
    };
  const tried = await runChild('bwrap', trial);
  const memory = canMakeMemoryGroups() ? 'memory bounded by control groups' : 'memory bounded by process and watched';
  if (tried.code === 0) return {...finding, state: 'there', detail: `${version.output.trim()}, ${memory}`, advice: ''};
  const said = tried.output.trim().split('\n').at(-1) ?? '';
  return {...finding, state: 'missing', detail: `${version.output.trim()} cannot make a sandbox: ${said}`, advice: namespaceAdvice(said)};
}

/** Prepares what the first grading would: that takes some seconds once, and shows what is missing. */
export async function sandboxStartFinding(): Promise<Finding | undefined> {
  if (process.platform !== 'linux') return undefined;
  const finding = {what: 'Sandbox start', essential: false};
  try {
    const {slow} = await prepareRuntime(projectRoot, 'cpu');
    if (!slow) return {...finding, state: 'there', detail: 'from one file, with the code that V8 kept', advice: ''};
    return {...finding, state: 'missing', detail: `slow: ${slow.reason}`, advice: slow.advice};
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {...finding, state: 'missing', detail, advice: 'make the project writable and run npx snapgrid doctor again'};
  }
}

function namespaceAdvice(said: string): string {
  if (/uid map|setting up|Operation not permitted|Permission denied|No permissions/i.test(said))
    return 'allow user namespaces: sysctl kernel.unprivileged_userns_clone=1, on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0; in a container: see docs/grading-in-containers.md';
  return 'run `bwrap --unshare-all --ro-bind / / true` to see why';
}

const browsers = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge', 'firefox'];
const macBrowsers = ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'];

/** JupyterLab opens in any browser, on this machine or over a tunnel; the tests of pages need a Chromium here. */
export async function browserFinding(): Promise<Finding> {
  const finding = {what: 'Browser', essential: false};
  for (const command of process.platform === 'darwin' ? [...macBrowsers, ...browsers] : browsers) {
    const {code, output} = await runChild(command, ['--version']);
    if (code === 0) return {...finding, state: 'there', detail: output.trim().split('\n').at(-1)!.trim(), advice: ''};
  }
  const advice =
    process.platform === 'darwin'
      ? 'brew install --cask chromium'
      : 'apt install chromium; or use the browser of another machine with npm start -- --no-browser';
  return {...finding, state: 'missing', detail: 'none found on the PATH', advice};
}
