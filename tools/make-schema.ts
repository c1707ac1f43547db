// Writes trailbell.schema.json, which editors use to check and complete trailbell.json, from the settings themselves.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { serveSchema } from '../src/server/options.ts';

export const SCHEMA_FILE = fileURLToPath(new URL('../trailbell.schema.json', import.meta.url));

/** The text of the schema: what may stand in the file, before defaults are filled in. */
export function schemaText(): string {
  const { $schema, properties, ...rest } = z.toJSONSchema(serveSchema, { io: 'input' });
  const schema = {
    $schema,
    title: 'Settings of trailbell serve',
    ...rest,
    properties: { $schema: { type: 'string', description: 'Where this schema is.' }, ...properties },
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCHEMA_FILE, schemaText());
