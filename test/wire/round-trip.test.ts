import { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, it } from 'vitest';
import { loadConstraints } from '../../src/aws/wire/constraints.ts';
import { Gateway } from '../../src/aws/wire/gateway.ts';
import type { AwsHandlers } from '../../src/aws/wire/handlers.ts';
import type { Protocol, Service } from '../../src/aws/wire/service.ts';
import { SERVICES } from '../../src/aws/wire/services.ts';
import { FakeClock } from '../../src/base/fake-clock.ts';
import { seededIds } from '../../src/base/ids.ts';
import { type Log, silentLog } from '../../src/base/log.ts';
import { Refusal } from '../../src/base/refusal.ts';
import { comparable, RandomValues } from './random-values.ts';
import { clientOf, commandOf, SDKS, schemasOf } from './sdk-clients.ts';

/** Raise it for a long search: ROUNDS=200 npx vitest run test/wire */
const ROUNDS = Number(process.env.ROUNDS ?? 4);
const SEED = Number(process.env.SEED ?? 42);

interface Planned {
  output?: object;
  refusal?: Refusal;
  seen?: unknown;
}

/** A gateway that remembers every input and answers as planned. */
function scripted(service: Service, planned: Planned): { gateway: Gateway; faults: object[] } {
  const handlers = Object.fromEntries(
    service.operationNames().map((name) => [
      name,
      (input: unknown) => {
        planned.seen = input;
        if (planned.refusal) throw planned.refusal;
        return planned.output ?? {};
      },
    ]),
  );
  const faults: object[] = [];
  const log: Log = { ...silentLog, error: (fields) => faults.push(fields) };
  const gateway = new Gateway({
    handlers: { [service.id]: handlers } as AwsHandlers,
    clock: new FakeClock(0),
    ids: seededIds(1),
    log,
    defaults: { account: '000000000000', region: 'us-east-1' },
  });
  return { gateway, faults };
}

/** Two lists of SQS ReceiveMessage share one Query name, so that nobody can tell them apart. */
const isAmbiguous = (service: Service, protocol: Protocol, operation: string): boolean =>
  service.id === 'sqs' && protocol === 'query' && operation === 'ReceiveMessage';

/** Two CloudWatch errors share one Query code; clients resolve the code, not the shape. */
const SHARED_CODES = ['DashboardNotFoundError'];

const PAIRS = SERVICES.flatMap((service) =>
  service.protocols.map((protocol) => ({ service, protocol, id: service.id })),
);

describe.each(PAIRS)('$id over $protocol', ({ service, protocol }) => {
  it('carries random inputs and outputs of every operation unchanged', async () => {
    const planned: Planned = {};
    const { gateway, faults } = scripted(service, planned);
    const client = clientOf(service.id, protocol, gateway);
    const values = new RandomValues(loadConstraints(service.id), SEED);
    let calls = 0;
    for (const name of service.operationNames()) {
      if (service.operation(name)!.streaming || isAmbiguous(service, protocol, name)) continue;
      const schemas = schemasOf(service.id, name);
      for (let round = 0; round < ROUNDS; round += 1) {
        const input = values.structure(schemas.input);
        planned.output = values.structure(schemas.output);
        const got = await client.send(commandOf(service.id, name, input));
        expect(comparable(planned.seen), `input of ${name}`).toEqual(comparable(input));
        expect(comparable(got), `output of ${name}`).toEqual(comparable(planned.output));
        calls += 1;
      }
    }
    expect(calls).toBeGreaterThan(ROUNDS * 10);
    expect(faults).toEqual([]);
  });

  it('carries every modelled error with its members', async () => {
    const planned: Planned = {};
    const { gateway, faults } = scripted(service, planned);
    let status = 0;
    const client = clientOf(service.id, protocol, gateway, undefined, (reply) => {
      status = reply.status;
    });
    const values = new RandomValues(loadConstraints(service.id), SEED);
    const operation = service
      .operationNames()
      .find((name) => service.operation(name)!.input.members.every((m) => !m.required))!;
    for (const error of service.errors()) {
      if (error.name.endsWith('ServiceException') || SHARED_CODES.includes(error.name)) continue;
      const detail = values.structure(NormalizedSchema.of(SDKS[service.id]![`${error.name}$`] as never));
      for (const key of Object.keys(detail)) if (key.toLowerCase() === 'message') delete detail[key];
      planned.refusal = new Refusal(error.name, 'it <broke> & "why"', { detail });
      const thrown = await client.send(commandOf(service.id, operation, {})).then(
        () => undefined,
        (fault: Error) => fault,
      );
      expect(thrown, error.name).toBeInstanceOf(SDKS[service.id]![error.name] as never);
      expect(thrown?.name).toBe(error.name);
      expect(thrown?.message, error.name).toContain('it <broke> & "why"');
      expect(comparable({ ...thrown }), error.name).toMatchObject(comparable(detail) as object);
      // Query-compatible clients ask for Query's statuses over JSON and CBOR too.
      expect(status, error.name).toBe(error.status);
    }
    expect(faults).toEqual([]);
  });
});
