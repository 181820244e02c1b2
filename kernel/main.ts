import {startKernel} from './kernel.ts';

const [connectionFile] = process.argv.slice(2);
if (!connectionFile) {
  console.error(
    'Expected the path of a connection file; Jupyter gives it: npx snapgrid kernel install, then choose "TypeScript (snapgrid)"',
  );
  process.exit(2);
}
await startKernel(connectionFile);
