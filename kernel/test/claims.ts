import {spawn} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {pythonArguments, pythonPath} from './python.ts';

/** Every function `test_…` of a script is a claim; a test file makes a test of each. */
export function claimsOf(script: string): string[] {
  const source = readFileSync(new URL(script, import.meta.url), 'utf8');
  return [...source.matchAll(/^def (test_\w+)\(/gm)].map(match => match[1]!);
}

/** Runs a script's claims one after another in one Python, from the first that is asked about; gives what is wrong with a claim, '' when it holds. */
export function claimsChecker(script: string): (claim: string) => Promise<string> {
  let results: AsyncIterator<{name: string; error: string | null}> | undefined;
  return async claim => {
    results ??= run(script, claim);
    for (;;) {
      const {value, done} = await results.next();
      if (done) return `Expected a line of JSON about ${claim}, got none: ${String(value)}`;
      if (value.name === claim) return value.error ?? '';
    }
  };
}

/** Gives each claim's result as it comes, from `first` on, and in the end what the script wrote on stderr. */
async function* run(script: string, first: string): AsyncGenerator<{name: string; error: string | null}, string> {
  const claims = claimsOf(script);
  const {args, env} = pythonArguments(script, claims.slice(claims.indexOf(first)));
  const child = spawn(pythonPath(), args, {env, stdio: ['ignore', 'pipe', 'pipe']});
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  for await (const line of createInterface({input: child.stdout}))
    if (line.startsWith('{')) yield JSON.parse(line) as {name: string; error: string | null};
  return stderr;
}
