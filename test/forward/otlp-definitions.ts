import { createRequire } from 'node:module';

/** What protobufjs tells of a message that it has read from a .proto file, as far as it is asked here. */
interface Field {
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly resolvedType: Message | { readonly values: Readonly<Record<string, number>> } | null;
  readonly partOf: { readonly name: string } | null;
}

interface Message {
  readonly fields: Readonly<Record<string, Field>>;
  add(field: Field): void;
  decode(bytes: Uint8Array): object;
  encode(message: object): { finish(): Uint8Array };
  toObject(message: object, options: object): object;
  resolveAll(): void;
}

const { getProtoRoot } = createRequire(import.meta.url)('@elastic/mockotlpserver/lib/proto.js') as {
  getProtoRoot(): { lookupType(name: string): Message };
};

/** A message by the definitions that OpenTelemetry publishes. */
function messageNamed(name: 'LogRecord' | 'ExportLogsServiceRequest'): Message {
  const place = name === 'LogRecord' ? 'logs.v1' : 'collector.logs.v1';
  return getProtoRoot().lookupType(`opentelemetry.proto.${place}.${name}`);
}

const record = messageNamed('LogRecord');
const { severityText } = record.fields;
if (!record.fields.eventName && severityText) {
  // `string event_name = 12` has come to logs.proto since (1.6.0).
  const NewField = severityText.constructor as new (name: string, id: number, type: string) => Field;
  record.add(new NewField('eventName', 12, 'string'));
}
messageNamed('ExportLogsServiceRequest').resolveAll();

/** What is wrong with an object by the definition of a message, in OTLP's JSON form. */
export const jsonFaults = (value: unknown, name: 'LogRecord' | 'ExportLogsServiceRequest'): string[] =>
  messageFaults(value, messageNamed(name), name);

/** Reads a request in protobuf into its JSON form. Throws where it is none, or holds what is not defined. */
export function readRequest(bytes: Uint8Array): unknown {
  const request = messageNamed('ExportLogsServiceRequest');
  const message = request.decode(bytes);
  // Readers pass over what they do not know: written anew it is missing.
  if (Buffer.compare(request.encode(message).finish(), bytes) !== 0) throw new Error('Not as defined');
  return request.toObject(message, { longs: String, enums: Number });
}

function messageFaults(value: unknown, { fields }: Message, path: string): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path} must be an object`];
  const chosen = new Map<string, number>();
  const faults = Object.entries(value).flatMap(([name, inner]) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (!field) return [`${path}.${name} is not defined`];
    if (field.partOf) chosen.set(field.partOf.name, (chosen.get(field.partOf.name) ?? 0) + 1);
    if (!field.repeated) return valueFaults(inner, field, `${path}.${name}`);
    if (!Array.isArray(inner)) return [`${path}.${name} must be a list`];
    return inner.flatMap((one, index) => valueFaults(one, field, `${path}.${name}[${index}]`));
  });
  for (const [name, count] of chosen) if (count > 1) faults.push(`${path} has ${count} of ${name}`);
  return faults;
}

function valueFaults(value: unknown, { type, resolvedType }: Field, path: string): string[] {
  if (resolvedType && 'fields' in resolvedType) return messageFaults(value, resolvedType, path);
  if (resolvedType)
    return Object.values(resolvedType.values).includes(value as number) ? [] : [`${path} is no ${type}`];
  return isOfKind(value, type) ? [] : [`${path} must be ${type}`];
}

function isOfKind(value: unknown, type: string): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' && !/\p{Cs}/u.test(value);
    case 'bool':
      return typeof value === 'boolean';
    case 'fixed64':
      return typeof value === 'string' && /^\d{1,20}$/.test(value) && BigInt(value) < 2n ** 64n;
    case 'uint32':
    case 'fixed32':
      return Number.isInteger(value) && (value as number) >= 0;
    default:
      return false;
  }
}
