import {endlessLoop} from '../tiny-program.ts';
import {type Attack, first, fs, last, loot, oneLost, right, scale} from './attack.ts';
import {answering} from './channel.ts';

/** What it starts says whose it is: another run of these tests beside this one has its own. */
export const leader = `snapgrid-leader-${process.pid}`;

export const processAttacks: readonly Attack[] = [
  {
    name: 'exit handlers that write and abort',
    notebook: first(
      `${answering}\nprocess.on('exit', () => done(1)).on('beforeExit', () => done(1));`,
      scale('function chooseScale() { process.abort(); }'),
    ),
    line: oneLost('error'),
  },
  {
    name: 'the inspector of its own process',
    notebook: first(
      `const inspector = process.getBuiltinModule('node:inspector');
      try { inspector.open(9229, '127.0.0.1'); } catch {}
      const own = new inspector.Session(); own.connect();
      own.post('Debugger.enable'); own.post('Debugger.pause');
      for (const pid of [1, process.ppid]) try { process._debugProcess(pid); } catch {}`,
    ),
    line: right,
  },
  {
    name: 'the functions of Node that the session works with, replaced',
    notebook: first(
      `const taken = () => { throw new Error('taken'); };
      for (const name of ['fs', 'path', 'url', 'os', 'crypto', 'net', 'vm', 'util', 'stream', 'module']) {
        const builtin = process.getBuiltinModule('node:' + name);
        for (const key of Object.keys(builtin)) if (typeof builtin[key] === 'function' && /^[a-z]/.test(key) && key !== 'syncBuiltinESMExports')
          try { builtin[key] = taken; } catch {}
      }`,
    ),
    line: right,
  },
  {
    name: "the program's own modules",
    notebook: last(
      loot("[...Object.keys(require.cache).filter(path => path.startsWith('/snapgrid/dist')), ...(process.mainModule ? ['main'] : [])]"),
    ),
    line: right,
  },
  {
    name: 'where its errors say that the session lies',
    notebook: last(
      `const shown = new Error('here').stack.split('\\n').filter(line => line.includes('/'));
      Error.prepareStackTrace = undefined;
      const all = new Error('here').stack.split('\\n').filter(line => line.includes('/') && !/node:|\\(\\/snapgrid\\/|at \\/snapgrid\\//.test(line));
      ${loot('[...shown, ...all]')}`,
    ),
    line: right,
  },
  {
    name: 'signals to its parent and to all',
    notebook: last(
      "for (const pid of [1, process.ppid, -1]) for (const signal of ['SIGTERM', 'SIGSTOP', 'SIGKILL']) try { process.kill(pid, signal); } catch {}",
    ),
    line: right,
  },
  {
    name: 'a signal to its process group',
    notebook: scale("function chooseScale() { process.kill(0, 'SIGKILL'); for (;;) {} }"),
    line: oneLost('error'),
  },
  {
    name: 'never answers and prints for ever',
    notebook: scale("function chooseScale() { setInterval(() => console.log('x'.repeat(1e5)), 0); return new Promise(() => {}); }"),
    line: oneLost('timeout'),
  },
  {
    name: 'a session of its own whose leader stays',
    notebook: last(
      `const {spawn} = process.getBuiltinModule('node:child_process');
      const leader = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6) // ${leader}'], {detached: true, stdio: 'ignore'});
      leader.unref();
      await new Promise(started => leader.once('spawn', started));
      console.log('STARTED');`,
    ),
    line: right,
  },
  {
    name: 'what proc shows of other processes',
    notebook: last(
      `${fs}
      const seen = [];
      const own = new Set([String(process.pid), 'self', 'thread-self']);
      for (const pid of fs.readdirSync('/proc').filter(name => /^\\d+$/.test(name) && !own.has(name)))
        for (const file of ['environ', 'cmdline', 'cwd', 'root', 'exe', 'maps', 'mem', 'fd/0'])
          try {
            const text = file === 'cwd' || file === 'root' || file === 'exe' ? fs.readlinkSync('/proc/' + pid + '/' + file) : fs.readFileSync('/proc/' + pid + '/' + file, 'latin1');
            if (/secret|snapgrid-class|results|gradebook|HOME=\\/root|vitest/i.test(text)) seen.push(pid + ' ' + file);
          } catch {}
      ${loot('seen')}`,
    ),
    line: right,
  },
  {
    name: 'sockets without a file: one that listens for another submission',
    notebook: last(
      `const server = process.getBuiltinModule('node:net').createServer(socket => socket.end('answers'));
      await new Promise(done => server.on('error', done).listen({path: '\\0snapgrid-exchange'}, done));
      await new Promise(later => setTimeout(later, 4500));`,
    ),
    line: right,
  },
  {
    name: 'sockets without a file: one that looks for another submission',
    notebook: last(
      `const found = [];
      for (const until = Date.now() + 1500; Date.now() < until; await new Promise(later => setTimeout(later, 50)))
        await new Promise(done => process.getBuiltinModule('node:net').connect({path: '\\0snapgrid-exchange'}).on('data', text => found.push(String(text))).on('error', done).on('close', done));
      ${loot('found')}`,
    ),
    line: right,
  },
  {
    name: 'descriptors of files that its own process did not open',
    notebook: last(
      `${fs}
      const paths = fs.readdirSync('/proc/self/fd').map(fd => { try { return fs.readlinkSync('/proc/self/fd/' + fd); } catch { return ''; } });
      ${loot("paths.filter(path => path.startsWith('/') && path !== '/dev/null')")}`,
    ),
    line: right,
  },
  {
    name: 'native code dropped on disk and loaded',
    notebook: scale(
      `${fs}
      function chooseScale() {
        const addon = fs.readdirSync('/snapgrid/node_modules/@oxc-transform', {recursive: true}).find(name => String(name).endsWith('.node'));
        fs.copyFileSync('/snapgrid/node_modules/@oxc-transform/' + addon, '/tmp/mine.node');
        const bytes = fs.readFileSync('/tmp/mine.node');
        bytes.fill(0xcc, 4096, bytes.length - 4096);
        fs.writeFileSync('/tmp/mine.node', bytes);
        process.dlopen({exports: {}}, '/tmp/mine.node');
        return 1;
      }`,
    ),
    line: oneLost('error'),
  },
  ...(process.arch === 'x64' && process.platform === 'linux'
    ? [
        {
          name: 'fifty programs that each want a processor in a session of their own, while it goes on answering',
          notebook: scale(
            `${fs}
            fs.writeFileSync('/tmp/busy', Buffer.from('${endlessLoop()}', 'base64'), {mode: 0o755});
            let started = 0;
            async function chooseScale(x) {
              const answer = x.abs().max().dataSync()[0] / 127;
              for (; started < 50; started++) process.getBuiltinModule('node:child_process').spawn('/tmp/busy', {stdio: 'ignore', detached: true}).on('error', () => {});
              await new Promise(later => setTimeout(later, 4500));
              return answer;
            }`,
          ),
          line: oneLost('timeout'),
        },
      ]
    : []),
];
