import {existsSync} from 'node:fs';
import {rm, stat} from 'node:fs/promises';
import {dirname} from 'node:path';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {howToGetBubblewrap} from './bubblewrap.ts';
import {requireSandbox, sandboxPlan} from './plan.ts';
import {findProgram} from './programs.ts';
import {projectFolder} from './project.fixture.ts';
import {prepareRuntime, type Runtime} from './runtime.ts';
import {TestClass} from '../test/class.ts';
import {gradedSmallLesson, smallSolved} from '../test/small-lesson.ts';

// What they make is not needed here.
vi.mock('./bundle.ts', async original => ({...(await original<object>()), bundleSession: async () => undefined}));
vi.mock('./warm-up.ts', async original => ({...(await original<object>()), warmUp: async () => undefined}));
vi.mock('./programs.ts', async original => {
  const own = await original<{findProgram: typeof findProgram}>();
  return {findProgram: vi.fn<typeof findProgram>(own.findProgram)};
});

const asRoot = process.getuid?.() === 0;
const bubblewrap = findProgram('bwrap') !== undefined;

describe('a runtime folder', () => {
  const made: string[] = [];
  afterEach(async () => {
    vi.unstubAllGlobals();
    for (const folder of made.splice(0)) await rm(folder, {recursive: true, force: true});
  });

  const prepare = async (mode: number): Promise<{root: string; runtime: Runtime}> => {
    const root = await projectFolder(mode);
    made.push(root);
    const runtime = await prepareRuntime(root, 'cpu');
    made.push(runtime.folder, `${runtime.folder}.native.json`);
    return {root, runtime};
  };

  it('lies in the project, where everybody gets to it', async () => {
    const {root, runtime} = await prepare(0o755);
    expect(runtime.folder.startsWith(`${root}/`)).toBe(true);
  });

  it.runIf(asRoot)("of a project that only root gets to lies where the sandbox's user can read it", async () => {
    const {root, runtime} = await prepare(0o700);
    expect(runtime.folder.startsWith(root)).toBe(false);
    for (let at = runtime.folder; at !== dirname(at); at = dirname(at)) expect([at, (await stat(at)).mode & 0o005]).toEqual([at, 0o005]);
  });

  it.runIf(asRoot && bubblewrap)("that the sandbox's user cannot read is refused, with what to do", async () => {
    const open = await projectFolder(0o755);
    made.push(open);
    const plan = await sandboxPlan({lesson: gradedSmallLesson, isolation: 'bubblewrap', root: open});
    await expect(requireSandbox(plan)).resolves.toBeUndefined();
    const closed = await projectFolder(0o700);
    made.push(closed);
    const mounts = plan.runtime.mounts.map(mount => (mount.to === '/snapgrid' ? {...mount, from: `${closed}/dist`} : mount));
    const unreadable = {...plan, runtime: {...plan.runtime, mounts}};
    await expect(requireSandbox(unreadable)).rejects.toThrow(
      /Expected a sandbox for code that nobody checked, got: .*Permission denied.*who must be able to read that path: install Node and the project where everybody/s,
    );
    await expect(requireSandbox({...unreadable, isolation: 'process'})).resolves.toBeUndefined();
  });

  it('is made on macOS and Windows, too, where neither prlimit nor ldd is: for --isolation process', async () => {
    const own = vi.mocked(findProgram).getMockImplementation()!;
    vi.mocked(findProgram).mockReturnValue(undefined);
    for (const platform of ['darwin', 'win32'] as const) {
      vi.stubGlobal(
        'process',
        Object.create(process, {platform: {value: platform}, getuid: {value: platform === 'win32' ? undefined : () => 501}}),
      );
      const {root, runtime} = await prepare(0o755);
      expect([runtime.folder.startsWith(`${root}/`), runtime.mounts]).toEqual([true, []]);
    }
    vi.mocked(findProgram).mockImplementation(own);
  });
});

it('nothing is graded, and nothing written, where bubblewrap is missing and nobody said that it may be', async () => {
  const one = await TestClass.make({ada: smallSolved});
  // What this makes without the bundle must not become the project's own.
  const root = await projectFolder(0o755);
  const own = vi.mocked(findProgram).getMockImplementation()!;
  vi.mocked(findProgram).mockImplementation(name => (name === 'bwrap' ? undefined : own(name)));
  try {
    await expect(one.grade({root})).rejects.toThrow(
      /got: bubblewrap .* is not installed\. Install bubblewrap 0\.8 or later .*--isolation process/,
    );
    expect(existsSync(one.results)).toBe(false);
  } finally {
    vi.mocked(findProgram).mockImplementation(own);
    await one.remove();
    await rm(root, {recursive: true});
  }
});

describe('what to do about a sandbox that does not work', () => {
  it.each([
    ['bubblewrap (the program bwrap) is not installed', /apt-get install bubblewrap/],
    ['bubblewrap is too old: bwrap: Unknown option --disable-userns', /Install bubblewrap 0\.8 or later/],
    [
      'bubblewrap could not make a sandbox: bwrap: setting up uid map: Permission denied',
      /doctor says how to allow it.*--isolation process/,
    ],
    ["bubblewrap could not make a sandbox: bwrap: Can't find source path /root/.nvm/node: Permission denied", /read that path/],
  ])('%s', (problem, advice) => {
    expect(howToGetBubblewrap(problem)).toMatch(advice);
  });
});
