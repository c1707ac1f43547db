import { type Siem, type SiemAnswer, siem } from './forward-world.ts';
import { jsonFaults, readRequest } from './otlp-definitions.ts';

interface LogRecord {
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly { readonly key: string; readonly value: Record<string, unknown> }[];
  readonly [name: string]: unknown;
}

export interface OtlpReceiver extends Siem {
  readonly records: LogRecord[];
}

/** A receiver that holds requests to OTLP over HTTP, in protobuf and in JSON, by the published definitions. */
export async function otlp(instead: () => SiemAnswer = () => undefined): Promise<OtlpReceiver> {
  const records: LogRecord[] = [];
  const server = await siem(({ path, headers, body, bytes }) => {
    const said = instead();
    if (said !== undefined) return said;
    if (path !== '/v1/logs') return 404;
    const type = headers['content-type'] ?? '';
    const isProtobuf = type === 'application/x-protobuf';
    if (!isProtobuf && type !== 'application/json') return 415;
    let data: unknown;
    try {
      data = isProtobuf ? readRequest(bytes) : JSON.parse(body);
    } catch (error) {
      return { status: 400, body: { code: 3, message: String(error) } };
    }
    const faults = jsonFaults(data, 'ExportLogsServiceRequest');
    if (faults.length > 0) return { status: 400, body: { code: 3, message: faults.join('; ') } };
    const { resourceLogs } = data as { resourceLogs: { scopeLogs: { logRecords: LogRecord[] }[] }[] };
    records.push(...resourceLogs.flatMap(({ scopeLogs }) => scopeLogs).flatMap(({ logRecords }) => logRecords));
    return { status: 200, headers: { 'content-type': type }, body: isProtobuf ? '' : { partialSuccess: {} } };
  });
  return { ...server, records };
}
