import {printable} from '../quant/report/table.ts';
import {openWeights, type WeightFile} from '../quant/files/weights.ts';

/** Opens files, and closes them whatever happens. */
export function withWeights<T>(paths: readonly string[], use: (...files: WeightFile[]) => T): T {
  const files: WeightFile[] = [];
  try {
    for (const path of paths) files.push(openNamed(path));
    return use(...files);
  } finally {
    for (const file of files) file.close();
  }
}

function openNamed(path: string): WeightFile {
  try {
    return openWeights(path);
  } catch (cause) {
    throw new Error(`${path}: ${printable((cause as Error).message)}`, {cause});
  }
}
