import { type Siem, type SiemAnswer, siem } from './forward-world.ts';

/** Members of the messages of OTLP's logs in JSON (opentelemetry/proto/logs/v1/logs.proto and common.proto), and their kinds. */
const SHAPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  LogsData: { resourceLogs: '[]ResourceLogs' },
  ResourceLogs: { resource: 'Resource', scopeLogs: '[]ScopeLogs', schemaUrl: 'string' },
  Resource: { attributes: '[]KeyValue', droppedAttributesCount: 'uint32' },
  ScopeLogs: { scope: 'Scope', logRecords: '[]LogRecord', schemaUrl: 'string' },
  Scope: { name: 'string', version: 'string', attributes: '[]KeyValue' },
  LogRecord: {
    timeUnixNano: 'fixed64',
    observedTimeUnixNano: 'fixed64',
    severityNumber: 'severity',
    severityText: 'string',
    body: 'AnyValue',
    attributes: '[]KeyValue',
    droppedAttributesCount: 'uint32',
    flags: 'uint32',
    eventName: 'string',
  },
  KeyValue: { key: 'string', value: 'AnyValue' },
  AnyValue: { stringValue: 'string', boolValue: 'boolean', intValue: 'fixed64', arrayValue: 'ArrayValue' },
  ArrayValue: { values: '[]AnyValue' },
};

/** What is wrong with a message by its definition. */
export function otlpFaults(value: unknown, kind: string, path = kind): string[] {
  if (kind.startsWith('[]')) {
    if (!Array.isArray(value)) return [`${path} must be a list`];
    return value.flatMap((one, index) => otlpFaults(one, kind.slice(2), `${path}[${index}]`));
  }
  if (kind === 'string') return typeof value === 'string' ? [] : [`${path} must be text`];
  if (kind === 'fixed64') return /^\d{1,19}$/.test(String(value)) ? [] : [`${path} must be a 64-bit number as text`];
  if (kind === 'uint32') return Number.isInteger(value) ? [] : [`${path} must be a number`];
  if (kind === 'severity')
    return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= 24 ? [] : [path];
  const shape = SHAPES[kind];
  if (!shape || typeof value !== 'object' || value === null) return [`${path} must be a ${kind}`];
  const faults = Object.entries(value).flatMap(([name, inner]) => {
    const member = Object.hasOwn(shape, name) ? shape[name] : undefined;
    return member ? otlpFaults(inner, member, `${path}.${name}`) : [`${path}.${name} is not defined`];
  });
  if (kind === 'AnyValue' && Object.keys(value).length !== 1) faults.push(`${path} must have one value`);
  return faults;
}

interface LogRecord {
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly [name: string]: unknown;
}

export interface OtlpReceiver extends Siem {
  readonly records: LogRecord[];
}

/** A receiver that holds requests to OTLP over HTTP. */
export async function otlp(instead: () => SiemAnswer = () => undefined): Promise<OtlpReceiver> {
  const records: LogRecord[] = [];
  const server = await siem(({ path, headers, body }) => {
    const said = instead();
    if (said !== undefined) return said;
    if (path !== '/v1/logs') return 404;
    if (headers['content-type'] !== 'application/json') return 415;
    const data = JSON.parse(body) as { resourceLogs: { scopeLogs: { logRecords: LogRecord[] }[] }[] };
    const faults = otlpFaults(data, 'LogsData');
    if (faults.length > 0) return { status: 400, body: { code: 3, message: faults.join('; ') } };
    records.push(...data.resourceLogs.flatMap(({ scopeLogs }) => scopeLogs).flatMap(({ logRecords }) => logRecords));
    return { status: 200, body: { partialSuccess: {} } };
  });
  return { ...server, records };
}
