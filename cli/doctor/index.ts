import {stripVTControlCharacters, styleText} from 'node:util';
import {browserFinding, sandboxFinding, sandboxStartFinding} from './host.ts';
import {compilerFinding, jupyterFinding, nodeFinding, packagesFinding, pythonFinding, tensorsFinding} from './own.ts';

/** One line of what `doctor` says. */
export interface Finding {
  readonly what: string;
  /** `later`: the first `npm start` brings it. */
  readonly state: 'there' | 'later' | 'missing';
  /** Its version, or what is wrong. */
  readonly detail: string;
  /** How to get it; '' when it is there. */
  readonly advice: string;
  /** Notebooks cannot run without it. */
  readonly essential: boolean;
}

export async function examine(): Promise<readonly Finding[]> {
  const python = await pythonFinding();
  // One after the other where they build on each other, the rest at once.
  const findings = await Promise.all([
    nodeFinding(),
    packagesFinding(),
    python,
    jupyterFinding(python),
    compilerFinding(),
    tensorsFinding(),
    sandboxFinding(),
    sandboxStartFinding(),
    browserFinding(),
  ]);
  return findings.filter(finding => finding !== undefined);
}

const marks = {there: '✓', later: '·', missing: '✗'} as const;
const colors = {there: 'green', later: 'yellow', missing: 'red'} as const;

export function formatFindings(findings: readonly Finding[], color: boolean = Boolean(process.stdout.isTTY)): string {
  const width = Math.max(...findings.map(({what}) => what.length));
  const lines = findings.flatMap(({what, state, detail, advice}) => [
    `${styleText(colors[state], marks[state])} ${what.padEnd(width)}  ${detail}`,
    ...(advice ? [`  ${' '.repeat(width)}  → ${advice}`] : []),
  ]);
  const blocking = findings.filter(({state, essential}) => essential && state === 'missing').map(({what}) => what);
  const waiting = findings.some(({state}) => state === 'later');
  const verdict = blocking.length
    ? `Notebooks cannot run here yet: ${blocking.join(' and ')} ${blocking.length > 1 ? 'are' : 'is'} missing.`
    : `Notebooks run here${waiting ? '; `npm start` sets up what is marked with ·' : ''}.`;
  const text = [...lines, '', verdict].join('\n');
  return color ? text : stripVTControlCharacters(text);
}
