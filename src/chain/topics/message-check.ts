import { Refusal } from '../../base/refusal.ts';
import type { MessageAttribute } from './publication.ts';
import { invalidParameter } from './refusals.ts';

const LONGEST_MESSAGE = 262_144;
const LONGEST_SUBJECT = 100;

/** A message attribute as the SDK gives it. */
export interface GivenAttribute {
  readonly DataType?: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

export interface GivenMessage {
  readonly message: string;
  readonly subject?: string | undefined;
  readonly structure?: string | undefined;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** @throws Refusal InvalidParameter for what AWS refuses to publish */
export function checkMessage({ message, subject, structure, attributes }: GivenMessage): void {
  if (message === '') throw invalidParameter('Empty message');
  if (messageSize(message, attributes) > LONGEST_MESSAGE) throw invalidParameter('Message too long');
  if (subject !== undefined && !isSubject(subject)) throw invalidParameter('Subject');
  if (structure === undefined) return;
  if (structure !== 'json') throw invalidParameter('MessageStructure');
  checkStructure(message);
}

/** Bytes that count against the limit of a message. */
export function messageSize(message: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  let size = Buffer.byteLength(message);
  for (const [name, { type, value }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(type);
    size += Buffer.byteLength(value, type.startsWith('Binary') ? 'base64' : 'utf8');
  }
  return size;
}

/** Up to 100 characters of text, beginning with a letter, number or punctuation mark; no line breaks or controls. */
const isSubject = (subject: string): boolean =>
  [...subject].length <= LONGEST_SUBJECT && /^[\x21-\x7e]/.test(subject) && !/\p{Cc}/u.test(subject);

function checkStructure(message: string): void {
  let texts: unknown;
  try {
    texts = JSON.parse(message);
  } catch {
    throw invalidParameter('Message Structure - JSON message body failed to parse');
  }
  const isObject = typeof texts === 'object' && texts !== null && !Array.isArray(texts);
  if (!isObject || typeof (texts as Record<string, unknown>).default !== 'string') {
    throw invalidParameter('Message Structure - No default entry in JSON message body');
  }
}

const valueInvalid = (message: string): Refusal => new Refusal('InvalidParameterValueException', message);

/** Reads message attributes the way they are stored. @throws Refusal ParameterValueInvalid, in AWS's words */
export function readMessageAttributes(
  given: Readonly<Record<string, GivenAttribute>>,
): Record<string, MessageAttribute> {
  return Object.fromEntries(
    Object.entries(given).map(([name, attribute]) => {
      checkName(name);
      return [name, readAttribute(name, attribute)];
    }),
  );
}

function checkName(name: string): void {
  if (name.length === 0 || name.length > 256) {
    throw valueInvalid('Length of message attribute name must be less than 256 bytes.');
  }
  if (name.startsWith('.')) throw valueInvalid("Invalid message attribute name starting with character '.' was found.");
  if (name.endsWith('.')) throw valueInvalid("Invalid message attribute name ending with character '.' was found.");
  if (name.includes('..')) throw valueInvalid("Message attribute name can not have successive '.' character.");
  const odd = /[^A-Za-z0-9_.-]/u.exec(name)?.[0];
  if (odd !== undefined) {
    const code = odd.codePointAt(0)?.toString(16).toUpperCase();
    throw valueInvalid(
      `Invalid non-alphanumeric character '#x${code}' was found in the message attribute name. Can only include alphanumeric characters, hyphens, underscores, or dots.`,
    );
  }
}

function readAttribute(name: string, given: GivenAttribute): MessageAttribute {
  const type = given.DataType ?? '';
  const [, kind] = /^(String\.Array|String|Number|Binary)(\.[\w.-]{1,249})?$/.exec(type) ?? [];
  if (!kind) {
    throw valueInvalid(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const field = kind === 'Binary' ? 'Binary' : 'String';
  const other = field === 'Binary' ? given.StringValue : given.BinaryValue;
  if (other !== undefined && other.length > 0) {
    throw valueInvalid(`The message attribute '${name}' with type '${type}' must use field '${field}'.`);
  }
  const value =
    field === 'Binary' ? Buffer.from(given.BinaryValue ?? []).toString('base64') : (given.StringValue ?? '');
  if (value === '') {
    throw valueInvalid(
      `The message attribute '${name}' must contain non-empty message attribute value for message attribute type '${type}'.`,
    );
  }
  if (kind === 'Number' && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(value)) {
    throw valueInvalid(`Could not cast message attribute '${name}' value to number.`);
  }
  return { type, value };
}
