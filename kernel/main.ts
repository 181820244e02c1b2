import {setFlagsFromString} from 'node:v8';
import {startSession} from './execution/session-child.ts';
import {bindSockets} from './protocol/bound-sockets.ts';
import {readConnectionFile} from './protocol/connection-file.ts';

// What a kernel does is little, some thousands of times: V8's optimizer would work beside the first five hundred cells and gain nothing.
const [major = 0] = process.versions.node.split('.').map(Number);
setFlagsFromString(major < 22 ? '--interrupt-budget=1000000' : '--invocation-count-for-turbofan=50000');

const [connectionFile] = process.argv.slice(2);
if (!connectionFile) {
  console.error(
    'Expected the path of a connection file; Jupyter gives it: npx snapgrid kernel install, then choose "TypeScript (snapgrid)"',
  );
  process.exit(2);
}
const info = readConnectionFile(connectionFile);
// What takes longest comes first. A client that finds no socket tries again a tenth of a second later, or two.
const session = startSession(process.cwd());
const sockets = await bindSockets(info);
const {startKernel} = await import('./kernel.ts');
startKernel(info, session, sockets);
