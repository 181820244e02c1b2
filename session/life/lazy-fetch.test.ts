import {expect, it} from 'vitest';
import {loadFetchWhole} from './lazy-fetch.ts';
import {Shared} from './shared.ts';
import {openLoading} from './whole.ts';

it.each(['fetch', 'Response'])('an interrupt leaves alone what Node loads when a cell first uses %s', async used => {
  const shared = new Shared();
  openLoading(shared);
  const descriptors = Object.getOwnPropertyDescriptors(globalThis);
  const {Response} = globalThis;
  const loading: unknown[] = [];
  const get = (): unknown => (loading.push(shared.loading), Response);
  Object.defineProperty(globalThis, 'Response', {get, configurable: true});
  try {
    loadFetchWhole();
    if (used === 'fetch') await expect(fetch('http://127.0.0.1:1/')).rejects.toThrow('fetch failed');
    else expect(globalThis.Response).toBe(Response);
    expect(loading).toEqual(['package']);
    expect(shared.loading).toBeUndefined();
  } finally {
    for (const name of ['Response', 'Request', 'Headers', 'FormData', 'WebSocket', 'fetch'] as const)
      if (descriptors[name]) Object.defineProperty(globalThis, name, descriptors[name]);
  }
});
