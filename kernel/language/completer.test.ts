import {expect, it} from 'vitest';
import {CellModules} from './cell-modules.ts';
import {type AskedServer, Completer} from './completer.ts';
import type {CompletionItem} from './completion.ts';

/** A server that knows what `variables` there are, by name and type, and notes what it is asked. */
function served(variables: Readonly<Record<string, string>>) {
  const modules = new CellModules();
  modules.add({
    name: 'In [1]',
    code: Object.keys(variables)
      .map(name => `const ${name} = 1;`)
      .join(' '),
  });
  const latest = modules.latest()!;
  const questions: string[] = [];
  const at = async (_method: string, position?: object): Promise<unknown> => {
    const name = latest.members.find(member => member.position === position)?.name;
    questions.push(name === undefined ? 'names' : `members of ${name}`);
    const labels = name === undefined ? Object.keys(variables) : ['map', `only ${variables[name]}`];
    return {isIncomplete: false, items: labels.map(label => ({label, data: name}))};
  };
  const request = async (_method: string, item: object): Promise<unknown> => {
    const {label, data} = item as CompletionItem;
    questions.push(data ? `${data}.${label}` : label);
    return {label, detail: data ? `(method) ${data}.${label}(): void` : `const ${label}: ${variables[label]}`};
  };
  const asked = {module: latest.module, code: '', cursor: 0, headerLines: 0, origins: new Map(), at, request} as unknown as AskedServer;
  const completer = new Completer({ask: async () => undefined, isShown: other => other === asked, names: async () => modules.names});
  return {completer, questions, ready: () => completer.getReady(asked, latest, () => true)};
}

it('members are asked for once for all variables of a type in which nothing is named, and looked up once', async () => {
  const {completer, questions, ready} = served({first: 'number[]', second: 'number[]', number: 'number[]', string: 'string[]'});
  await ready();
  expect(questions.filter(question => question.startsWith('members'))).toEqual(['members of string', 'members of number']);
  questions.length = 0;
  for (const name of ['first', 'second', 'number'])
    expect(await completer.complete(`x = ${name}.ma`, 4 + name.length + 3)).toMatchObject({matches: ['map']});
  expect(questions).toEqual(['number.map']);
});

it('variables of a type with a name in it have members of their own: the name may mean another type', async () => {
  const {questions, ready} = served({first: 'Box', second: 'Box', third: '{ a: number; }', fourth: '{ a: number; }'});
  await ready();
  expect(questions.filter(question => question.startsWith('members'))).toHaveLength(4);
});
