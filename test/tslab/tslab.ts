import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {npmProgram, peerVersions} from '../../bench/peers.ts';
import {type Goldens, goldensFile, runNotebooks} from './notebooks.ts';

/** How tslab's kernel is started; it is installed into the project's cache, under a prefix of its own. */
export function tslabKernel(): readonly string[] {
  return [process.execPath, join(npmProgram('tslab', peerVersions.tslab), 'bin', 'tslab'), 'kernel', '--config-path', '{connection_file}'];
}

/** Records what tslab makes of the notebooks: `node dist/test/tslab/record.js`. */
export async function recordGoldens(): Promise<void> {
  const results = await runNotebooks(tslabKernel());
  const recorded = new Date().toISOString().slice(0, 10);
  const goldens: Goldens = {tslab: peerVersions.tslab, node: process.version, recorded, results};
  writeFileSync(goldensFile, `${JSON.stringify(goldens, null, 1)}\n`);
}
