import type { z } from 'zod';

/** What a service makes of a message. */
export interface Verdict {
  /** Why it is refused, as the service's documentation would have it; empty for a good one. */
  readonly faults: readonly string[];
  /** Whoever would be called by it, and links that are not ours to give. */
  readonly mentions: readonly string[];
  /** Every address that it makes clickable. */
  readonly links: readonly string[];
}

/** What a schema has against a message, a line each. */
export function faultsBy(schema: z.ZodType, body: unknown): string[] {
  const parsed = schema.safeParse(body);
  if (parsed.success) return [];
  return parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

/** Every string below a value, with the name of its member. */
export function strings(value: unknown, name = ''): [name: string, text: string][] {
  if (typeof value === 'string') return [[name, value]];
  if (Array.isArray(value)) return value.flatMap((item) => strings(item, name));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => strings(item, key));
}

/** Every object below a value. */
export function objects(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap(objects);
  if (typeof value !== 'object' || value === null) return [];
  const own = value as Record<string, unknown>;
  return [own, ...Object.values(own).flatMap(objects)];
}
