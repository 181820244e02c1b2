import {type Attack, fs, last, loot, right} from './attack.ts';

export const filesAttacks: readonly Attack[] = [
  {
    name: 'reads the checks among the compiled code',
    notebook: last(
      `${fs}
      const found = [];
      for (const path of fs.readdirSync('/snapgrid', {recursive: true, withFileTypes: true})) {
        const name = path.parentPath + '/' + path.name;
        if (name.includes('/node_modules/')) continue;
        if (/checks|solutions|exercises|grader|judge|secret|margins/i.test(name)) found.push(name);
        if (path.isFile() && /\\.js$/.test(name) && /runTask|hiddenSeed|caughtBy/.test(fs.readFileSync(name, 'utf8'))) found.push('text of ' + name);
      }
      ${loot('found')}`,
    ),
    line: right,
  },
  {
    name: 'imports the checks, the judge and the solutions',
    notebook: last(
      `const found = [];
      for (const path of ['grader/judge/judge', 'exercises/04-int8-from-scratch/checks', 'checking/run', 'grader/secret', 'solutions/04-int8-from-scratch/answers', 'quant/index'])
        for (const name of ['/snapgrid/dist/' + path + '.js', '../../' + path + '.js'])
          try { found.push(Object.keys(await import(name)).join()); } catch {}
      ${loot('found')}`,
    ),
    line: right,
  },
  {
    name: 'links that lead out of its folder',
    notebook: last(
      `${fs}
      const found = [];
      for (const [i, target] of ['/etc/passwd', '/etc/shadow', '/root', '/home', '/proc/1/root/etc/passwd', '/proc/1/cwd', '../../../../etc/passwd', '/work'].entries())
        try {
          fs.symlinkSync(target, '/tmp/link' + i);
          found.push(target + ' ' + (fs.statSync('/tmp/link' + i).isDirectory() ? fs.readdirSync('/tmp/link' + i) : fs.readFileSync('/tmp/link' + i, 'utf8')).slice(0, 40));
        } catch {}
      ${loot("found.filter(line => !line.startsWith('/proc/1/cwd'))")}`,
    ),
    line: right,
  },
];
