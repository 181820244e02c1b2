import {readFileSync} from 'node:fs';
import {describe, expect, it} from 'vitest';
import {runPython} from './python.ts';

/** Every function of protocol_tests.py is a claim; here each becomes a test of its own. */
const source = readFileSync(new URL('protocol_tests.py', import.meta.url), 'utf8');
const claims = [...source.matchAll(/^def (test_\w+)\(/gm)].map(match => match[1]!);

describe('spoken to by jupyter_client', () => {
  it.each(claims)('%s', {timeout: 120_000}, async claim => {
    const {stdout, stderr} = await runPython('protocol_tests.py', [claim]);
    const line = stdout.split('\n').find(text => text.startsWith('{'));
    expect(line, stderr).toBeDefined();
    const {error} = JSON.parse(line!) as {error: string | null};
    expect(error ?? '').toBe('');
  });
});
