const number = {type: ['number', 'null']} as const;
const count = {type: 'integer', minimum: 0} as const;
const bytes = {type: 'number', minimum: 0} as const;
const names = {type: 'array', items: {type: 'string'}} as const;
const errors = {maxAbsError: number, meanAbsError: number, relativeError: number, sqnrDb: number, cosine: number} as const;
const share = {type: 'number', minimum: 0, maximum: 1} as const;

/** JSON Schema of a report: what `JSON.stringify(report)` and `snapgrid compare --json` give. */
export const reportSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'snapgrid report',
  type: 'object',
  additionalProperties: false,
  required: [
    'title',
    'of',
    'elements',
    'originalBytes',
    'bytes',
    'bitsPerElement',
    ...Object.keys(errors),
    'parts',
    'onlyOriginal',
    'onlyOther',
  ],
  properties: {
    title: {type: 'string'},
    of: {enum: ['values', 'outputs']},
    elements: count,
    originalBytes: bytes,
    bytes,
    bitsPerElement: number,
    ...errors,
    accuracy: {
      type: 'object',
      additionalProperties: false,
      required: ['original', 'quantized', 'examples'],
      properties: {original: share, quantized: share, examples: {type: 'integer', minimum: 1}},
    },
    parts: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'shape', 'originalType', 'type', 'elements', 'originalBytes', 'bytes', 'bitsPerElement'],
        properties: {
          name: {type: 'string'},
          shape: {type: 'array', items: count},
          originalType: {type: 'string'},
          type: {type: 'string'},
          elements: count,
          originalBytes: bytes,
          bytes,
          bitsPerElement: number,
          ...errors,
        },
      },
    },
    onlyOriginal: names,
    onlyOther: names,
  },
} as const;
