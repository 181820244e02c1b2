import {writeCodeCache} from './code-cache.ts';
import {loadBackend} from './index.ts';

/** A program: loads the backend of SNAPGRID_BACKEND, runs what a course's answers run first, and keeps the code of it in SNAPGRID_CODE_CACHE. */
const {tf} = await loadBackend();
const x = tf.tensor2d([1, -2, 3, 4], [2, 2]);
x.abs().max().dataSync();
x.div(3).round().clipByValue(-1, 1).toInt().toFloat().mul(2).sub(x).add(1).mean().dataSync();
x.matMul(x).norm().dataSync();
tf.grads(at => at!.square().sum())([x]);
await x.data();
writeCodeCache(process.env['SNAPGRID_CODE_CACHE']!);
