import type {Choice, MixedData, MixedResult, Network} from '../../../exercises/12-sensitivity/interface.ts';
import {accuracyOf, scanLayers} from '../answers.ts';

export * from '../answers.ts';

/** With the few layers that there are, every combination that fits can be summed up. */
export function mixedBits(network: Network, data: MixedData, choices: readonly number[], budget: number): MixedResult {
  const rows = scanLayers(network, data.calibration, data.calibrationLabels, choices);
  let sums: {bits: readonly Choice[]; bytes: number; increase: number}[] = [{bits: [], bytes: 0, increase: 0}];
  for (const {name} of network.layers)
    sums = sums.flatMap(sum =>
      rows
        .filter(({layer}) => layer === name)
        .map(row => ({
          bits: [...sum.bits, {layer: name, bits: row.bits}],
          bytes: sum.bytes + row.bytes,
          increase: sum.increase + row.increase,
        })),
    );
  const {bits} = sums.filter(({bytes}) => bytes <= budget).reduce((a, b) => (b.increase < a.increase ? b : a));
  return {bits, accuracy: accuracyOf(network, bits, data.test, data.testLabels)};
}
