import type { OtlpRecord, OtlpValue } from './otlp.ts';
import { ReverseWriter } from './protobuf.ts';

// Numbers of fields in opentelemetry/proto: logs/v1/logs.proto, common/v1/common.proto, resource/v1/resource.proto.

const writer = new ReverseWriter();

/** A log record as a member of its ScopeLogs, so that records stand one after the other. */
export function otlpRecordBytes(record: OtlpRecord): Uint8Array {
  writer.message(2, () => {
    writer.text(12, record.eventName);
    writer.fixed64(11, BigInt(record.observedTimeUnixNano));
    for (const { key, value } of record.attributes.toReversed()) attribute(6, key, value);
    anyValue(5, record.body);
    writer.text(3, record.severityText);
    writer.number(2, record.severityNumber);
    writer.fixed64(1, BigInt(record.timeUnixNano));
  });
  return writer.take();
}

/** A request of one resource and scope, around records as `otlpRecordBytes` makes them. */
export function otlpRequestBytes(service: string, scope: string, records: readonly Uint8Array[]): Uint8Array {
  const request = new ReverseWriter();
  request.message(1, () => {
    request.message(2, () => {
      for (const record of records.toReversed()) request.raw(record);
      request.message(1, () => request.text(1, scope));
    });
    request.raw(resourceOf(service));
  });
  return request.take();
}

function resourceOf(service: string): Uint8Array {
  writer.message(1, () => attribute(1, 'service.name', { stringValue: service }));
  return writer.take();
}

function attribute(field: number, key: string, value: OtlpValue): void {
  writer.message(field, () => {
    anyValue(2, value);
    writer.text(1, key);
  });
}

function anyValue(field: number, value: OtlpValue): void {
  writer.message(field, () => {
    if ('stringValue' in value) return writer.text(1, value.stringValue);
    writer.message(5, () => {
      for (const one of value.arrayValue.values.toReversed()) anyValue(1, one);
    });
  });
}
