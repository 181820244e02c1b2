import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {stopAll, TestSession} from './start.ts';

const folder = mkdtempSync(join(tmpdir(), 'snapgrid-test-'));
const put = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), {recursive: true});
  writeFileSync(join(folder, path), text);
};
const configure = (compilerOptions: object): void => put('tsconfig.json', JSON.stringify({extends: './base.json', compilerOptions}));
let session: TestSession;

/** A package of the same shape as React's and Preact's. */
const tags = (name: string): void => {
  put(`node_modules/${name}/package.json`, `{"name": "${name}", "type": "module", "exports": {"./jsx-runtime": "./runtime.js"}}`);
  put(
    `node_modules/${name}/runtime.js`,
    `export const jsx = (type, {children, ...props}) => ({by: '${name}', type, props, children}); export const jsxs = jsx; export const Fragment = 'fragment';`,
  );
};

beforeAll(() => {
  put('package.json', '{"type": "module"}');
  put('base.json', '{"compilerOptions": {"experimentalDecorators": true}}');
  put(
    'node_modules/reflect-metadata/index.js',
    'Reflect.metadata = (key, value) => (target, name) => { (target.seen ??= []).push([name ?? "class", key, [value].flat().map(v => v.name)]) }; export {};',
  );
  put('node_modules/reflect-metadata/package.json', '{"name": "reflect-metadata", "type": "module", "main": "index.js"}');
  tags('preact');
  tags('react');
  session = new TestSession({folder});
});

afterAll(() => {
  stopAll();
  rmSync(folder, {recursive: true});
});

const service = `
  interface Known {}
  class Store {}
  const seen: unknown[] = [];
  const inject = (what: string) => (target: any, key: any, index: number) => void seen.push([what, key, index]);
  const noted = (target: any, key?: string, descriptor?: any): any => void seen.push(key ?? target.name);
  @noted class Service {
    @noted name: string = 'x';
    constructor(@inject('store') readonly store: Store, @inject('n') n: number) {}
    @noted run(@inject('at') at: Date, known?: Known): Promise<void> { return Promise.resolve() }
  }`;

describe('decorators of the folder’s tsconfig.json, in cells and in files', () => {
  it('stand before parameters too, and are applied in order', async () => {
    configure({});
    const all = "[ 'name', [ 'at', 'run', 0 ], 'run', [ 'n', undefined, 1 ], [ 'store', undefined, 0 ], 'Service' ]";
    expect((await session.text(`${service}\nseen`)).replace(/\s+/g, ' ')).toBe(all);
    put('service.ts', `${service}\nexport {seen as seenInFile}`);
    expect((await session.text("import {seenInFile} from './service'; seenInFile")).replace(/\s+/g, ' ')).toBe(all);
    expect(await session.text('new Service(new Store(), 1).store instanceof Store')).toBe('true');
  });

  it('know the types of what they decorate, where that is asked for', async () => {
    configure({emitDecoratorMetadata: true});
    const own = new TestSession({folder});
    expect(
      await own.text(`import 'reflect-metadata';${service}\nJSON.stringify([(Service.prototype as any).seen, (Service as any).seen])`),
    ).toBe(
      `'[[["name","design:type",["String"]],["run","design:returntype",["Promise"]],["run","design:paramtypes",["Date","Object"]],["run","design:type",["Function"]]],[["class","design:paramtypes",["Store","Number"]]]]'`,
    );
    own.stop();
  });

  it('are refused before parameters where the folder does not ask for them, which says how it can', async () => {
    rmSync(join(folder, 'tsconfig.json'));
    expect(await session.text('const p = (t: any, k: any, i: number) => {}; class A { m(@p x: number) {} }')).toContain(
      'experimentalDecorators',
    );
  });
});

describe('tags', () => {
  it('in a cell are calls of React, or of what a pragma names', async () => {
    expect(
      await session.text('const name: string = "n"; const el = <b id={name}>x{name}</b>; [el.by, el.type, el.props.id, el.children]'),
    ).toBe("[ 'react', 'b', 'n', [ 'x', 'n' ] ]");
    expect(await session.text('/** @jsxImportSource preact */\nconst el = <>text</>; [el.by, el.type]')).toBe("[ 'preact', 'fragment' ]");
    expect(await session.text('/** @jsx h */\nconst h = (...all: unknown[]) => all; <i a={1}>text</i>')).toBe("[ 'i', { a: 1 }, 'text' ]");
  });

  it('are what the folder’s tsconfig.json says, in cells and in files', async () => {
    configure({jsx: 'react-jsx', jsxImportSource: 'preact'});
    put('view.tsx', 'export const View = ({n}: {n: number}) => <p>{n}</p>;');
    expect(await session.text("import {View} from './view'; [View({n: 1}).by, (<View n={2} />).by]")).toBe("[ 'preact', 'preact' ]");
    configure({jsx: 'react', jsxFactory: 'h'});
    expect(await session.text('<i>text</i>')).toBe("[ 'i', null, 'text' ]");
    rmSync(join(folder, 'tsconfig.json'));
  });

  it('of a package that is not there say what to install', async () => {
    expect(await session.text('/** @jsxImportSource nowhere */\n<b />')).toContain('npm install nowhere');
  });

  it('leave casts and generics what they are', async () => {
    expect(await session.text('const one = <number>(1 as unknown); const id = <T>(x: T) => x; id(one)')).toBe('1');
  });
});
