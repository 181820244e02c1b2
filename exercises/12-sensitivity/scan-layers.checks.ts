import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {type Learner, type Task, WrongAnswer} from '../../checking/types.ts';
import {unchangedInputs} from '../../checking/unchanged.ts';
import type {Draw} from '../../data/draw.ts';
import type {Plain} from '../../session/wire/plain.ts';
import {asLabels, asPlain, drawToy} from './inputs.ts';
import type {ScanRow} from './interface.ts';
import {type Labelled, measure, type PlainNetwork, referenceScan} from './network.ts';

export const scanLayers: Task = {
  name: 'scanLayers',
  title: 'Scan the layers',
  timeoutMs: 20_000,
  checks: [
    {
      name: 'there is a row for every layer and every width',
      points: 1,
      async measure(learner, draw) {
        const choices = draw.shuffle([2, 3, 5, 7]).slice(0, 3);
        const {network, data} = drawScan(draw);
        const rows = await answer(learner, network, data, choices);
        const wanted = network.layers.flatMap(({name}) => choices.map(bits => `${name} ${bits}`));
        const found = rows.map(({layer, bits}) => `${layer} ${bits}`);
        const missing = wanted.filter(row => !found.includes(row)).length;
        return {
          measured: missing + found.length - (wanted.length - missing),
          comparison: '==',
          threshold: 0,
          unit: 'rows missing or too many',
          message: 'The table needs one row for each layer and each of the widths in `choices`, whichever widths these are.',
        };
      },
    },
    {
      name: 'one layer at a time is rounded, all others stay float',
      points: 2,
      async measure(learner, draw) {
        const {network, data} = drawScan(draw);
        return {
          measured: await deviation(learner, network, data, [2, 3, 5]),
          comparison: '<=',
          threshold: 0.002,
          unit: '× the largest increase',
          message:
            'An increase is not that of one layer alone. Begin each row with the float network: the layers of earlier rows are float again. Measure the loss on the images; how far the weights moved is another question.',
        };
      },
    },
    {
      name: 'the increase counts from the float network, below zero too',
      points: 1,
      async measure(learner, draw) {
        const {network, data} = await drawLucky(draw);
        return {
          measured: await deviation(learner, network, data, [2, 3]),
          comparison: '<=',
          threshold: 0.002,
          unit: '× the largest increase',
          message:
            'The increase is the loss with the rounded layer minus the loss of the float network, on the same images: a difference in nats, not a share of that loss. Where rounding helped by luck it is negative, and stays so.',
        };
      },
    },
    {
      name: 'bytes are those of codes and scales',
      points: 1,
      async measure(learner, draw) {
        const {network, data} = drawScan(draw);
        const choices = [2, 3, 5, 8];
        const reference = await referenceScan(network, data, choices);
        const rows = await answer(learner, network, data, choices);
        return {
          measured: reference.filter(wanted => find(rows, wanted).bytes !== wanted.bytes).length,
          comparison: '==',
          threshold: 0,
          unit: 'rows with wrong bytes',
          message:
            'A layer takes weights × bits / 8 bytes, rounded up to whole bytes, and 4 more for the scale of each column. Biases stay as they are and count for nobody.',
        };
      },
    },
    {
      name: 'the network and the images are left as they were',
      points: 1,
      measure(learner, draw) {
        const {network, data} = drawScan(draw);
        return unchangedInputs(learner, 'scanLayers', asPlain(network), data.images, asLabels(data.labels), [2, 4]);
      },
    },
  ],
};

/** A network and images whose loss in float is clear of 1: there a share of the loss would be as good as a difference. */
function drawScan(draw: Draw): {network: PlainNetwork; data: Labelled} {
  for (let attempt = 0; ; attempt++) {
    const {network, sets} = drawToy(draw.for(`toy ${attempt}`), [24]);
    if (Math.abs(measure(network, sets[0]!).loss - 1) > 0.15) return {network, data: sets[0]!};
  }
}

/** A network and images on which rounding some layer helps clearly. */
async function drawLucky(draw: Draw): Promise<{network: PlainNetwork; data: Labelled}> {
  for (let attempt = 0; ; attempt++) {
    const drawn = drawScan(draw.for(`attempt ${attempt}`));
    const increases = (await referenceScan(drawn.network, drawn.data, [2, 3])).map(({increase}) => increase);
    if (Math.min(...increases) < -0.1 * Math.max(...increases)) return drawn;
  }
}

/** The largest deviation of an increase, as a share of the largest increase there is. */
async function deviation(learner: Learner, network: PlainNetwork, data: Labelled, choices: readonly number[]): Promise<number> {
  const reference = await referenceScan(network, data, choices);
  const rows = await answer(learner, network, data, choices);
  const largest = Math.max(...reference.map(({increase}) => increase));
  return Math.max(...reference.map(wanted => Math.abs(find(rows, wanted).increase - wanted.increase))) / largest;
}

async function answer(learner: Learner, network: PlainNetwork, {images, labels}: Labelled, choices: readonly number[]): Promise<ScanRow[]> {
  const rows = await learner.call('scanLayers', asPlain(network), images, asLabels(labels), [...choices]);
  if (!Array.isArray(rows)) throw new WrongAnswer('Expected scanLayers to return a list of rows {layer, bits, bytes, increase}');
  return rows.map((row: Plain, i) => {
    const {layer, bits, bytes, increase} = expectRecord(row, ['layer', 'bits', 'bytes', 'increase'], `row ${i}`);
    if (typeof layer !== 'string' || !network.layers.some(({name}) => name === layer))
      throw new WrongAnswer(`Expected the layer of row ${i} to be the name of one of the network's layers`);
    return {
      layer,
      bits: expectNumber(bits, `the bits of row ${i}`),
      bytes: expectNumber(bytes, `the bytes of row ${i}`),
      increase: expectNumber(increase, `the increase of row ${i}`),
    };
  });
}

function find(rows: readonly ScanRow[], {layer, bits}: ScanRow): ScanRow {
  const found = rows.find(row => row.layer === layer && row.bits === bits);
  if (!found) throw new WrongAnswer('Expected a row for each layer and each of the widths in `choices`, at least one is missing');
  return found;
}
