import {execFile} from 'node:child_process';
import {promisify} from 'node:util';
import {jupyterEnvironment} from '../cli/setup/jupyter.ts';
import {venvPython} from '../cli/setup/python.ts';
import {type Notebook, ownCourse, readLesson, solvedNotebook} from '../exercises/build/index.ts';

/** A lesson's notebook with its solution written in. */
export function solvedLesson(slug: string): Notebook {
  return solvedNotebook(readLesson(ownCourse.folder(slug)), ownCourse.solutions(slug).answers.source);
}

/** `jupyter nbconvert` of the project's own Jupyter. */
export async function nbconvert(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const env = {...process.env, ...jupyterEnvironment(), ...environment};
  await promisify(execFile)(venvPython, ['-m', 'jupyter', 'nbconvert', ...args], {env});
}
