import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {runPython} from './python.ts';

/** Every function `test_…` of the script is a claim; here each becomes a test of its own. */
export function describeClaims(what: string, script: string): void {
  const source = readFileSync(new URL(script, import.meta.url), 'utf8');
  const claims = [...source.matchAll(/^def (test_\w+)\(/gm)].map(match => match[1]!);
  describe(what, () => {
    it.each(claims)('%s', {timeout: 120_000}, async claim => {
      const {stdout, stderr} = await runPython(script, [claim]);
      const line = stdout.split('\n').find(text => text.startsWith('{'));
      expect(line, stderr).toBeDefined();
      const {error} = JSON.parse(line!) as {error: string | null};
      expect(error ?? '').toBe('');
    });
  });
}
