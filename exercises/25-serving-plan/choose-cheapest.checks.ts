import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Measurement, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {monthlyCost} from '../../quant/plan/serving.ts';
import {faqOptions} from './inputs.ts';
import type {Choice, Requirements, ServingOption} from './interface.ts';

/** Options among which one is right by construction. */
interface Case {
  readonly options: readonly ServingOption[];
  readonly requirements: Requirements;
  /** The name of the right one; null where none meets all requirements. */
  readonly right: string | null;
}

export const chooseCheapest: Task = {
  name: 'chooseCheapest',
  title: 'The cheapest that is good enough',
  timeoutMs: 10_000,
  checks: [
    {
      name: "the chatbot's pick follows its floor",
      points: 1,
      measure: (learner, draw) =>
        wrongPicks(
          learner,
          draw.shuffle([95, 97, 98, 99].map(floor => faq(draw, floor))),
          'For the FAQ chatbot this is not the cheapest option that reaches the accuracy. accuracy and accuracyFloor are both of 100, and an option that reaches the floor exactly is good enough.',
        ),
    },
    {
      name: 'the cheapest of those that meet everything',
      points: 2,
      measure: (learner, draw) =>
        wrongPicks(
          learner,
          Array.from({length: 6}, () => market(draw)),
          'Another option should be picked. First drop what is not accurate enough, what is too slow and what is over the budget; of the rest take the one whose MONTH is cheapest: not the cheapest request, not the best, not the fastest, not the first that will do.',
        ),
    },
    {
      name: 'just enough is enough',
      points: 1,
      measure: (learner, draw) =>
        wrongPicks(
          learner,
          draw.shuffle((['accuracyFloor', 'latencyCeiling', 'budgetPerMonth'] as const).map(limit => atTheLimit(draw, limit))),
          'An option that reaches a limit exactly meets it: "at least" and "at most" include the limit.',
        ),
    },
    {
      name: 'the month has rent and thirty days of requests',
      points: 1,
      async measure(learner, draw) {
        let measured = 0;
        for (const one of Array.from({length: 4}, () => market(draw))) {
          const answer = await answerFor(learner, one);
          const chosen = one.options.find(({name}) => name === answer?.name);
          if (answer === null || chosen === undefined)
            throw new WrongAnswer('Expected one of the options that were given, got none of them');
          measured = Math.max(measured, Math.abs(answer.dollarsPerMonth / costOf(chosen, one.requirements) - 1));
        }
        return {
          measured,
          comparison: '<=',
          threshold: 1e-6,
          unit: 'relative deviation',
          message:
            'dollarsPerMonth is not what the option costs: its rent once, and its price for each request of 30 days. The time that a request takes has no part in it.',
        };
      },
    },
    {
      name: 'few requests and many lead to different picks',
      points: 1,
      measure: (learner, draw) =>
        wrongPicks(
          learner,
          draw.shuffle([...volumes(draw, 0.5, 2), ...volumes(draw, 0.4, 3)]),
          'The pick must change with the number of requests: rent is worth it only where many requests share it.',
        ),
    },
    {
      name: 'null where nothing meets everything',
      points: 1,
      measure: (learner, draw) =>
        wrongPicks(
          learner,
          draw.shuffle([nothing(draw, 'accuracyFloor'), nothing(draw, 'latencyCeiling'), nothing(draw, 'budgetPerMonth'), market(draw)]),
          'Where no option meets all requirements the answer is null: not the one that comes nearest. And where one does, it is that one.',
        ),
    },
    {
      name: 'the options are left as they were',
      points: 1,
      measure: (learner, draw) => {
        const {options, requirements} = market(draw);
        // Neither rising nor falling, so that no sorting leaves it as it was.
        const [a, b, ...rest] = options.toSorted((one, other) => costOf(one, requirements) - costOf(other, requirements));
        return unchangedInputs(learner, 'chooseCheapest', [b, a, ...rest] as never, requirements as never);
      },
    },
  ],
};

async function wrongPicks(learner: Learner, cases: readonly Case[], message: string): Promise<Measurement> {
  let wrong = 0;
  for (const one of cases) if (((await answerFor(learner, one))?.name ?? null) !== one.right) wrong++;
  return {measured: wrong, comparison: '==', threshold: 0, unit: 'wrong picks', message};
}

async function answerFor(learner: Learner, {options, requirements}: Case): Promise<Choice | null> {
  const answer = await learner.call('chooseCheapest', options as never, requirements as never);
  if (answer === null || answer === undefined) return null;
  const {name, dollarsPerMonth} = expectRecord(answer, ['name', 'dollarsPerMonth'], 'the result of chooseCheapest');
  if (typeof name !== 'string') throw new WrongAnswer(`Expected name to be the name of an option, got a ${typeof name}`);
  return {name, dollarsPerMonth: expectNumber(dollarsPerMonth, 'dollarsPerMonth')};
}

function costOf({dollarsPerRequest, rentPerMonth}: ServingOption, {requestsPerDay}: Requirements): number {
  return rentPerMonth + monthlyCost(dollarsPerRequest, requestsPerDay);
}

function faq(draw: Draw, accuracyFloor: number): Case {
  return {
    options: draw.shuffle(faqOptions),
    requirements: {requestsPerDay: 10_000, accuracyFloor, latencyCeiling: 1000, budgetPerMonth: 10_000},
    right: faqOptions.find(({accuracy}) => accuracy === accuracyFloor)!.name,
  };
}

/** Prices in 1/65536 dollars and whole rents: sums are exact in whatever order they are made. */
const grain = 2 ** -16;

/** One right option among others each of which has one thing wrong: too slow, not accurate enough, too dear, over the budget, a cheap request with a high rent. */
function market(draw: Draw): Case {
  const requestsPerDay = 64 * draw.integer(40, 800);
  const accuracyFloor = draw.integer(90, 96);
  const latencyCeiling = draw.integer(200, 900);
  const price = draw.integer(60, 250);
  const right: ServingOption = {
    name: '',
    dollarsPerRequest: price * grain,
    rentPerMonth: 0,
    milliseconds: Math.round(latencyCeiling * draw.uniform(0.7, 0.9)),
    accuracy: accuracyFloor + 1,
  };
  const month = price * grain * requestsPerDay * 30;
  const fast = Math.round(latencyCeiling * 0.3);
  const others: Omit<ServingOption, 'name'>[] = [
    {
      ...right,
      rentPerMonth: Math.round(month * 0.3),
      dollarsPerRequest: Math.round(price * 0.3) * grain,
      milliseconds: Math.ceil(latencyCeiling * 1.2),
    },
    {...right, dollarsPerRequest: Math.round(price * 0.5) * grain, accuracy: accuracyFloor - draw.integer(1, 3)},
    {...right, dollarsPerRequest: Math.round(price * 1.25) * grain, milliseconds: Math.round(fast * 1.3), accuracy: accuracyFloor + 2},
    {...right, dollarsPerRequest: Math.round(price * 3) * grain, milliseconds: fast, accuracy: accuracyFloor + 3},
    {...right, rentPerMonth: Math.round(month * 0.8), dollarsPerRequest: Math.round(price * 0.4) * grain},
  ];
  return named(draw, right, others, {requestsPerDay, accuracyFloor, latencyCeiling, budgetPerMonth: Math.round(month * 1.6)});
}

/** The right option has exactly what is asked. */
function atTheLimit(draw: Draw, limit: 'accuracyFloor' | 'latencyCeiling' | 'budgetPerMonth'): Case {
  const {options, requirements, right} = market(draw);
  const chosen = options.find(({name}) => name === right)!;
  const exact = {
    accuracyFloor: chosen.accuracy,
    latencyCeiling: chosen.milliseconds,
    budgetPerMonth: costOf(chosen, requirements),
  };
  return {options, requirements: {...requirements, [limit]: exact[limit]}, right};
}

/** The same options, with one requirement that none of them meets. */
function nothing(draw: Draw, limit: 'accuracyFloor' | 'latencyCeiling' | 'budgetPerMonth'): Case {
  const {options, requirements} = market(draw);
  const beyond = {
    accuracyFloor: 100,
    latencyCeiling: Math.min(...options.map(({milliseconds}) => milliseconds)) - 20,
    budgetPerMonth: 0.7 * Math.min(...options.map(option => costOf(option, requirements))),
  };
  return {options, requirements: {...requirements, [limit]: beyond[limit]}, right: null};
}

/** A price for each request against a rent with a small price, at a part of the number of requests at which both cost the same and at a multiple of it. */
function volumes(draw: Draw, part: number, multiple: number): Case[] {
  const price = 8 * draw.integer(20, 90);
  const rentPerMonth = draw.integer(300, 3000);
  const even = rentPerMonth / (30 * (price - price / 8) * grain);
  const pay: ServingOption = {name: '', dollarsPerRequest: price * grain, rentPerMonth: 0, milliseconds: 200, accuracy: 97};
  const rent: ServingOption = {...pay, dollarsPerRequest: (price / 8) * grain, rentPerMonth};
  const requirements = {accuracyFloor: 95, latencyCeiling: 500, budgetPerMonth: 20 * rentPerMonth};
  const few = named(draw, pay, [rent], {...requirements, requestsPerDay: Math.round(even * part)});
  const other = few.options.find(({name}) => name !== few.right)!;
  return [few, {...few, requirements: {...requirements, requestsPerDay: Math.round(even * multiple)}, right: other.name}];
}

/** Gives the options names that say nothing, in an order that says nothing. */
function named(draw: Draw, right: ServingOption, others: readonly Omit<ServingOption, 'name'>[], requirements: Requirements): Case {
  const names = draw.shuffle(['birch', 'oak', 'maple', 'pine', 'cedar', 'elm', 'ash']);
  const options = [right, ...others].map((option, i) => ({...option, name: names[i]!}));
  return {options: draw.shuffle(options), requirements, right: options[0]!.name};
}
