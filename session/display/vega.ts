import type {MimeBundle} from '../wire/messages.ts';

/** A chart in Vega's or Vega-Lite's grammar. */
export type VegaSpec = Readonly<Record<string, unknown>>;

const schema = /\/schema\/(vega|vega-lite)\/v(\d+)/;
/** The newest that JupyterLab's renderer names; it draws older ones too. */
const mimes = {'vega': 'application/vnd.vega.v5+json', 'vega-lite': 'application/vnd.vegalite.v5+json'} as const;

/** A specification names its schema; a builder (vega-lite-api) makes one by `toSpec`. */
export function isVegaLite(value: object): boolean {
  if ('toSpec' in value && typeof value.toSpec === 'function') return true;
  return '$schema' in value && typeof value.$schema === 'string' && schema.test(value.$schema);
}

/** JupyterLab and VS Code draw it; elsewhere its text says what it would show. */
export function vegaLiteBundle(value: object): MimeBundle {
  const spec = ('toSpec' in value && typeof value.toSpec === 'function' ? Reflect.apply(value.toSpec, value, []) : value) as VegaSpec;
  const grammar = schema.exec(String(spec['$schema']))?.[1] === 'vega' ? 'vega' : 'vega-lite';
  return {'text/plain': describe(spec, grammar), [mimes[grammar]]: spec};
}

/** `Vega-Lite chart “Cost”: bar, x: day, y: cost, 12 rows` */
function describe({title, mark, encoding, data}: VegaSpec, grammar: string): string {
  const record = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? {...value} : {});
  const channels = Object.entries(record(encoding)).flatMap(([channel, coded]) => {
    const {field, aggregate} = record(coded);
    const what = [aggregate, field].filter(part => typeof part === 'string').join(' of ');
    return what ? [`${channel}: ${what}`] : [];
  });
  const {values} = record(data);
  const kind = typeof mark === 'string' ? mark : record(mark)['type'];
  const parts = [...(typeof kind === 'string' ? [kind] : []), ...channels, ...(Array.isArray(values) ? [`${values.length} rows`] : [])];
  const name = grammar === 'vega' ? 'Vega chart' : 'Vega-Lite chart';
  return `${name}${typeof title === 'string' ? ` “${title}”` : ''}${parts.length ? `: ${parts.join(', ')}` : ''}`;
}
