import {readFileSync} from 'node:fs';
import {runPython} from './python.ts';

/** Every function `test_…` of a script is a claim; a test file makes a test of each. */
export function claimsOf(script: string): string[] {
  const source = readFileSync(new URL(script, import.meta.url), 'utf8');
  return [...source.matchAll(/^def (test_\w+)\(/gm)].map(match => match[1]!);
}

/** What is wrong with a claim; '' when it holds. */
export async function whatFails(script: string, claim: string): Promise<string> {
  const {stdout, stderr} = await runPython(script, [claim]);
  const line = stdout.split('\n').find(text => text.startsWith('{'));
  if (!line) return `Expected a line of JSON about ${claim}, got none: ${stderr}`;
  return (JSON.parse(line) as {error: string | null}).error ?? '';
}
