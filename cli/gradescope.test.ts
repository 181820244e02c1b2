import {Command} from 'commander';
import {afterEach, expect, it, vi} from 'vitest';
import {readAssignment} from '../grader/gradebook/assignment.ts';
import {runInGradescope} from '../grader/gradescope/run.ts';
import {slowStart} from '../grader/sandbox/slow-start.ts';
import {addGradescopeCommand} from './gradescope.ts';
import {graderContext} from './grader-context.ts';

vi.mock('../grader/gradescope/run.ts', () => ({
  runInGradescope: vi.fn<typeof runInGradescope>(),
  prepareForGradescope: undefined,
}));
vi.mock('../grader/gradebook/assignment.ts', async original => ({
  ...(await original<object>()),
  readAssignment: vi.fn<typeof readAssignment>(),
}));
// No secret is made for a test.
vi.mock('./grader-context.ts', () => ({graderContext: vi.fn<typeof graderContext>()}));
afterEach(() => vi.restoreAllMocks());

it('says why sandboxes start slowly, as `grade` does', async () => {
  vi.mocked(graderContext).mockResolvedValue({secret: '', graderVersion: '0', root: ''});
  vi.mocked(readAssignment).mockResolvedValue({lesson: '04', timezone: 'UTC', attempts: 'last', extraCredit: []});
  vi.mocked(runInGradescope).mockImplementation(async ({onSlowStart}) => {
    onSlowStart?.(slowStart('one file of the session', new Error("Cannot find package 'rolldown'"), '/cache'));
    return {score: 1, execution_time: 0, output: '', output_format: 'text', visibility: 'visible'};
  });
  const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.spyOn(console, 'log').mockReturnValue();
  const program = new Command();
  addGradescopeCommand(program);
  await program.parseAsync(['gradescope', '/autograder', '--lesson', '04', '--assignment', 'assignment.yaml'], {from: 'user'});
  expect(said.mock.calls.join('')).toMatch(/^Sandboxes start slowly here, and grade rightly: .*rolldown is not installed/);
});
