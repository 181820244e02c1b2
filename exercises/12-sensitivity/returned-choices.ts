import {expectNumber, expectRecord} from '../../checking/expect.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {Plain} from '../../session/wire/plain.ts';
import type {Choice} from './interface.ts';

/** The learner's choices as the judge reads them: names that exist, bits that are on offer for them, each layer once. @throws WrongAnswer */
export function expectChoices(value: Plain, offered: readonly Choice[], what: string): Choice[] {
  const names = new Set(offered.map(({layer}) => layer));
  if (!Array.isArray(value)) throw new WrongAnswer(`Expected ${what} to be a list of {layer, bits}, one for each layer`);
  const list = value.map((one: Plain, i) => {
    const choice = expectRecord(one, ['layer', 'bits'], `choice ${i} of ${what}`);
    const bits = expectNumber(choice.bits, `the bits of choice ${i} of ${what}`);
    if (typeof choice.layer !== 'string' || !names.has(choice.layer))
      throw new WrongAnswer(`Expected the layer of choice ${i} of ${what} to be the name of a layer that was given`);
    if (!offered.some(offer => offer.layer === choice.layer && offer.bits === bits))
      throw new WrongAnswer(`Expected the bits of choice ${i} of ${what} to be among those that are on offer for its layer`);
    return {layer: choice.layer, bits};
  });
  if (list.length !== names.size || new Set(list.map(({layer}) => layer)).size !== names.size)
    throw new WrongAnswer(`Expected ${what} to hold one choice for each layer, also for those that keep the fewest bits`);
  return list;
}
