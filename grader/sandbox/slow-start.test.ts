import {readFile, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest';
import {bundledProgram, bundleSession, plainProgram} from './bundle.ts';
import {projectFolder} from './project.fixture.ts';
import {prepareRuntime, type Runtime} from './runtime.ts';
import {slowStartWords} from './slow-start.ts';
import {warmUp} from './warm-up.ts';

// What they make is not needed to see what is said when they cannot make it.
vi.mock('./bundle.ts', async original => ({...(await original<object>()), bundleSession: vi.fn<typeof bundleSession>()}));
vi.mock('./warm-up.ts', async original => ({...(await original<object>()), warmUp: vi.fn<typeof warmUp>()}));

describe('a runtime folder', () => {
  let root: string;
  beforeEach(async () => {
    root = await projectFolder(0o755);
    vi.mocked(bundleSession).mockReset().mockResolvedValue();
    vi.mocked(warmUp).mockReset().mockResolvedValue();
  });
  afterEach(() => rm(root, {recursive: true}));

  const prepare = (): Promise<Runtime> => prepareRuntime(root, 'cpu');

  it('says nothing where the session is one file and V8 kept its code', async () => {
    expect((await prepare()).slow).toBe(undefined);
  });

  it('says that rolldown is missing, what to do, and says it again as long as the folder is used', async () => {
    vi.mocked(bundleSession).mockRejectedValue(new Error("Cannot find package 'rolldown' imported from /snapgrid/dist/bundle.js"));
    const first = await prepare();
    expect(first.program).toBe(plainProgram);
    expect(slowStartWords(first.slow!)).toBe(
      'Sandboxes start slowly here, and grade rightly: one file of the session could not be made: the package rolldown is not installed. To mend it: npm install, without --omit=dev.',
    );
    expect(warmUp).toHaveBeenCalledWith(expect.any(String), plainProgram, 'cpu', expect.any(String));
    expect((await prepare()).slow).toEqual(first.slow);
    expect(bundleSession).toHaveBeenCalledTimes(1);
  });

  it('names the folder to remove where V8 kept no code, and is fast again once it was removed', async () => {
    vi.mocked(warmUp).mockRejectedValueOnce(new Error('expected a session to keep code within 60 s, got none'));
    const {slow, folder} = await prepare();
    expect(slow?.reason).toBe('code that V8 keeps could not be made: expected a session to keep code within 60 s, got none');
    expect(slow?.advice).toContain(folder);
    expect(await readFile(`${folder}.slow.json`, 'utf8')).toContain('code that V8 keeps');
    await rm(folder, {recursive: true});
    expect((await prepare()).slow).toBe(undefined);
  });

  it('takes the bundled program where there is one', async () => {
    vi.mocked(bundleSession).mockImplementation(async half => {
      const {writeFile} = await import('node:fs/promises');
      await writeFile(join(half, bundledProgram), '');
    });
    expect(await prepare()).toMatchObject({program: bundledProgram, slow: undefined});
  });
});
