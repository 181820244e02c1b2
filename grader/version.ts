import {readFileSync} from 'node:fs';
import {join} from 'node:path';

/** The grader's version: the project's. */
export function graderVersion(root: string): string {
  return (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {version: string}).version;
}
