import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConstraints } from '../../src/aws/wire/constraints.ts';
import { Gateway } from '../../src/aws/wire/gateway.ts';
import type { AwsHandlers } from '../../src/aws/wire/handlers.ts';
import { answer, serverOptions } from '../../src/aws/wire/listener.ts';
import type { Protocol } from '../../src/aws/wire/service.ts';
import { SERVICES } from '../../src/aws/wire/services.ts';
import { systemClock } from '../../src/base/clock.ts';
import { systemIds } from '../../src/base/ids.ts';
import { silentLog } from '../../src/base/log.ts';
import { comparable, RandomValues } from './random-values.ts';
import { schemasOf } from './sdk-clients.ts';

const ROUNDS = Number(process.env.ROUNDS ?? 2);
const SCRIPT = fileURLToPath(new URL('./botocore-calls.py', import.meta.url));
const hasBotocore = spawnSync('python3', ['-c', 'import botocore']).status === 0;

/** botocore's own names of the protocols. */
const PROTOCOL_NAMES: Readonly<Record<Protocol, string>> = {
  'json1.0': 'json',
  'json1.1': 'json',
  query: 'query',
  cbor: 'smithy-rpc-v2-cbor',
};

interface Case {
  readonly service: string;
  readonly protocol: string;
  readonly operation: string;
  readonly input: object;
  readonly output: object;
}

interface Outcome {
  readonly case: number;
  readonly error?: string;
  readonly sent?: object;
  readonly expected?: object;
  readonly got?: object;
}

/** Random calls of every operation in every protocol that botocore can be made to speak for a service. */
function makeCases(): { cases: Case[]; outputs: object[] } {
  const cases: Case[] = [];
  const outputs: object[] = [];
  for (const service of SERVICES) {
    const values = new RandomValues(loadConstraints(service.id), 7);
    for (const protocol of service.protocols) {
      for (const name of service.operationNames()) {
        if (service.operation(name)!.streaming || (service.id === 'sqs' && protocol === 'query')) continue;
        const schemas = schemasOf(service.id, name);
        for (let round = 0; round < ROUNDS; round += 1) {
          const output = values.structure(schemas.output);
          outputs.push(output);
          cases.push({
            service: service.id,
            protocol: PROTOCOL_NAMES[protocol],
            operation: name,
            input: comparable(values.structure(schemas.input)) as object,
            output: comparable(output) as object,
          });
        }
      }
    }
  }
  return { cases, outputs };
}

/** Runs the script against the port, and gives its outcomes. */
async function runScript(port: number, cases: readonly Case[]): Promise<Outcome[]> {
  const child = spawn('python3', [SCRIPT, `http://127.0.0.1:${port}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify(cases));
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect(status).toBe(0);
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Outcome);
}

/** Query cannot say that a structure or list is empty. */
function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pruned).filter((item) => !isEmpty(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, item]) => [key, pruned(item)] as const)
      .filter(([, item]) => !isEmpty(item)),
  );
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0;

describe.skipIf(!hasBotocore)('botocore, signing every request, over a socket', () => {
  it('sends and receives random values of every operation unchanged', { timeout: 180_000 }, async () => {
    const { cases, outputs } = makeCases();
    const seen = new Map<number, unknown>();
    const faults: object[] = [];
    let current = -1;
    const handlers = Object.fromEntries(
      SERVICES.map((service) => [
        service.id,
        Object.fromEntries(
          service.operationNames().map((name) => [
            name,
            (input: object) => {
              seen.set(current, comparable(input));
              return outputs[current]!;
            },
          ]),
        ),
      ]),
    );
    const gateway = new Gateway({
      handlers: handlers as AwsHandlers,
      clock: systemClock,
      ids: systemIds,
      log: { ...silentLog, error: (fields) => faults.push(fields) },
      keys: { find: async (id) => ({ accessKeyId: id, secret: 'secret', account: '111122223333' }) },
      defaults: { account: '000000000000', region: 'us-east-1' },
    });
    // The script calls one after the other, so that a number is enough to tell its calls apart.
    const server = createServer(serverOptions, (request, response) => {
      current = Number(request.headers['x-case']);
      void answer(gateway, request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const outcomes = await runScript((server.address() as AddressInfo).port, cases);
      expect(outcomes.length).toBeGreaterThan(cases.length * 0.8);
      for (const { case: number, error, sent, expected, got } of outcomes) {
        const label = `${cases[number]!.service} ${cases[number]!.operation} over ${cases[number]!.protocol}`;
        expect(error, label).toBeUndefined();
        // botocore fills idempotency tokens in by itself.
        expect(pruned(seen.get(number)), `input of ${label}`).toMatchObject(pruned(comparable(sent)) as object);
        expect(pruned(got), `output of ${label}`).toEqual(pruned(expected));
      }
      expect(faults).toEqual([]);
    } finally {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
