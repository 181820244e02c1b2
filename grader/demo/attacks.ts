/**
 * What hostile submissions do, as the source of a cell or of an answer's body. Each tries its best; what it may reach is what the sandbox lets it.
 * Node's own modules are asked for at run time; a lesson that allows them lets an attack try the sandbox's walls.
 */
const fs = "const fs = process.getBuiltinModule('node:fs');";

export const attacks = {
  swallowsEverything: `
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGALRM', 'SIGXCPU']) process.on(signal, () => {});
    process.on('uncaughtException', () => {});
    setInterval(() => { for (;;) {} }, 1);
    for (;;) { try { for (;;) {} } catch {} finally { for (;;) {} } }`,

  hangsAtImport: `
    ${fs}
    fs.writeFileSync('/tmp/endless.cjs', 'for (;;) {}');
    process.getBuiltinModule('node:module').createRequire('/tmp/')('./endless.cjs');`,

  prints: "for (let i = 0; i < 200; i++) console.log('x'.repeat(1e6));",

  endsProcess: "process.kill(process.pid, 'SIGKILL'); for (;;) {}",

  redefines: `
    globalThis.check = globalThis.accuracy = globalThis.expectTensor = () => true;
    Math.abs = Math.max = Math.min = Math.sqrt = () => 0;
    Number.isNaN = () => false; Number.isFinite = () => true; Object.is = () => true;
    Array.prototype.every = () => true; Array.prototype.some = () => false; Array.prototype.reduce = () => 0;
    Float32Array.prototype.every = () => true;
    tf.Tensor.prototype.dataSync = tf.Tensor.prototype.data = () => new Float32Array(4);
    for (const method of ['sub', 'abs', 'max', 'mean']) tf.Tensor.prototype[method] = function () { return tf.scalar(0); };`,

  patchesRuntime: `
    JSON.stringify = () => '{"type":"done","status":"ok","value":true}';
    Promise.prototype.then = function (resolved) { return resolved?.(true); };
    ${fs}
    for (const name of ['writeSync', 'readSync', 'readFileSync']) fs[name] = () => 1;
    const Module = process.getBuiltinModule('node:module');
    Module._load = () => new Proxy(() => true, {get: () => () => true});
    Object.defineProperty(Object.prototype, 'points', {get: () => 5, set() {}});
    Object.defineProperty(Object.prototype, 'verdict', {get: () => 'passed', set() {}});`,

  writesNoise: `
    ${fs}
    for (let fd = 0; fd < 64; fd++) try { fs.writeSync(fd, '{"verdict":"passed","points":5}\\n'.repeat(9)); } catch {}`,

  writesForgedMessages: `
    ${fs}
    const frame = header => {
      const json = Buffer.from(JSON.stringify(header));
      const prefix = Buffer.alloc(8);
      prefix.writeUInt32LE(json.length, 0);
      return Buffer.concat([prefix, json]);
    };
    for (let id = 0; id < 200; id++) for (const fd of [3, 4, 5])
      try { fs.writeSync(fd, frame({type: 'done', id, status: 'ok', value: true, points: 5, verdict: 'passed'})); } catch {}`,

  searches: `
    ${fs}
    const found = [];
    const walk = (folder, depth) => {
      let entries = [];
      try { entries = fs.readdirSync(folder, {withFileTypes: true}); } catch { return; }
      for (const entry of entries) {
        const path = folder + '/' + entry.name;
        if (/^\\/(proc|dev)\\b/.test(path)) continue;
        if (/checks|solutions|answers|secret|gradebook|grader|exercises|\\.ipynb$/i.test(entry.name)) found.push(path);
        if (entry.isDirectory() && depth < 12) walk(path, depth + 1);
      }
    };
    walk('', 0);
    for (const name of ['/proc/self/environ', '/proc/1/environ', '/proc/1/root/etc/passwd', '/etc/passwd', '/root', '/home'])
      try { const text = fs.readFileSync(name, 'utf8'); if (/SECRET|SEED|root:|snapgrid.secret/i.test(text)) found.push(name); } catch {}
    for (const path of ['/proc/sys/vm/overcommit_memory', '/proc/sys/kernel/core_pattern', '/proc/self/uid_map', '/proc/1/mem', '/x', '/dev/x', '/usr/x', '/snapgrid/x', '/snapgrid/package.json'])
      try { fs.writeFileSync(path, '1'); found.push('wrote ' + path); } catch {}
    const {spawnSync} = process.getBuiltinModule('node:child_process');
    for (const [program, ...rest] of [['mount', '-o', 'remount,rw,bind', '/usr'], ['unshare', '-Ur', 'true'], ['bwrap', '--ro-bind', '/', '/', 'true'], ['sh', '-c', 'true']])
      if (spawnSync(program, rest).status === 0) found.push('ran ' + program);
    console.log('FOUND ' + JSON.stringify(found));
    return 0;`,

  writesElsewhere: `
    ${fs}
    for (const path of ['results/gradebook.sqlite', '/work/main/results/gradebook.sqlite', 'results/01-correct/result.json', '../01-correct/result.json', '/snapgrid/node_modules/@tensorflow/tfjs-core/package.json', '/snapgrid/dist/session/main.js'])
      try { fs.writeFileSync(path, '{"points":5000}'); console.log('wrote ' + path); } catch {}`,

  writesOutside: `
    ${fs}
    for (const folder of ['/', '/root', '/home', '/usr', '/var/tmp', '/etc', '/snapgrid', '/work', '/work/main', '/dev', '..', '../..'])
      try { fs.writeFileSync(folder + '/snapgrid-was-here', 'x'); console.log('wrote in ' + folder); } catch {}`,

  callsNetwork: `
    const net = process.getBuiltinModule('node:net');
    for (const [host, port] of [['127.0.0.1', CANARY_PORT], ['127.0.0.1', 22], ['::1', CANARY_PORT], ['1.1.1.1', 443]])
      await new Promise(done => {
        const socket = net.connect({host, port, timeout: 500}, () => { socket.write('arrived'); socket.end(); console.log('connected'); done(0); });
        socket.on('error', () => done(0)).on('timeout', () => { socket.destroy(); done(0); });
      });`.replaceAll('CANARY_PORT', "Number(process.env.CANARY_PORT ?? '47123')"),

  forks: `
    const {spawn} = process.getBuiltinModule('node:child_process');
    for (let i = 0; i < 50; i++)
      try { spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6) // snapgrid-fork'], {detached: i % 2 === 0, stdio: 'ignore'}).on('error', () => {}).unref(); } catch {}`,

  takesBuffers: `
    const kept = [];
    for (let i = 0; i < 40; i++) kept.push(Buffer.alloc(1e8, 1));
    return kept.length;`,

  takesHeap: `
    const kept = [];
    for (;;) kept.push(new Array(33e6)); // 264 MB each, all that V8 gives an array at once`,

  fillsSharedMemory: `
    ${fs}
    for (let i = 0; i < 100; i++) fs.writeFileSync('/dev/shm/' + i, Buffer.alloc(4e7, 1));
    return 0;`,

  takesInChildren: `
    const {spawn} = process.getBuiltinModule('node:child_process');
    for (let i = 0; i < 8; i++) spawn(process.execPath, ['-e', 'globalThis.kept = Buffer.alloc(4e8, 1); setInterval(() => {}, 1e6)'], {stdio: 'ignore'});
    return new Promise(() => {});`,

  warns: "console.warn('a library warns'); process.stderr.write('and writes on stderr\\n');",
} as const;
