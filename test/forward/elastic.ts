import { expect } from 'vitest';
import { ecsFaults } from './ecs-schema.ts';
import { type Siem, type SiemAnswer, siem } from './forward-world.ts';

export interface ElasticOptions {
  /** Of the API key, as `Authorization` has it; empty: anybody may. */
  authorization: string;
  /** Answers instead, where it gives something. */
  instead: () => SiemAnswer;
  /** What becomes of a document: a status and an error, or undefined where it fits. */
  item: (id: string, document: Record<string, unknown>) => { status: number; type: string; reason: string } | undefined;
}

export interface Elastic extends Siem {
  readonly options: ElasticOptions;
  /** By data stream and id. */
  readonly documents: Map<string, Record<string, unknown>>;
}

/**
 * Elasticsearch's `_bulk` for data streams: `create` only, a line for the action and one for the document, ids known,
 * documents as the published schema wants them.
 */
export async function elastic(given: Partial<ElasticOptions> = {}): Promise<Elastic> {
  const options: ElasticOptions = {
    authorization: 'ApiKey VGVzdDpLZXk=',
    instead: () => undefined,
    item: () => undefined,
    ...given,
  };
  const documents = new Map<string, Record<string, unknown>>();
  const server = await siem(({ path, headers, body }) => {
    const said = options.instead();
    if (said !== undefined) return said;
    const { pathname, searchParams } = new URL(path, 'http://x');
    expect(pathname).toBe('/_bulk');
    if (options.authorization !== '' && headers.authorization !== options.authorization)
      return {
        status: 401,
        body: { error: { type: 'security_exception', reason: 'unable to authenticate' }, status: 401 },
      };
    if (!/^application\/(x-ndjson|json)/.test(headers['content-type'] ?? '')) return 406;
    if (!body.endsWith('\n'))
      return {
        status: 400,
        body: { error: { type: 'illegal_argument_exception', reason: 'must be terminated by a newline' } },
      };
    const lines = body.trimEnd().split('\n');
    let errors = false;
    const items: object[] = [];
    for (let line = 0; line < lines.length; line += 2) {
      const action = JSON.parse(lines[line] ?? '') as { create: { _index: string; _id: string } };
      expect(Object.keys(action)).toEqual(['create']);
      const { _index, _id } = action.create;
      const document = JSON.parse(lines[line + 1] ?? '') as Record<string, unknown>;
      expect(document['@timestamp'], 'a data stream wants a time').toBeTypeOf('string');
      const key = `${_index}/${_id}`;
      const conflict = { status: 409, type: 'version_conflict_engine_exception', reason: 'document already exists' };
      const [fault] = [
        ...(documents.has(key) ? [conflict] : []),
        ...[options.item(_id, document)].filter((one) => one !== undefined),
        ...ecsFaults(document).map((reason) => ({ status: 400, type: 'document_parsing_exception', reason })),
      ];
      if (fault) errors = true;
      else documents.set(key, document);
      items.push({
        create: fault ? { status: fault.status, error: { type: fault.type, reason: fault.reason } } : { status: 201 },
      });
    }
    expect(searchParams.get('filter_path')).toContain('items.*.status');
    return { status: 200, body: { errors, items } };
  });
  return { ...server, options, documents };
}
