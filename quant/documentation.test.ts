import {execFile} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {promisify} from 'node:util';
import {parseSync} from 'oxc-parser';
import {transformSync} from 'oxc-transform';
import {describe, expect, test} from 'vitest';
import * as toolkit from './index.ts';

const root = import.meta.dirname;
const run = promisify(execFile);
const readme = readFileSync(join(root, 'README.md'), 'utf8');

interface PublicName {
  readonly name: string;
  readonly file: string;
}

const parsed = new Map<string, ReturnType<typeof parseSync> & {readonly text: string}>();

function parse(file: string) {
  let source = parsed.get(file);
  if (!source) {
    const text = readFileSync(join(root, file), 'utf8');
    const {program, comments} = parseSync(file, text);
    parsed.set(file, (source = {program, comments, text} as NonNullable<typeof source>));
  }
  return source;
}

/** Every name that index.ts exports, values and types, with the file that declares it. */
function publicNames(file = 'index.ts'): PublicName[] {
  return parse(file).program.body.flatMap(statement => {
    if (statement.type === 'ExportAllDeclaration') return publicNames(join(dirname(file), statement.source.value));
    if (statement.type !== 'ExportNamedDeclaration') return [];
    const {source, declaration, specifiers} = statement;
    if (source)
      return specifiers.flatMap(({exported}) => ('name' in exported ? {name: exported.name, file: join(dirname(file), source.value)} : []));
    return declaration ? declaredNames(declaration).map(name => ({name, file})) : [];
  });
}

type Statement = ReturnType<typeof parseSync>['program']['body'][number];
type Declaration = NonNullable<Extract<Statement, {type: 'ExportNamedDeclaration'}>['declaration']>;

function declaredNames(declaration: Declaration): string[] {
  if ('declarations' in declaration) return declaration.declarations.flatMap(({id}) => (id.type === 'Identifier' ? id.name : []));
  return 'id' in declaration && declaration.id?.type === 'Identifier' ? [declaration.id.name] : [];
}

/** The comment that ends just before `at`. */
function docBefore(file: string, at: number): string | undefined {
  const {comments, text} = parse(file);
  const comment = comments.findLast(({type, end}) => type === 'Block' && end <= at && /^\s*$/.test(text.slice(end, at)));
  return comment && text.slice(comment.start, comment.end);
}

function declarationOf({name, file}: PublicName): {readonly declaration: Declaration; readonly start: number} {
  for (const statement of parse(file).program.body)
    if (statement.type === 'ExportNamedDeclaration' && statement.declaration && declaredNames(statement.declaration).includes(name))
      return {declaration: statement.declaration, start: statement.start};
  throw new Error(`${file} does not declare ${name}`);
}

const names = publicNames();

describe('every public name', () => {
  test('is found', () => {
    const values = new Set(Object.keys(toolkit));
    expect(names.filter(({name}) => values.delete(name)).length).toBeGreaterThan(100);
    expect([...values]).toEqual([]);
  });

  test('has a comment', () => {
    const bare = names.filter(name => !docBefore(name.file, declarationOf(name).start)?.startsWith('/**'));
    expect(bare.map(({file, name}) => `${file}: ${name}`)).toEqual([]);
  });

  test('that throws says so', () => {
    const silent = names.filter(name => {
      const {declaration, start} = declarationOf(name);
      const body = parse(name.file).text.slice(declaration.start, declaration.end);
      return declaration.type === 'FunctionDeclaration' && body.includes('throw new') && !docBefore(name.file, start)!.includes('@throws');
    });
    expect(silent.map(({file, name}) => `${file}: ${name}`)).toEqual([]);
  });

  test('that is a class has a comment at each public method, or at the interface that it implements, and says what methods throw', () => {
    const bare = names.flatMap(name => {
      const {declaration} = declarationOf(name);
      if (declaration.type !== 'ClassDeclaration') return [];
      const inherits = (declaration.implements ?? []).length > 0;
      return declaration.body.body.flatMap(member => {
        if (member.type !== 'MethodDefinition' || member.computed || member.override || member.accessibility === 'private') return [];
        if (member.key.type !== 'Identifier') return [];
        const doc = docBefore(name.file, member.start);
        const throws = parse(name.file).text.slice(member.start, member.end).includes('throw new');
        const needless = ['constructor', 'toJSON'].includes(member.key.name) || inherits;
        return (needless || doc) && (!throws || doc?.includes('@throws')) ? [] : `${name.name}.${member.key.name}`;
      });
    });
    expect(bare).toEqual([]);
  });

  test('stands in the README, and no other does', () => {
    const listed = [...readme.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, cell]) =>
      [...cell!.matchAll(/`(\w+)`/g)].map(([, name]) => name!),
    );
    const values = Object.keys(toolkit);
    expect({missing: values.filter(name => !listed.includes(name)), unknown: listed.filter(name => !values.includes(name))}).toEqual({
      missing: [],
      unknown: [],
    });
    expect(listed.filter((name, i) => listed.indexOf(name) !== i)).toEqual([]);
  });
});

describe("the README's examples", () => {
  const examples = [...readme.matchAll(/^## `(\w+)\/`[^]*?^```ts\n([^]*?)^```\n\n^```text\n([^]*?)^```/gm)].map(
    ([, folder, code, printed]) => ({
      folder: folder!,
      code: code!,
      printed: printed!,
    }),
  );

  test('are there for every folder', () => {
    const folders = new Set(names.map(({file}) => file.split('/')[0]!).filter(folder => folder !== '..'));
    expect([...folders].filter(folder => !examples.some(example => example.folder === folder))).toEqual([]);
    expect(examples).toHaveLength(readme.split('```ts\n').length - 1);
  });

  test('are right to the type checker', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'snapgrid-readme-'));
    const files = examples.map(({folder: name, code}) => {
      writeFileSync(join(folder, `${name}.ts`), code);
      return `${name}.ts`;
    });
    const project = dirname(root);
    const paths = {'snapgrid/*': [join(project, 'dist/*/index.d.ts')]};
    const compilerOptions = {
      paths,
      noEmit: true,
      rootDir: '/',
      incremental: false,
      tsBuildInfoFile: null,
      typeRoots: [join(project, 'node_modules/@types')],
    };
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({extends: join(project, 'tsconfig.json'), compilerOptions, files, include: []}),
    );
    const checked = run(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '-p', folder]);
    await expect(checked.catch((error: {readonly stdout: string}) => error)).resolves.toMatchObject({stdout: ''});
    rmSync(folder, {recursive: true});
  });

  // They run as a user's program does, on what the build made.
  test.each(examples)('print what stands below them: $folder', async ({code, printed}) => {
    const script = transformSync('example.ts', code).code;
    const {stdout} = await run(process.execPath, ['--input-type=module', '--eval', script], {
      cwd: dirname(root),
      env: {...process.env, TF_CPP_MIN_LOG_LEVEL: '3'},
    });
    expect(stdout).toBe(printed);
  });
});
