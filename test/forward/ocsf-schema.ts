import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

const { version, classes, $defs } = JSON.parse(
  readFileSync(new URL('../data/forward/ocsf.schema.json', import.meta.url), 'utf8'),
) as { version: string; classes: Record<string, object>; $defs: object };

export const OCSF_SCHEMA_VERSION = version;

export interface OcsfEvent {
  readonly class_uid: number;
  readonly type_uid: number;
  readonly activity_id: number;
  readonly [name: string]: unknown;
}

const ajv = new Ajv({ strict: false, allErrors: true });
const validators = new Map(
  Object.entries(classes).map(([uid, schema]) => [Number(uid), ajv.compile({ ...schema, $defs })]),
);

/** What is wrong with an event by the published schema of its class. */
export function ocsfFaults(event: OcsfEvent): unknown[] {
  const validate = validators.get(event.class_uid);
  if (!validate) return [`class ${event.class_uid} is not in the schema`];
  if (event.type_uid !== event.class_uid * 100 + event.activity_id)
    return ['type_uid does not follow from class and activity'];
  return validate(event)
    ? []
    : (validate.errors ?? []).map(({ instancePath, message, params }) => [instancePath, message, params]);
}
