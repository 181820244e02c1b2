import {afterEach, expect, it, vi} from 'vitest';
import {sandboxFinding, sandboxStartFinding} from './host.ts';

afterEach(() => vi.unstubAllGlobals());

it.each(['darwin', 'win32'])('says on %s that there is no sandbox, and where and how grading works all the same', async platform => {
  vi.stubGlobal('process', Object.create(process, {platform: {value: platform}}));
  expect(await sandboxFinding()).toEqual({
    what: 'Grading sandbox',
    essential: false,
    state: 'missing',
    detail: 'bubblewrap is for Linux',
    advice: expect.stringMatching(/grade on Linux or in WSL or a container, or accept --isolation process for learners you trust/),
  });
  expect(await sandboxStartFinding()).toBe(undefined);
});
