import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {projectRoot} from '../../project/root.ts';
import {runChild} from '../setup/child.ts';
import {findPython, venvPython} from '../setup/python.ts';
import {compilerAdvice, findCompiler, hasNvidiaDriver} from '../setup/tensorflow.ts';
import type {Finding} from './index.ts';

export function nodeFinding(): Finding {
  return {what: 'Node', state: 'there', detail: process.versions.node, advice: '', essential: true};
}

/** This program runs only where they are; the count helps in a bug report. */
export function packagesFinding(): Finding {
  const file = join(projectRoot, 'node_modules', '.package-lock.json');
  const count = existsSync(file) ? Object.keys((JSON.parse(readFileSync(file, 'utf8')) as {packages: object}).packages).length : 0;
  return {what: 'npm packages', state: 'there', detail: count ? `${count} installed` : 'installed', advice: '', essential: true};
}

export async function pythonFinding(): Promise<Finding> {
  const finding = {what: 'Python', essential: true};
  // The project's own environment is what counts once it is there.
  const own = existsSync(venvPython) ? await runChild(venvPython, ['--version']) : undefined;
  if (own?.code === 0)
    return {...finding, state: 'there', detail: `${own.output.trim().replace('Python ', '')} in .snapgrid/venv`, advice: ''};
  try {
    const {command, version, hasVenv} = await findPython();
    if (hasVenv) return {...finding, state: 'there', detail: `${version} (${command})`, advice: ''};
    const minor = version.split('.').slice(0, 2).join('.');
    return {
      ...finding,
      state: 'missing',
      detail: `${version} (${command}), but its venv module is incomplete`,
      advice: `apt install python${minor}-venv (or python3-venv)`,
    };
  } catch (error) {
    return {
      ...finding,
      state: 'missing',
      detail: '3.10 or later not found',
      advice: error instanceof Error ? error.message : String(error),
    };
  }
}

export async function jupyterFinding(python: Finding): Promise<Finding> {
  const finding = {what: 'JupyterLab', essential: true};
  const found = existsSync(venvPython) ? await runChild(venvPython, ['-c', 'import jupyterlab; print(jupyterlab.__version__)']) : undefined;
  if (found?.code === 0) return {...finding, state: 'there', detail: found.output.trim(), advice: ''};
  if (python.state === 'missing') return {...finding, state: 'missing', detail: 'needs Python', advice: ''};
  return {...finding, state: 'later', detail: 'not installed yet', advice: 'npm start installs it into .snapgrid/venv'};
}

export async function compilerFinding(): Promise<Finding> {
  const compiler = await findCompiler();
  const finding = {what: 'C++ compiler', essential: false};
  if (compiler) return {...finding, state: 'there', detail: compiler.version, advice: ''};
  return {...finding, state: 'missing', detail: 'without it tensors run on WebAssembly, slower', advice: compilerAdvice()};
}

/** Loads the backend in a process of its own: a library that crashes must not take the doctor with it. */
export async function tensorsFinding(): Promise<Finding> {
  const finding = {what: 'Tensors', essential: true};
  const module = JSON.stringify(new URL('../../backend/index.js', import.meta.url).href);
  const program = `const {name, description} = await (await import(${module})).loadBackend(); process.stdout.write('snapgrid ' + JSON.stringify({name, description}) + '\\n');`;
  const {output} = await runChild(process.execPath, ['--input-type=module', '-e', program]);
  const line = /^snapgrid (.*)$/m.exec(output)?.[1];
  if (!line) return {...finding, state: 'missing', detail: 'no backend loads', advice: output.trim().split('\n').at(-1) ?? ''};
  const {name, description} = JSON.parse(line) as {name: string; description: string};
  const gpu =
    hasNvidiaDriver() && !description.includes('GPU')
      ? 'An NVIDIA driver is here, but TensorFlow does not use its GPU: npx snapgrid setup'
      : '';
  return {
    ...finding,
    state: 'there',
    detail: description,
    advice: name === 'tensorflow' ? gpu : 'npx snapgrid setup gets TensorFlow where this machine can run it',
  };
}
