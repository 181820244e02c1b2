import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {stopAll, TestSession} from './start.ts';

let session: TestSession;
beforeAll(() => void (session = new TestSession()));
afterAll(stopAll);

describe('cells', () => {
  it('run TypeScript: types, generics, enums, namespaces, parameter properties, satisfies', async () => {
    expect(
      await session.text(
        'interface P { x: number }\nconst p = {x: 1} satisfies P;\nfunction id<T>(v: T): T { return v }\nid<P>(p).x as number',
      ),
    ).toBe('1');
    expect(await session.text('enum Color { Red, Green = 5 }\nColor[5]')).toBe("'Green'");
    expect(await session.text('enum Color { Blue }\n[Color.Blue, (Color as any).Red]')).toBe('[ 0, undefined ]');
    expect(await session.text('namespace N { export const y = 2 }\nN.y')).toBe('2');
    expect(
      await session.text(
        'abstract class B<T> { constructor(protected v: T) {} }\nclass C extends B<number> { get() { return this.v } }\nnew C(3).get()',
      ),
    ).toBe('3');
  });

  it('show the value of an expression at the end, and nothing else', async () => {
    expect(await session.text('1 + 1')).toBe('2');
    expect(await session.text('2 + 2;\n// a comment after it')).toBe('4');
    expect(await session.text('const xs: number[] = []; for (let i = 0; i < 3; i++) xs.push(i)')).toBe('');
    expect(await session.text('5; const after = 1')).toBe('');
    expect(await session.text('undefined')).toBe('');
    expect(await session.text('')).toBe('');
    expect(await session.text('// only a comment')).toBe('');
    expect(await session.text('-0')).toBe('-0');
    expect(await session.text('10n ** 20n')).toBe('100000000000000000000n');
    expect(await session.text('NaN')).toBe('NaN');
    expect(await session.text('Symbol("s")')).toBe('Symbol(s)');
  });

  it('await at the top, and declare again what any kind of declaration declared', async () => {
    expect(await session.text('const v = await Promise.resolve(1); v')).toBe('1');
    for (const code of [
      'let v = 2',
      'function v() {}',
      'class v {}',
      'var v = 3',
      'async function v() { return 4 }',
      'const {v} = {v: 5}',
      'enum v {}',
      'export const v = 6',
      'var v: number = 7; var v: number = 8; var v',
      'for (var v: number = 0; v < 9; v++); for (var v = 0; v < 5; v++);',
      'for (var v of [1, 2]) ;',
    ])
      expect([code, await session.run(code)]).toEqual([code, {status: 'ok'}]);
    expect(await session.text('v')).toBe('2');
  });

  it('hoist functions, and see later versions of what they use', async () => {
    expect(await session.text('early();\nfunction early() { return helper() }\nfunction helper() { return 1 }\nearly()')).toBe('1');
    await session.run('function helper() { return 2 }');
    expect(await session.text('early()')).toBe('2');
    expect(
      await session.text(
        'function over(a: string): string;\nfunction over(a: number): number;\nfunction over(a: any) { return a }\nover(7)',
      ),
    ).toBe('7');
  });

  it('load imports first, wherever they stand', async () => {
    expect(await session.text("const joined = join('a', 'b');\nimport {\n  join,\n} from 'node:path';\njoined")).toBe("'a/b'");
    expect(
      await session.text("1;\nimport {\n  sep,\n} from 'node:path';\nimport * as os from 'node:os';\nthrow new Error(sep)", 'In [5]'),
    ).toContain('In [5]:6:');
  });

  it('export as if they were modules', async () => {
    expect(
      await session.text(
        'export const e1 = 1; export function e2() { return e1 }\nexport {e1 as e3};\nexport default e2() + 1\nexport type T = number',
      ),
    ).toBe('');
    expect(await session.text('e1 + e2()')).toBe('2');
    expect(await session.text('export default function e4() { return 4 }\ne4()')).toBe('4');
  });

  it('keep a name usable whose cell failed', async () => {
    await session.run('const broken = (() => { throw new Error("x") })()');
    expect(await session.text('const broken = 1; broken')).toBe('1');
  });

  it('stay quick: the 300th costs what the 10th did', async () => {
    for (let i = 0; i < 300; i++) await session.run(`const n${i} = ${i}; function g${i}() { return n${i} }`);
    expect(await session.text('g299() + n10')).toBe('309');
  });
});

describe('a syntax error', () => {
  it('names the line and shows it', async () => {
    const done = await session.run('const a = 1;\nconst b = ;\n', 'In [4]');
    expect(done).toMatchObject({
      status: 'error',
      error: {name: 'SyntaxError', message: expect.stringContaining('In [4], line 2') as string},
    });
    expect(done.status === 'error' && done.error.traceback.join('\n')).toContain('> 2 | const b = ;\n    |           ^');
  });

  it('of meaning, not of grammar, names the line that was typed too', async () => {
    const text = await session.text('const ok = 1;\nfunction moved() {\n  return 1;\n}\nlet twice = 1; let twice = 2', 'In [6]');
    expect(text).toContain('(In [6], line 5)');
    expect(text).toContain('> 5 | let twice = 1; let twice = 2');
  });
});

describe('an error', () => {
  it('names the lines that were typed, in own frames only, with the code', async () => {
    await session.run(
      'type Unused = {\n  a: number;\n};\n\n// a comment\nfunction inner(x: number): never {\n  throw new RangeError(`got ${x}`);\n}',
      'In [1]',
    );
    const text = await session.text('\n\nfunction outer() {\n  inner(5);\n}\nouter()', 'In [2]');
    expect(text.split('\n').filter(line => line.includes(' at '))).toEqual([
      '    at inner (In [1]:7:9)',
      '    at outer (In [2]:4:3)',
      '    at (In [2]:6:1)',
    ]);
    expect(text).toContain('RangeError: got 5');
    expect(text).toContain('> 7 |   throw new RangeError(`got ${x}`);');
  });

  it('printed by the cell itself names the same lines', async () => {
    await session.run('interface Gap {\n  x: number;\n}\nconsole.log(new Error("printed").stack)', 'In [9]');
    expect(session.printed()).toContain('Error: printed\n    at (In [9]:4:13)\n');
  });

  it('after an await keeps its line', async () => {
    expect(await session.text('const q = 1;\nawait Promise.resolve();\n\nnull!.x', 'In [3]')).toContain('In [3]:4:');
  });

  it('shows its causes', async () => {
    const text = await session.text('throw new Error("outer", {cause: new TypeError("inner", {cause: "a string"})})');
    expect(text).toContain('caused by TypeError: inner');
    expect(text).toContain('caused by a string');
    expect(await session.text('const loop: any = new Error("self"); loop.cause = loop; throw loop')).toContain('further errors');
  });

  it('may be anything', async () => {
    expect(await session.run('throw "text"')).toMatchObject({error: {message: 'text'}});
    expect(await session.run('throw {code: 3}')).toMatchObject({error: {message: '{ code: 3 }'}});
    expect(await session.run('throw undefined')).toMatchObject({status: 'error', error: {message: 'undefined'}});
    expect(await session.run('throw new Proxy({}, {get() { throw 1 }, getPrototypeOf() { throw 2 }})')).toMatchObject({status: 'error'});
    expect(await session.run('await Promise.reject(new Error("rejected"))')).toMatchObject({error: {message: 'rejected'}});
    expect(await session.run('class Own extends Error { name = "Own" }; throw new Own("mine")')).toMatchObject({error: {name: 'Own'}});
  });

  it('that is none has a place too: where it was thrown', async () => {
    expect(await session.text('1;\n  throw {a: 1}', 'In [2]')).toContain('    at (In [2]:2:3)');
    expect(await session.text('function fail(): never {\n  throw 7\n}\nfail()', 'In [2]')).toContain('at fail (In [2]:2:3)');
    expect(await session.text('await 1;\n\nawait Promise.reject("later")', 'In [2]')).toContain('    at (In [2]:3:1)');
  });

  it('that a promise brings without a stack has the place of the await', async () => {
    const text = await session.text("import {readFile} from 'node:fs/promises';\n\nawait readFile('/no/such/file')", 'In [8]');
    expect(text).toContain("> 3 | await readFile('/no/such/file')");
    expect(text).toContain('    at (In [8]:3:1)');
  });

  it('in an async function ends its frames with the cell that awaited it', async () => {
    const text = await session.text('async function late() {\n  await 1;\n  throw new Error("x");\n}\nawait late()', 'In [8]');
    expect(text.split('\n').filter(line => line.includes(' at '))).toEqual(['    at late (In [8]:3:9)', '    at (In [8]:5:1)']);
  });

  it('whose properties lie or throw shows the rest', async () => {
    for (const name of ['name', 'cause', 'stack']) {
      const code = `const liar = new Error('told'); Object.defineProperty(liar, '${name}', {get() { throw new Error('lie') }}); throw liar`;
      expect(await session.run(code)).toMatchObject({status: 'error', error: {message: 'told'}});
    }
    const code = "const mute = new TypeError('x'); Object.defineProperty(mute, 'message', {get() { throw 1 }}); throw mute";
    expect(await session.run(code)).toMatchObject({error: {name: 'TypeError', message: ''}});
    expect(await session.text('throw Object.assign(new Error("own"), {errors: 5, cause: {deep: 1}})')).toContain('caused by { deep: 1 }');
  });

  it('with several errors in it shows each', async () => {
    const text = await session.text('await Promise.any([Promise.reject(new Error("a")), Promise.reject(new TypeError("b"))])');
    expect(text).toContain('one of Error: a');
    expect(text).toContain('one of TypeError: b');
  });

  it('that is long is cut, and its session lives on', async () => {
    const thrown = ["new Error('M'.repeat(10e6))", "'M'.repeat(10e6)", "new AggregateError(Array(9).fill(new Error('a\\n'.repeat(1e6))))"];
    for (const each of thrown) {
      const done = await session.run(`throw ${each}`);
      expect(JSON.stringify(done).length).toBeLessThan(1e6);
    }
    expect(await session.text('1 + 1')).toBe('2');
  });

  it('whose stack cannot be read still says its message', async () => {
    const code = "throw Object.defineProperty(new Error('told'), 'stack', {get() { throw 1 }})";
    expect(await session.run(code)).toMatchObject({error: {message: 'told'}});
  });

  it("of V8's parser shows its line", async () => {
    const done = await session.run('const before = 1;\nfunction early() {}\nconst wrong = /(/;');
    expect(done).toMatchObject({
      error: {name: 'SyntaxError', traceback: expect.arrayContaining(['> 3 | const wrong = /(/;']) as string[]},
    });
  });

  it('of the stack is one of the cell', async () => {
    expect(await session.run('function deep(): void { console.log(1); deep() }\ndeep()')).toMatchObject({error: {name: 'RangeError'}});
    expect(await session.text('1 + 1')).toBe('2');
  });
});

describe('using', () => {
  it('ends with its block, and at the top with its cell, the last declared first, also when the cell throws', async () => {
    const held = (name: string): string => `{name: '${name}', [Symbol.dispose]() { console.log('end ${name}') }}`;
    await session.run(`{ using a = ${held('a')}; console.log(a.name) }`);
    expect(session.printed()).toMatch(/a\nend a\n$/);
    expect(await session.text(`using b = ${held('b')}; using c = ${held('c')}; b.name + c.name`)).toBe("'bc'");
    expect(session.printed()).toMatch(/end c\nend b\n$/);
    expect(await session.text(`await using d = ${held('d')}; throw new Error('after d')`)).toContain('Error: after d');
    expect(session.printed()).toMatch(/end d\n$/);
  });

  it('of what cannot be disposed of says what was expected', async () => {
    expect(await session.text('using wrong = {} as any')).toContain('Expected a value with a method [Symbol.dispose]');
  });

  it('whose end throws is an error of the cell, after the one that was on its way', async () => {
    const faulty = "{[Symbol.dispose]() { throw new Error('while ending') }}";
    expect(await session.text(`using faulty = ${faulty}; 1`)).toContain('Error: while ending');
    const text = await session.text(`using faulty = ${faulty}; throw new Error('first')`);
    expect(text).toContain('SuppressedError');
    expect(text).toContain('caused by Error: first');
  });
});

it("a function's text is what was typed, so that it can be sent elsewhere", async () => {
  const code = `async function load(x: number) {
    try { await Promise.resolve(await x).then(f => f); } catch { throw x; }
    for await (const y of []) await y;
  }
  String(load)`;
  const text = await session.text(code);
  expect(text).toContain('await Promise.resolve(await x).then(');
  expect(text).not.toContain('snapgrid');
  expect(await session.text('String(load) === `${load}` && Function.prototype.toString.call(Math.max)')).toContain('[native code]');
});

it('a name whose declaration failed can be assigned to, and declared again', async () => {
  for (const failing of ["const late = await import('nope')", "import late from 'nope'", "const {late} = JSON.parse('nope')"]) {
    const own = new TestSession();
    expect(await own.text(failing)).toMatch(/ModuleNotFound|SyntaxError/);
    expect(await own.text('late')).toContain('ReferenceError: late is not defined');
    expect(await own.text('late = 5; late')).toBe('5');
    expect(await own.text(failing)).toMatch(/ModuleNotFound|SyntaxError/);
    expect(await own.text('const late = 6; late')).toBe('6');
    own.stop();
  }
});

it('a name whose declaration failed can be assigned to in a pattern and by a loop', async () => {
  for (const assigning of ['[late] = [5]', '({a: [late = 1]} = {a: [5]})', 'for (late of [5]);', '({...late} = {a: 5}); late = late.a']) {
    const own = new TestSession();
    expect(await own.text("const late = JSON.parse('nope')")).toContain('SyntaxError');
    expect(await own.text(`${assigning}; late`)).toBe('5');
    own.stop();
  }
});

it('a cell knows its place as CommonJS does, unless it declares the names', async () => {
  expect(await session.text('__dirname === import.meta.dirname && __filename === import.meta.filename')).toBe('true');
  expect(await session.text('[((__dirname: number) => __dirname)(1), {__dirname}.__dirname === __dirname, typeof require.cache]')).toBe(
    "[ 1, true, 'object' ]",
  );
  expect(await session.text("'__dirname' in globalThis")).toBe('false');
  expect(await session.text("const __dirname = 'mine'; __dirname")).toBe("'mine'");
  expect(await session.text('__dirname')).toBe("'mine'");
});

it('a console group that a cell leaves open does not indent the next one, and clear() clears', async () => {
  const own = new TestSession();
  await own.run("console.group('group'); console.log('in'); throw 1");
  await own.run("console.log('out')");
  expect(own.printed()).toBe('group\n  in\nout\n');
  await own.run("console.clear(); console.table([{a: 1}]); console.count('n'); console.count('n')");
  expect(own.events.filter(event => event.type === 'clear')).toMatchObject([{wait: false}]);
  expect(own.printed()).toMatch(/│ 0 {7}│ 1 │[^]*n: 1\nn: 2\n$/);
  own.stop();
});
