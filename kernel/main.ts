import {setFlagsFromString} from 'node:v8';
import {startKernel} from './kernel.ts';

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
await startKernel(connectionFile);
