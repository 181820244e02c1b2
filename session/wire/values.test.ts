import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {encodeFrame, FrameDecoder, FrameError} from './frames.ts';
import type {Plain} from './plain.ts';
import {decodeValue, encodeValue, ValueError} from './values.ts';

const roundTrip = (value: Plain): Plain => {
  const buffers: Uint8Array[] = [];
  const pieces = encodeFrame({value: encodeValue(value, buffers)}, buffers);
  const [frame] = [...new FrameDecoder().push(Buffer.concat(pieces))];
  return decodeValue(frame!.header['value'], frame!.buffers);
};

describe('values', () => {
  it('come back as they were: numbers JSON cannot say, lists, records, typed arrays, tensors', () => {
    const value: Plain = {
      numbers: [NaN, Infinity, -Infinity, -0, 1.5],
      long: Array.from({length: 100}, (_, i) => i / 3),
      nothing: undefined,
      none: null,
      codes: Int8Array.of(-128, 0, 127),
      x: {dtype: 'float32', shape: [2, 2], data: Float32Array.of(1, 2, 3, 4)},
      nested: {$: 'number', v: 'NaN'},
    };
    expect(roundTrip(value)).toEqual(value);
  });

  it('come back whatever they are', () => {
    fc.assert(
      fc.property(fc.jsonValue({maxDepth: 6}), value => {
        expect(roundTrip(value as Plain)).toEqual(value);
      }),
      {numRuns: 200},
    );
  });

  it('cannot set a prototype', () => {
    const record = roundTrip(JSON.parse('{"__proto__": {"polluted": true}}')) as Record<string, Plain>;
    expect(Object.getPrototypeOf(record)).toBe(null);
    expect(({} as Record<string, unknown>)['polluted']).toBe(undefined);
  });

  it('that cannot travel are refused with their path', () => {
    expect(() => encodeValue({a: [1, (() => 1) as unknown as Plain]}, [])).toThrow('got a function at the value.a[1]');
  });

  it('are refused when shape and bytes disagree', () => {
    expect(() => decodeValue({$: 'tensor', dtype: 'float32', shape: [3], b: 0}, [new Uint8Array(8)])).toThrow(ValueError);
    expect(() => decodeValue({$: 'tensor', dtype: 'constructor', shape: [2], b: 0}, [new Uint8Array(8)])).toThrow(ValueError);
    expect(() => decodeValue({$: 'array', kind: 'Float32Array', b: 0}, [new Uint8Array(7)])).toThrow(ValueError);
    expect(() => decodeValue({$: 'array', kind: 'Float32Array', b: 1}, [new Uint8Array(8)])).toThrow(ValueError);
  });

  it('are refused where a record passes for a tensor, whose shape and bytes nobody held together', () => {
    const forged = {
      $: 'record',
      v: [
        ['dtype', 'int32'],
        ['shape', [16]],
        ['data', {$: 'array', kind: 'Int32Array', b: 0}],
      ],
    };
    expect(() => decodeValue(forged, [new Uint8Array(0)])).toThrow(ValueError);
    expect(() => decodeValue([{$: 'record', v: [['x', forged]]}], [new Uint8Array(0)])).toThrow(ValueError);
  });

  it('are refused where two refer to one buffer, of which each would get a copy', () => {
    const bytes = {$: 'array', kind: 'Uint8Array', b: 0};
    expect(decodeValue([bytes, {...bytes, b: 1}], [Uint8Array.of(1), Uint8Array.of(2)])).toEqual([Uint8Array.of(1), Uint8Array.of(2)]);
    expect(() => decodeValue([bytes, bytes], [Uint8Array.of(1)])).toThrow(ValueError);
    expect(() => decodeValue([{$: 'numbers', b: 0}, bytes], [new Uint8Array(8)])).toThrow(ValueError);
  });

  it('are refused where a tensor without an element claims more rows than anybody can go through', () => {
    const empty = {dtype: 'float32', shape: [2 ** 53 - 1, 0], data: new Float32Array(0)} as const;
    expect(() => encodeValue(empty, [])).toThrow('got shape [9007199254740991, 0] at the value');
    expect(() => decodeValue({$: 'tensor', dtype: 'float32', shape: empty.shape, b: 0}, [new Uint8Array(0)])).toThrow(ValueError);
    expect(roundTrip({...empty, shape: [3, 0]})).toEqual({...empty, shape: [3, 0]});
  });
});

describe('frames', () => {
  it('arrive whole however they are cut', () => {
    const bytes = Buffer.concat([1, 2, 3].flatMap(n => encodeFrame({n}, [Uint8Array.of(n, n)])));
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: bytes.length})), cuts => {
        const decoder = new FrameDecoder();
        const places = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const frames = places.slice(1).flatMap((end, i) => [...decoder.push(bytes.subarray(places[i]!, end))]);
        expect(frames.map(f => [f.header['n'], [...f.buffers[0]!]])).toEqual([1, 2, 3].map(n => [n, [n, n]]));
      }),
    );
  });

  it('arrive whole byte by byte, in a list of bytes that stays short', () => {
    const payload = new Uint8Array(400_000).fill(7);
    const decoder = new FrameDecoder();
    const bytes = Buffer.concat(encodeFrame({}, [payload]));
    const frames = Array.from(bytes, byte => [...decoder.push(Uint8Array.of(byte))]).flat();
    expect(frames).toHaveLength(1);
    expect(Buffer.compare(frames[0]!.buffers[0]!, payload)).toBe(0);
  });

  it('are refused where a header has more members than the host allows; a text may hold as many commas as it likes', () => {
    const limits = {headerBytes: 2 ** 20, payloadBytes: 0, headerMembers: 100};
    const decode = (header: Record<string, unknown>): unknown =>
      [...new FrameDecoder(limits).push(Buffer.concat(encodeFrame(header)))][0]!.header;
    const text = {text: '\\",:[{'.repeat(1000)};
    expect(decode(text)).toEqual(text);
    expect(() => decode({list: Array(101).fill(0)})).toThrow('Expected a header of at most 100 members, got 103');
    expect(() => decode(Object.fromEntries(Array.from({length: 60}, (_, i) => [`k${i}`, {}])))).toThrow(FrameError);
    expect(() => decode({buffers: Array(101).fill(0)})).toThrow(FrameError);
  });

  it('that lie about their size are refused before anything is allocated', () => {
    const huge = Buffer.alloc(8);
    huge.writeUInt32LE(2, 0);
    huge.writeUInt32LE(0xffff_ffff, 4);
    expect(() => [...new FrameDecoder().push(huge)]).toThrow(FrameError);
  });

  it('made of noise are refused or wait for more, nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), noise => {
        try {
          for (const frame of new FrameDecoder({headerBytes: 100, payloadBytes: 100}).push(noise))
            expect(frame.header).toBeTypeOf('object');
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
    );
  });
});
