import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAccountNames } from './account-names.ts';

const read = (text: string) => Object.fromEntries(readAccountNames(text));
const BOTH = { '111122223333': 'payments', '444455556666': 'log archive, old' };

describe('names of accounts', () => {
  it.each([
    ['an object', JSON.stringify(BOTH)],
    [
      'what aws organizations list-accounts prints',
      '{"Accounts":[{"Id":"111122223333","Name":"payments","Status":"ACTIVE"},{"Id":"444455556666","Name":"log archive, old"}]}',
    ],
    ['a list', '[{"id":"111122223333","name":"payments"},{"account":"444455556666","name":"log archive, old"}]'],
    ['CSV with titles', 'Account,Name\n111122223333,payments,x\r\n\n4444-5555-6666, "log archive, old" ,y\n'],
    ['CSV without', '"111122223333";payments\n444455556666\t"log archive, old"'],
  ])('are read from %s', (_, text) => expect(read(text)).toEqual(BOTH));

  it.each([
    ['111122223333,payments\n1234,x', 'line 2: "1234" is no account id of twelve digits'],
    ['{"111122223333": 7}', '"111122223333": account 111122223333 has no name'],
    ['[{"Id":"111122223333"}]', 'entry 1: account 111122223333 has no name'],
    ['{"Accounts": [', 'JSON'],
  ])('are refused in %j', (text, message) => expect(() => read(text)).toThrow(message));

  it('are one plain line each, whatever the file holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        let names: Record<string, string> = {};
        try {
          names = read(JSON.stringify({ '111122223333': name }));
        } catch (error) {
          expect((error as Error).message).toContain('has no name');
        }
        for (const each of Object.values(names)) expect(each).toMatch(/^[^\p{Cc}\p{Cf}\n]{1,64}$/u);
      }),
    );
  });
});
