import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {stopAll, TestSession} from './start.ts';

let session: TestSession;
beforeAll(() => void (session = new TestSession()));
afterAll(stopAll);

const shows = (code: string, text: string): Promise<void> => session.text(code).then(shown => expect(shown).toBe(text));

describe('cells', () => {
  it('run TypeScript: types, generics, enums, namespaces, parameter properties, satisfies', async () => {
    await shows('interface P { x: number }\nconst p = {x: 1} satisfies P;\nfunction id<T>(v: T): T { return v }\nid<P>(p).x as number', '1');
    await shows('enum Color { Red, Green = 5 }\nColor[5]', "'Green'");
    await shows('enum Color { Blue }\n[Color.Blue, (Color as any).Red]', '[ 0, undefined ]');
    await shows('namespace N { export const y = 2 }\nN.y', '2');
    await shows('abstract class B<T> { constructor(protected v: T) {} }\nclass C extends B<number> { get() { return this.v } }\nnew C(3).get()', '3');
  });

  it('show the value of an expression at the end, and nothing else', async () => {
    await shows('1 + 1', '2');
    await shows('2 + 2;\n// a comment after it', '4');
    await shows('const xs: number[] = []; for (let i = 0; i < 3; i++) xs.push(i)', '');
    await shows('5; const after = 1', '');
    await shows('undefined', '');
    await shows('', '');
    await shows('// only a comment', '');
    await shows('-0', '-0');
    await shows('10n ** 20n', '100000000000000000000n');
    await shows('NaN', 'NaN');
    await shows('Symbol("s")', 'Symbol(s)');
  });

  it('await at the top, and declare again what any kind of declaration declared', async () => {
    await shows('const v = await Promise.resolve(1); v', '1');
    for (const code of ['let v = 2', 'function v() {}', 'class v {}', 'var v = 3', 'async function v() { return 4 }', 'const {v} = {v: 5}', 'enum v {}', 'export const v = 6', 'var v: number = 7; var v: number = 8; var v', 'for (var v: number = 0; v < 9; v++); for (var v = 0; v < 5; v++);', 'for (var v of [1, 2]) ;'])
      expect([code, await session.run(code)]).toEqual([code, {status: 'ok'}]);
    await shows('v', '2');
  });

  it('hoist functions, and see later versions of what they use', async () => {
    await shows('early();\nfunction early() { return helper() }\nfunction helper() { return 1 }\nearly()', '1');
    await session.run('function helper() { return 2 }');
    await shows('early()', '2');
    await shows('function over(a: string): string;\nfunction over(a: number): number;\nfunction over(a: any) { return a }\nover(7)', '7');
  });

  it('load imports first, wherever they stand', async () => {
    await shows("const joined = join('a', 'b');\nimport {\n  join,\n} from 'node:path';\njoined", "'a/b'");
    expect(await session.text("1;\nimport {\n  sep,\n} from 'node:path';\nimport * as os from 'node:os';\nthrow new Error(sep)", 'In [5]')).toContain('In [5]:6:');
  });

  it('export as if they were modules', async () => {
    await shows('export const e1 = 1; export function e2() { return e1 }\nexport {e1 as e3};\nexport default e2() + 1\nexport type T = number', '');
    await shows('e1 + e2()', '2');
    await shows('export default function e4() { return 4 }\ne4()', '4');
  });

  it('keep a name usable whose cell failed', async () => {
    await session.run('const broken = (() => { throw new Error("x") })()');
    await shows('const broken = 1; broken', '1');
  });

  it('stay quick: the 300th costs what the 10th did', async () => {
    for (let i = 0; i < 300; i++) await session.run(`const n${i} = ${i}; function g${i}() { return n${i} }`);
    await shows('g299() + n10', '309');
  });
});

describe('a syntax error', () => {
  it('names the line and shows it', async () => {
    const done = await session.run('const a = 1;\nconst b = ;\n', 'In [4]');
    expect(done).toMatchObject({status: 'error', error: {name: 'SyntaxError', message: expect.stringContaining('In [4], line 2') as string}});
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
    await session.run('type Unused = {\n  a: number;\n};\n\n// a comment\nfunction inner(x: number): never {\n  throw new RangeError(`got ${x}`);\n}', 'In [1]');
    const text = await session.text('\n\nfunction outer() {\n  inner(5);\n}\nouter()', 'In [2]');
    expect(text.split('\n').filter(line => line.includes(' at '))).toEqual(['    at inner (In [1]:7:9)', '    at outer (In [2]:4:3)', '    at (In [2]:6:1)']);
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

  it('of the stack is one of the cell', async () => {
    expect(await session.run('function deep(): void { console.log(1); deep() }\ndeep()')).toMatchObject({error: {name: 'RangeError'}});
    await shows('1 + 1', '2');
  });
});
