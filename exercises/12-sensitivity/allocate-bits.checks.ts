import type {Learner, Task} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import {leastIncrease} from './inputs.ts';
import type {Choice, ScanRow} from './interface.ts';
import {expectChoices} from './returned-choices.ts';

export const allocateBits: Task = {
  name: 'allocateBits',
  title: 'Spend the bytes',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'all layers together stay within the budget',
      points: 1,
      async measure(learner, draw) {
        let over = 0;
        for (const part of [0, draw.uniform(0.05, 0.2), draw.uniform(0.3, 0.5), draw.uniform(0.6, 0.9), 1.5]) {
          const rows = drawRows(draw, 6);
          const budget = budgetAt(rows, part);
          over += Math.max(0, total(rows, await answer(learner, rows, budget), 'bytes') - budget);
        }
        return {
          measured: over,
          comparison: '==',
          threshold: 0,
          unit: 'bytes above the budget',
          message:
            'The chosen rows take more bytes than the budget. The budget is for all layers together, and it may just be enough for the fewest bits everywhere.',
        };
      },
    },
    {
      name: 'the loss grows hardly more than it must',
      points: 2,
      async measure(learner, draw) {
        // Where large layers are worth their bytes, where small ones are, and where size says nothing.
        const excess: number[] = [];
        for (const growth of [1.5, -0.3, 0.6]) {
          const rows = drawRows(draw, 14, growth);
          excess.push(await excessOf(learner, rows, budgetAt(rows, draw.uniform(0.15, 0.2))));
        }
        return {
          measured: excess.reduce((sum, one) => sum + one, 0) / excess.length,
          comparison: '<=',
          threshold: 0.15,
          unit: '× what bits can save',
          message:
            'Another choice of the same bytes has a clearly smaller sum of increases. What does a byte save in each layer? Size alone does not say it, nor does the increase alone.',
        };
      },
    },
    {
      name: 'a small layer is not starved by a large one',
      points: 1,
      async measure(learner, draw) {
        // The large layer has the largest increase of all; the others together have far more, for the same bytes, and there is room for either.
        const small = Array.from({length: 6}, (_, i) => drawLayer(draw, `small ${i}`, draw.integer(120, 200), draw.uniform(0.5, 0.7)));
        const room = small.reduce((sum, [least, next]) => sum + next!.bytes - least!.bytes, 0);
        const rows = draw.shuffle([...small, drawLayer(draw, 'large', 4 * room, 1)]).flat();
        const budget = budgetAt(rows, 0) + room + 2;
        return {
          measured: await excessOf(learner, rows, budget),
          comparison: '<=',
          threshold: 0.08,
          unit: '× what bits can save',
          message:
            'The layer with the largest increase took bytes with which several small layers would have saved more together. Divide what a step saves by the bytes that it costs.',
        };
      },
    },
    {
      name: 'more bits are not bought where they do not help',
      points: 1,
      async measure(learner, draw) {
        // In half of the layers the wider rows are worse, as noise makes them in a real scan; there is room for all.
        const rows = drawRows(draw, 8).map(row => {
          const worse = Number(row.layer.split(' ')[1]) % 2 === 0;
          return worse ? {...row, increase: 0.02 * row.bits * draw.uniform(0.8, 1.2)} : row;
        });
        return {
          measured: await excessOf(learner, rows, budgetAt(rows, 1.1)),
          comparison: '<=',
          threshold: 0.005,
          unit: '× what bits can save',
          message:
            'There was room for everything, but some layers lose more with more bits: in a real scan luck and noise do that. Look at the increases, also at those below zero, not at the number of bits.',
        };
      },
    },
    {
      name: 'the table is left as it was',
      points: 1,
      measure(learner, draw) {
        const rows = draw.shuffle(drawRows(draw, 5));
        return unchangedInputs(
          learner,
          'allocateBits',
          rows.map(row => ({...row})),
          budgetAt(rows, 0.4),
        );
      },
    },
  ],
};

/** The widths on offer differ from table to table. Increases grow with the layer's weights to the power of `growth`, give or take chance. */
function drawRows(draw: Draw, layers: number, growth = 0.6): ScanRow[] {
  const widths = draw.pick([
    [2, 3, 4, 8],
    [2, 4, 6, 8],
    [3, 4, 5, 6, 8],
  ]);
  return Array.from({length: layers}, (_, i) => {
    const weights = Math.round(Math.exp(draw.uniform(5, 9)));
    return drawLayer(draw, `layer ${i}`, weights, Math.exp(draw.normal(0, 0.8)) * (weights / 1000) ** growth, widths);
  }).flat();
}

/** Increases as rounding makes them: a quarter for each further bit, and some noise. */
function drawLayer(draw: Draw, layer: string, weights: number, increase: number, widths: readonly number[] = [2, 4, 8]): ScanRow[] {
  return widths.map(bits => ({
    layer,
    bits,
    bytes: Math.ceil((weights * bits) / 8) + 32,
    increase: increase * draw.uniform(0.85, 1.15) * 4 ** (widths[0]! - bits),
  }));
}

function most(rows: readonly ScanRow[]): Choice[] {
  return choose(rows, (a, b) => b.bits - a.bits);
}

function fewest(rows: readonly ScanRow[]): Choice[] {
  return choose(rows, (a, b) => a.bits - b.bits);
}

function choose(rows: readonly ScanRow[], order: (a: ScanRow, b: ScanRow) => number): ScanRow[] {
  return [...new Set(rows.map(({layer}) => layer))].map(name => rows.filter(({layer}) => layer === name).sort(order)[0]!);
}

/** The bytes of the fewest bits everywhere, and a part of what lies between these and the most. */
function budgetAt(rows: readonly ScanRow[], part: number): number {
  const least = total(rows, fewest(rows), 'bytes');
  return Math.floor(least + part * (total(rows, most(rows), 'bytes') - least));
}

/** How much more the loss grows than by the best choice, as a share of what the best choice saves against the fewest bits. */
async function excessOf(learner: Learner, rows: readonly ScanRow[], budget: number): Promise<number> {
  const chosen = await answer(learner, rows, budget);
  const best = total(rows, leastIncrease(rows, budget), 'increase');
  // What is over the budget has its own check, and must not win here.
  const found = total(rows, chosen, 'bytes') > budget ? total(rows, fewest(rows), 'increase') : total(rows, chosen, 'increase');
  return (found - best) / (total(rows, fewest(rows), 'increase') - best);
}

async function answer(learner: Learner, rows: readonly ScanRow[], budget: number): Promise<Choice[]> {
  const chosen = await learner.call(
    'allocateBits',
    rows.map(row => ({...row})),
    budget,
  );
  return expectChoices(chosen, rows, 'the result of allocateBits');
}

/** Of the judge's own rows, whatever the learner says of them. */
function total(rows: readonly ScanRow[], chosen: readonly Choice[], what: 'bytes' | 'increase'): number {
  return chosen.reduce((sum, {layer, bits}) => sum + rows.find(row => row.layer === layer && row.bits === bits)![what], 0);
}
