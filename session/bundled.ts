import {createRequire} from 'node:module';
import {withCodeCache} from '../backend/code-cache.ts';

/** A program: main.ts where all of it is one file, with what V8 made of that file before. A sandbox then starts in two thirds of the time. */
const require = createRequire(import.meta.url);
const {start, importBy} = withCodeCache(() => require('./session.cjs') as typeof import('./bundle.ts'));
// Node hands them to whoever asks, and each would load any module for a cell, whatever the lesson allows.
for (const path of Object.keys(require.cache)) delete require.cache[path];
Reflect.set(process, 'mainModule', undefined);
importBy(async url => (await import(url)) as object);
start(process.argv[2]);
