import type {Runtime} from 'node:inspector';

type RemoteObject = Runtime.RemoteObject;
type PropertyPreview = Runtime.PropertyPreview;
type ObjectPreview = Runtime.ObjectPreview;

const longestText = 1000;
const shownElements = 10;

/** A value on one line, as V8 sees it: none of the learner's code runs for it. */
export function describe(object: RemoteObject): string {
  return cut(describeWhole(object));
}

/** How many elements an array or typed array has; nothing for other values. */
export function lengthOf({subtype, description = ''}: RemoteObject): number | undefined {
  if (subtype !== 'array' && subtype !== 'typedarray') return undefined;
  const length = /\((\d+)\)$/.exec(description)?.[1];
  return length === undefined ? undefined : Number(length);
}

/** Whether the value has children to show. */
export const hasChildren = ({type, objectId}: RemoteObject): boolean => objectId !== undefined && type === 'object';

/** A tensor of any copy of tfjs has these among its first fields. */
export function mayBeTensor({type, subtype, preview}: RemoteObject): boolean {
  const names = new Set(preview?.properties.map(({name}) => name));
  return type === 'object' && subtype === undefined && names.has('dtype') && names.has('shape');
}

function describeWhole(object: RemoteObject): string {
  const {type, subtype, value, unserializableValue, description = '', preview} = object;
  if (type === 'string') return JSON.stringify(value);
  if (type === 'undefined') return 'undefined';
  if (subtype === 'null') return 'null';
  if (type === 'function') return functionHead(description);
  if (type !== 'object') return unserializableValue ?? (description || String(value));
  if (subtype === 'error') return description.split('\n')[0]!;
  if (subtype === 'proxy') return description;
  if (subtype === 'promise') return `Promise {${preview?.properties.find(({name}) => name === '[[PromiseState]]')?.value ?? '…'}}`;
  return preview ? describePreview(preview, object.className) : description;
}

function describePreview({subtype, description = '', properties, entries, overflow}: ObjectPreview, className = description): string {
  const more = overflow ? ['…'] : [];
  if (subtype === 'array' || subtype === 'typedarray') {
    const elements = properties.filter(({name}) => /^\d+$/.test(name));
    const shown = elements.slice(0, shownElements).map(describeProperty);
    if (overflow || elements.length > shownElements) shown.push('…');
    return `${subtype === 'array' && description.startsWith('Array') ? '' : `${description} `}[${shown.join(', ')}]`;
  }
  if (entries || subtype === 'map' || subtype === 'set') {
    const shown = (entries ?? []).map(({key, value}) => (key ? `${describeInner(key)} => ${describeInner(value)}` : describeInner(value)));
    return `${description} {${[...shown, ...more].join(', ')}}`;
  }
  if (subtype) return description; // dates, regular expressions: their description is all there is
  const shown = [...properties.map(each => `${each.name}: ${describeProperty(each)}`), ...more];
  return `${className === 'Object' ? '' : `${className} `}{${shown.join(', ')}}`;
}

function describeProperty({type, subtype, value = '', valuePreview}: PropertyPreview): string {
  if (type === 'accessor') return '(…)';
  if (valuePreview) return describeInner(valuePreview);
  if (type === 'string') return JSON.stringify(value);
  if (type === 'function') return 'ƒ';
  if (type === 'object' && subtype === undefined) return value === 'Object' ? '{…}' : `${value} {…}`;
  return value;
}

const describeInner = (preview: ObjectPreview): string => {
  if (preview.type === 'string') return JSON.stringify(preview.description ?? '');
  return preview.type === 'object' && preview.subtype !== 'null' ? describePreview(preview) : (preview.description ?? preview.type);
};

function functionHead(source: string): string {
  const named = /^(class\s+[\p{ID_Continue}$]+)/u.exec(source)?.[1];
  if (named) return named;
  const head = source.slice(0, endOfParameters(source));
  return `ƒ ${head
    .replace(/^async\s+/, '')
    .replace(/^function\s*\*?\s*/, '')
    .replace(/\s+/g, ' ')
    .trim()}`;
}

/** Where a function's parameter list ends: behind its closing bracket, or at the arrow of `x => …`. */
function endOfParameters(source: string): number {
  const arrow = source.indexOf('=>');
  const start = source.indexOf('(');
  if (start < 0 || (arrow >= 0 && arrow < start)) return Math.max(0, arrow);
  for (let at = start, depth = 0; at < source.length; at++) {
    if (source[at] === '(') depth++;
    if (source[at] === ')' && --depth === 0) return at + 1;
  }
  return source.length;
}

const cut = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);

/** What the type column says. JupyterLab shows a value's text only where it knows the type by Python's name, or none is given. */
export function typeOf({type, subtype, value, className}: RemoteObject, inJupyterLab: boolean): string | undefined {
  if (!inJupyterLab) return subtype === 'null' ? 'null' : type === 'object' ? (className ?? type) : type;
  if (type === 'number') return Number.isSafeInteger(value) && !Object.is(value, -0) ? 'int' : 'float';
  if (type === 'boolean') return 'bool';
  return type === 'string' ? 'str' : undefined;
}
