import {expectFinite, expectNumber, expectRecord, expectTensor} from '../../checking/expect.ts';
import {WrongAnswer} from '../../checking/types.ts';
import type {DenseWeights} from '../../data/digits-mlp.ts';
import type {Plain} from '../../session/wire/plain.ts';
import type {PlainLayer} from './network.ts';

/** The learner's layers, held to the lesson's closed form: shapes of `model`, integer codes that fit their bits, one scale per column, a grid. @throws WrongAnswer */
export function expectLayers(value: Plain, model: readonly DenseWeights[], weightBits: number, activationBits: number): PlainLayer[] {
  if (!Array.isArray(value) || value.length !== model.length)
    throw new WrongAnswer(`Expected \`layers\` to be a list of ${model.length} layers`);
  return model.map(({kernel, bias}, i) => {
    const name = `layer ${i}`;
    const layer = expectRecord((value as Plain[])[i], ['codes', 'scale', 'bias', 'input'], name);
    const codes = expectTensor(layer.codes, {what: `the codes of ${name}`, shape: kernel.shape, dtype: 'int32'});
    const scale = expectTensor(layer.scale, {what: `the scale of ${name}`, shape: bias.shape, dtype: 'float32'});
    const half = 2 ** (weightBits - 1);
    if (codes.data.some(code => code < -half || code >= half))
      throw new WrongAnswer(
        `Expected the codes of ${name} to fit ${weightBits} bits, from ${-half} to ${half - 1}; are \`weightBits\` passed on to the grid?`,
      );
    if (scale.data.some(s => s <= 0)) throw new WrongAnswer(`Expected every scale of ${name} to be above 0`);
    return {
      codes,
      scale,
      bias: expectTensor(layer.bias, {what: `the bias of ${name}`, shape: bias.shape, dtype: 'float32'}),
      input: expectGrid(layer.input, name, activationBits),
    };
  });
}

function expectGrid(value: Plain, name: string, wanted: number): PlainLayer['input'] {
  const input = expectRecord(value, ['scale', 'zeroPoint', 'bits'], `the input of ${name}`);
  const [scale, zeroPoint, bits] = (['scale', 'zeroPoint', 'bits'] as const).map(field =>
    expectNumber(input[field], `the input's ${field} of ${name}`),
  ) as [number, number, number];
  if (bits !== wanted)
    throw new WrongAnswer(
      `Expected the input of ${name} to have the ${wanted} bits that were asked for; are \`activationBits\` passed on?`,
    );
  if (scale <= 0) throw new WrongAnswer(`Expected the input's scale of ${name} to be above 0`);
  if (!Number.isInteger(zeroPoint) || zeroPoint < 0 || zeroPoint > 2 ** bits - 1)
    throw new WrongAnswer(`Expected the input's zeroPoint of ${name} to be a code, a whole number from 0 to ${2 ** bits - 1}`);
  expectFinite([scale], `the input's scale of ${name}`);
  return {scale, zeroPoint, bits};
}
