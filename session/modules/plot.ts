import {pathToFileURL} from 'node:url';
import {drawingDocument} from '../display/plots.ts';
import {importUrl} from './importing.ts';

type Draw = (options?: Record<string, unknown>) => unknown;
interface PlotModule {
  readonly plot: Draw;
  readonly legend: Draw;
  readonly Mark: {prototype: {plot: Draw}};
}

let wrapped: object | undefined;

/** Observable Plot, which outside a browser must be told the document to draw in. A global `window` would make tfjs take this for a browser. */
export async function loadPlot(path: string): Promise<object> {
  if (wrapped) return wrapped;
  const module = (await importUrl(pathToFileURL(path).href)) as PlotModule;
  const withDocument =
    (draw: Draw): Draw =>
    (options = {}) =>
      draw({document: drawingDocument(), ...options});
  const plot = withDocument(module.plot);
  module.Mark.prototype.plot = function (this: unknown, {marks = [], ...options} = {}) {
    return plot({...options, marks: [...(marks as unknown[]), this]});
  };
  return (wrapped = Object.freeze({...module, plot, legend: withDocument(module.legend)}));
}
