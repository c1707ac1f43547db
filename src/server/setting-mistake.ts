import { z } from 'zod';
import { nearest } from '../base/nearest.ts';

type Issue = z.core.$ZodIssue;

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
}

/** What is wrong with settings, in a sentence; with what was probably meant where a key is misprinted. */
export function settingMistake(schema: z.ZodType, issues: readonly Issue[]): string {
  // A misprinted key explains the one that is missing.
  const issue = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0];
  const path = issue?.path.join('.') || 'settings';
  if (issue?.code !== 'unrecognized_keys') return `${path}: ${issue?.message ?? 'not usable'}`;
  const [key = ''] = issue.keys;
  const near = nearest(key, keysAt(z.toJSONSchema(schema, { io: 'input' }) as JsonSchema, issue.path));
  return `${path}: there is no setting "${key}"${near ? `; did you mean "${near}"?` : ''}`;
}

function keysAt(schema: JsonSchema | undefined, path: readonly PropertyKey[]): string[] {
  let at = schema;
  for (const step of path) {
    const further = typeof at?.additionalProperties === 'object' ? at.additionalProperties : undefined;
    at = typeof step === 'number' ? at?.items : (at?.properties?.[String(step)] ?? further);
  }
  return Object.keys(at?.properties ?? {});
}
