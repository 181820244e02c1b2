import {expect, it} from 'vitest';
import {type Finding, formatFindings} from './index.ts';

const there: Finding = {what: 'Node', state: 'there', detail: '22.1.0', advice: '', essential: true};

it('names what is missing, how to get it, and whether notebooks can run', () => {
  const text = formatFindings(
    [there, {what: 'Python', state: 'missing', detail: 'not found', advice: 'apt install python3', essential: true}],
    false,
  );
  expect(text).toBe(
    '✓ Node    22.1.0\n✗ Python  not found\n          → apt install python3\n\nNotebooks cannot run here yet: Python is missing.',
  );
});

it('does not hold a missing sandbox against notebooks', () => {
  const text = formatFindings([there, {what: 'Sandbox', state: 'missing', detail: 'none', advice: 'get it', essential: false}], false);
  expect(text).toContain('Notebooks run here.');
});
