import {LocalLearner} from '../../checking/local-learner.ts';
import type {Learner, Lesson, Task} from '../../checking/types.ts';
import {runTask} from '../../checking/run.ts';
import type {Plain} from '../../session/wire/plain.ts';
import type {Scope} from './scope.ts';

/** Learners who did nothing of the task and must pass none: they return nothing, their input, a constant, or the right answers to other inputs. */
export async function knockOuts(
  lesson: Lesson,
  right: Scope,
): Promise<{readonly name: string; readonly learnerOf: (task: Task) => Promise<Learner>}[]> {
  const of = (answer: (...args: unknown[]) => unknown) => async (): Promise<Learner> => new LocalLearner(() => answer);
  return [
    {name: 'a no-op', learnerOf: of(() => undefined)},
    {name: 'the identity', learnerOf: of(x => x)},
    {name: 'a constant', learnerOf: of(() => 0)},
    {name: 'the public answers', learnerOf: async task => replay(lesson, task, new LocalLearner(right))},
  ];
}

/** Records what the right answer returns on the public inputs, and gives that for whatever it is asked. */
async function replay(lesson: Lesson, task: Task, right: Learner): Promise<Learner> {
  const recorded: Plain[] = [];
  const invoked: Plain[] = [];
  const recorder: Learner = {
    ...delegate(right),
    call: async (name, ...args) => {
      const value = await right.call(name, ...args);
      recorded.push(value);
      return value;
    },
    construct: async (name, ...args) => {
      const instance = await right.construct(name, ...args);
      return {
        invoke: async (method, ...given) => {
          const value = await instance.invoke(method, ...given);
          invoked.push(value);
          return value;
        },
      };
    },
  };
  await runTask(task, recorder, `public/${lesson.slug}/1`);
  let next = 0;
  let nextInvoked = 0;
  return {
    ...delegate(right),
    call: async () => recorded[next++ % recorded.length],
    construct: async () => ({invoke: async () => invoked[nextInvoked++ % invoked.length]}),
  };
}

function delegate(learner: Learner): Learner {
  return {
    call: (name, ...args) => learner.call(name, ...args),
    inputsAfter: (name, ...args) => learner.inputsAfter(name, ...args),
    inputsAfterRelease: (name, ...args) => learner.inputsAfterRelease(name, ...args),
    construct: (name, ...args) => learner.construct(name, ...args),
    gradient: (name, args, wrt, dy) => learner.gradient(name, args, wrt, dy),
  };
}
