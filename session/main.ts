import {start} from './life/start.ts';

start(process.argv[2]);
