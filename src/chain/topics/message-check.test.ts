import { describe, expect, it } from 'vitest';
import { checkMessage, readMessageAttributes } from './message-check.ts';

const invalid = (text: string) => ({ code: 'InvalidParameterException', message: `Invalid parameter: ${text}` });
const caught = (action: () => unknown): unknown => {
  try {
    action();
    return undefined;
  } catch (error) {
    return error;
  }
};
const check = (given: object): unknown => caught(() => checkMessage({ message: 'x', attributes: {}, ...given }));

describe('a message', () => {
  it.each([
    [{ message: '' }, 'Empty message'],
    [{ message: 'x'.repeat(262_145) }, 'Message too long'],
    [{ message: 'ä'.repeat(131_073) }, 'Message too long'],
    [{ message: 'x'.repeat(262_140), attributes: { a: { type: 'String', value: 'x' } } }, 'Message too long'],
    [{ subject: '' }, 'Subject'],
    [{ subject: 'x'.repeat(101) }, 'Subject'],
    [{ subject: ' leading blank' }, 'Subject'],
    [{ subject: 'two\nlines' }, 'Subject'],
    [{ subject: 'Öl' }, 'Subject'],
    [{ structure: 'xml' }, 'MessageStructure'],
    [{ structure: 'json', message: 'x' }, 'Message Structure - JSON message body failed to parse'],
    [{ structure: 'json', message: '{}' }, 'Message Structure - No default entry in JSON message body'],
    [{ structure: 'json', message: '{"default":1}' }, 'Message Structure - No default entry in JSON message body'],
    [{ structure: 'json', message: '["default"]' }, 'Message Structure - No default entry in JSON message body'],
    [{ structure: 'json', message: 'null' }, 'Message Structure - No default entry in JSON message body'],
  ])('is refused, case %#', (given, text) => expect(check(given)).toMatchObject(invalid(text)));

  it.each([
    [{ message: 'x'.repeat(262_144) }],
    [{ subject: 'ALARM: "root" in EU (Irland) — ä' }],
    [{ structure: 'json', message: '{"default":"x","sqs":7}' }],
  ])('is accepted, case %#', (given) => expect(check(given)).toBeUndefined());
});

describe('a message attribute', () => {
  const text = { DataType: 'String', StringValue: 'x' };
  it.each([
    [{ '.a': text }, "Invalid message attribute name starting with character '.' was found."],
    [{ 'a.': text }, "Invalid message attribute name ending with character '.' was found."],
    [{ 'a..b': text }, "Message attribute name can not have successive '.' character."],
    [{ ['a'.repeat(257)]: text }, 'Length of message attribute name must be less than 256 bytes.'],
    [
      { 'a^b': text },
      "Invalid non-alphanumeric character '#x5E' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.",
    ],
    [
      { a: { DataType: 'Text', StringValue: 'x' } },
      "The message attribute 'a' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.",
    ],
    [
      { a: { DataType: 'String', StringValue: '' } },
      "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'String'.",
    ],
    [
      { a: { DataType: 'Binary' } },
      "The message attribute 'a' must contain non-empty message attribute value for message attribute type 'Binary'.",
    ],
    [
      { a: { DataType: 'Number', BinaryValue: Buffer.from('1') } },
      "The message attribute 'a' with type 'Number' must use field 'String'.",
    ],
    [
      { a: { DataType: 'Binary', StringValue: 'x' } },
      "The message attribute 'a' with type 'Binary' must use field 'Binary'.",
    ],
  ])('is refused in the words recorded on AWS, case %#', (given, message) => {
    expect(caught(() => readMessageAttributes(given))).toMatchObject({
      code: 'InvalidParameterValueException',
      message,
    });
  });

  it('is kept by its own name, however odd', () => {
    const named = JSON.parse(
      '{"__proto__":{"DataType":"Binary.png","BinaryValue":""},"n":{"DataType":"Number","StringValue":"-1.5e3"}}',
    );
    Object.getOwnPropertyDescriptor(named, '__proto__')!.value.BinaryValue = Buffer.from([1, 2, 3]);
    const read = readMessageAttributes(named);
    expect(Object.entries(read)).toEqual([
      ['__proto__', { type: 'Binary.png', value: 'AQID' }],
      ['n', { type: 'Number', value: '-1.5e3' }],
    ]);
  });
});
