import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';

interface EcsField {
  readonly type: string;
  readonly array?: boolean;
  readonly allowed?: Readonly<Record<string, readonly string[]>>;
}

const { version, fields } = JSON.parse(
  readFileSync(new URL('../data/forward/ecs-fields.json', import.meta.url), 'utf8'),
) as { version: string; fields: Readonly<Record<string, EcsField>> };

export const ECS_SCHEMA_VERSION = version;

/** Fields of the AWS integration and of our own, which ECS leaves to us. */
const OUTSIDE = /^(aws|trailbell)\./;

/** What is wrong with a document by the published schema. */
export function ecsFaults(document: Record<string, unknown>): string[] {
  const faults: string[] = [];
  const check = (name: string, value: unknown): void => {
    const field = fields[name];
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (OUTSIDE.test(`${name}.`) && !field) return;
    if (!field && isObject) {
      for (const [member, inner] of Object.entries(value as object))
        check(name === '' ? member : `${name}.${member}`, inner);
      return;
    }
    if (!field) return void faults.push(`${name} is no field of ECS`);
    if (Array.isArray(value) !== (field.array ?? false))
      faults.push(`${name} must ${field.array ? '' : 'not '}be a list`);
    for (const one of Array.isArray(value) ? value : [value]) {
      if (!isOfType(one, field.type)) faults.push(`${name} must be ${field.type}: ${JSON.stringify(one)}`);
      if (field.allowed && !Object.hasOwn(field.allowed, String(one))) faults.push(`${name} may not be ${one}`);
    }
  };
  check('', document);
  const event = document.event as Record<string, string[]> | undefined;
  for (const type of event?.type ?? [])
    for (const category of event?.category ?? [])
      if (!fields['event.category']?.allowed?.[category]?.includes(type)) faults.push(`${category} expects no ${type}`);
  return faults;
}

function isOfType(value: unknown, type: string): boolean {
  if (type === 'ip') return typeof value === 'string' && isIP(value) !== 0;
  if (type === 'long') return Number.isSafeInteger(value);
  if (type === 'date') return typeof value === 'string' && new Date(value).toISOString() === value;
  if (type === 'boolean') return typeof value === 'boolean';
  return typeof value === 'string' && ['keyword', 'match_only_text', 'wildcard', 'constant_keyword'].includes(type);
}
