import { invalidValue } from './refusals.ts';

/** An attribute as it is stored: text, or base64 where the type says Binary. */
export interface QueueAttribute {
  /** String, Number or Binary, with an optional `.suffix`. */
  readonly type: string;
  readonly value: string;
}

/** An attribute as the SDK gives it. */
export interface SentAttribute {
  readonly DataType?: string | undefined;
  readonly StringValue?: string | undefined;
  readonly BinaryValue?: Uint8Array | undefined;
}

const MOST_ATTRIBUTES = 10;

/**
 * Reads message attributes the way they are stored.
 * @throws Refusal InvalidParameterValue with AWS's words for what is wrong
 */
export function readQueueAttributes(sent: Readonly<Record<string, SentAttribute>>): Record<string, QueueAttribute> {
  const entries = Object.entries(sent);
  if (entries.length > MOST_ATTRIBUTES) {
    throw invalidValue(`Number of message attributes [${entries.length}] exceeds the allowed maximum [10].`);
  }
  return Object.fromEntries(
    entries.map(([name, attribute]) => {
      checkName(name);
      return [name, readAttribute(name, attribute)];
    }),
  );
}

function checkName(name: string): void {
  if (name.length > 256) throw invalidValue('Length of message attribute name must be less than 256 bytes.');
  if (!/^[A-Za-z0-9_.-]+$/.test(name) || /^\.|\.$|\.\./.test(name) || /^(aws|amazon)\./i.test(name)) {
    throw invalidValue(`Message (user) attribute name '${name}' is invalid.`);
  }
}

function readAttribute(name: string, attribute: SentAttribute): QueueAttribute {
  const type = attribute.DataType ?? '';
  if (type === '') {
    throw invalidValue(`The message attribute '${name}' must contain non-empty message attribute type.`);
  }
  if (!/^(String|Number|Binary)(\.[\w.-]{1,249})?$/.test(type)) {
    throw invalidValue(
      `The message attribute '${name}' has an invalid message attribute type, the set of supported type prefixes is Binary, Number, and String.`,
    );
  }
  const binary = type.startsWith('Binary');
  const value = binary ? Buffer.from(attribute.BinaryValue ?? []).toString('base64') : (attribute.StringValue ?? '');
  if (value === '') {
    throw invalidValue(`Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`);
  }
  if (type.startsWith('Number') && !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?$/i.test(value)) {
    throw invalidValue(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
  return { type, value };
}

/** The attribute as the SDK expects it. */
export const sentAttribute = ({ type, value }: QueueAttribute) =>
  type.startsWith('Binary')
    ? { DataType: type, BinaryValue: Buffer.from(value, 'base64') }
    : { DataType: type, StringValue: value };

/** Bytes that attributes add to the size of a message. */
export function attributesSize(attributes: Readonly<Record<string, QueueAttribute>>): number {
  let size = 0;
  for (const [name, { type, value }] of Object.entries(attributes)) {
    size += Buffer.byteLength(name) + Buffer.byteLength(type);
    size += Buffer.byteLength(value, type.startsWith('Binary') ? 'base64' : 'utf8');
  }
  return size;
}
