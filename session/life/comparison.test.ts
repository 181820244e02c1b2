import fc from 'fast-check';
import {expect, it} from 'vitest';
import {comparisonOf, type Property} from './comparison.ts';

const key = fc.oneof(fc.string(), fc.constantFrom(Symbol.iterator, Symbol('own')));

it('finds whichever one property is not what it was, and none where all are', () => {
  fc.assert(
    fc.property(fc.array(fc.uniqueArray(key, {minLength: 1, maxLength: 80}), {minLength: 1, maxLength: 4}), fc.nat(), (keys, chosen) => {
      const properties = keys.flatMap((own, n): Property[] => {
        const holder: Record<PropertyKey, unknown> = Object.create(null);
        for (const [i, each] of own.entries()) holder[each] = {n, i};
        return own.map(each => ({holder, key: each, value: holder[each]}));
      });
      const isAsItWas = comparisonOf(properties);
      expect(isAsItWas()).toBe(true);
      const {holder, key: changed, value} = properties[chosen % properties.length]!;
      holder[changed] = null;
      expect(isAsItWas()).toBe(false);
      holder[changed] = value;
      expect(isAsItWas()).toBe(true);
    }),
  );
});
