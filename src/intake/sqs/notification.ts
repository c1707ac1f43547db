/** An object that a message tells of. */
export interface NotedObject {
  readonly bucket: string;
  readonly key: string;
  readonly size: number | undefined;
  readonly etag: string | undefined;
}

/** What a message says. `nothing`: it is known to mean no new object, such as the test message of a new configuration. */
export type Notification =
  | { readonly kind: 'objects'; readonly objects: readonly NotedObject[] }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'unknown'; readonly why: string };

type Json = Readonly<Record<string, unknown>>;

/** SNS within EventBridge within SQS, and one to spare. */
const DEEPEST = 4;
const MOST_OBJECTS = 1_000;
/** What CloudTrail sends to a topic when a trail is given it. */
const VALIDATION = /^CloudTrail validation message\.?$/;

/**
 * Reads a message of a queue: an S3 event notification, CloudTrail's own message of new files, S3's event as EventBridge
 * has it; each of them alone or in SNS's envelope.
 */
export function readNotification(body: string, depth = 0): Notification {
  if (VALIDATION.test(body.trim())) return { kind: 'nothing' };
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return unknown('it is not JSON');
  }
  if (!isObject(value)) return unknown('it is no JSON object');
  if (typeof value.Message === 'string' && typeof value.TopicArn === 'string') {
    if (value.Type !== undefined && value.Type !== 'Notification') return unknown(`it is SNS's ${String(value.Type)}`);
    return depth < DEEPEST ? readNotification(value.Message, depth + 1) : unknown('envelopes lie too deep');
  }
  if (value.Event === 's3:TestEvent') return { kind: 'nothing' };
  if (Array.isArray(value.s3ObjectKey)) return ofCloudTrail(value, value.s3ObjectKey);
  if (Array.isArray(value.Records)) return ofS3(value.Records);
  if (isObject(value.detail)) return ofEventBridge(value, value.detail);
  return unknown('it is no notification of an object');
}

function ofCloudTrail({ s3Bucket: bucket }: Json, keys: readonly unknown[]): Notification {
  if (typeof bucket !== 'string' || keys.length > MOST_OBJECTS || !keys.every((key) => typeof key === 'string'))
    return unknown("it is no whole message of CloudTrail's");
  return objects(keys.map((key) => ({ bucket, key, size: undefined, etag: undefined })));
}

function ofS3(records: readonly unknown[]): Notification {
  if (records.length > MOST_OBJECTS) return unknown('it names too many objects');
  const found: NotedObject[] = [];
  for (const record of records) {
    if (!isObject(record) || !isObject(record.s3)) return unknown('it has records that are none of S3');
    if (!/^(s3:)?ObjectCreated:/.test(String(record.eventName))) continue;
    const { bucket, object } = record.s3;
    const key = isObject(object) ? decoded(object.key) : undefined;
    if (!isObject(bucket) || typeof bucket.name !== 'string' || !isObject(object) || key === undefined)
      return unknown('it is no whole notification of S3');
    found.push({ bucket: bucket.name, key, size: numberIn(object.size), etag: textIn(object.eTag) });
  }
  return objects(found);
}

function ofEventBridge(event: Json, { bucket, object }: Json): Notification {
  if (event.source !== 'aws.s3') return unknown(`it is an event of ${String(event.source)}`);
  if (event['detail-type'] !== 'Object Created') return { kind: 'nothing' };
  if (!isObject(bucket) || typeof bucket.name !== 'string' || !isObject(object) || typeof object.key !== 'string')
    return unknown('it is no whole event of S3');
  // EventBridge gives keys as they are, S3's own notifications encode them.
  return objects([{ bucket: bucket.name, key: object.key, size: numberIn(object.size), etag: textIn(object.etag) }]);
}

const objects = (found: readonly NotedObject[]): Notification =>
  found.length === 0 ? { kind: 'nothing' } : { kind: 'objects', objects: found };

/** As in a form: a plus is a blank. */
function decoded(key: unknown): string | undefined {
  if (typeof key !== 'string') return undefined;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}

const unknown = (why: string): Notification => ({ kind: 'unknown', why });
const numberIn = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
