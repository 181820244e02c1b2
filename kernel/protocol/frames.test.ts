import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {type OutgoingFrame, Signer, type WireMessage} from './frames.ts';

const message: WireMessage = {
  identities: [Buffer.from('client')],
  header: {msg_id: '1', msg_type: 'execute_request'},
  parentHeader: {},
  metadata: {},
  content: {code: '1'},
  buffers: [Uint8Array.of(0, 255, 10)],
};
const buffers = (frames: readonly OutgoingFrame[]): Buffer[] => frames.map(frame => Buffer.from(frame as Uint8Array));

describe('a signed message', () => {
  it('comes back as it was, binary buffers intact', () => {
    const decoded = new Signer('key').decode(buffers(new Signer('key').encode(message))) as WireMessage;
    expect({...decoded, buffers: decoded.buffers.map(b => [...b])}).toEqual({...message, buffers: [[0, 255, 10]]});
  });

  it('has the HMAC-SHA256 that Jupyter computes', () => {
    // python: hmac.new(b'key', b'{}{}{}{}', 'sha256').hexdigest()
    const [, , signature] = new Signer('key').encode({...message, header: {}, content: {}});
    expect(signature!.toString()).toBe('ca767b02c5bc061ed184a9a029e7f93a7f2f7ed4e8fe74120fc1212f0b008fa3');
  });

  it('is dropped when any byte of it was changed', () => {
    const frames = buffers(new Signer('key').encode(message));
    fc.assert(
      fc.property(fc.integer({min: 2, max: 6}), fc.nat(), fc.integer({min: 1, max: 255}), (frame, at, change) => {
        const tampered = frames.map(bytes => Buffer.from(bytes));
        const bytes = tampered[frame]!;
        bytes[at % bytes.length]! ^= change;
        expect(new Signer('key').decode(tampered)).toEqual({dropped: 'its signature is wrong'});
      }),
    );
  });

  it('is dropped when it comes again', () => {
    const signer = new Signer('key');
    const frames = buffers(signer.encode(message));
    expect(signer.decode(frames)).not.toHaveProperty('dropped');
    expect(signer.decode(frames)).toEqual({dropped: 'it was sent before'});
  });
});

it('noise is dropped, whatever it is', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({maxLength: 80})), noise => {
      const frames = [Buffer.from('<IDS|MSG>'), ...noise.map(bytes => Buffer.from(bytes))];
      expect(new Signer('key').decode(frames)).toHaveProperty('dropped');
      expect(new Signer('').decode(frames)).toHaveProperty('dropped');
    }),
  );
});
