import { readFileSync } from 'node:fs';
import { GetFindingsCommand, SecurityHubClient } from '@aws-sdk/client-securityhub';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it, onTestFinished } from 'vitest';
import { awsEnvironment } from '../../../../test/forward/aws-environment.ts';
import { ForwardWorld, type SiemAnswer, siem } from '../../../../test/forward/forward-world.ts';
import { sampleRing } from '../../../../test/forward/items.ts';
import { hasMoto, startMoto } from '../../../../test/s3/moto.ts';
import { sqliteStore } from '../../../../test/stores.ts';
import { noteRingChanges } from '../../../chain/alarms/ring-changes.ts';
import { asffFinding } from '../../formats/asff.ts';
import type { Ring } from '../../item.ts';

const SECOND = 1_000;
const open = sqliteStore();
const hub = { account: '999900001111', region: 'eu-west-1' };
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const isRequest = ajv.compile(
  JSON.parse(readFileSync(new URL('../../../../test/data/audit/schemas/asff.schema.json', import.meta.url), 'utf8')),
);

interface Finding {
  readonly Id: string;
  readonly AwsAccountId: string;
  readonly UpdatedAt: string;
  readonly RecordState: string;
  readonly Workflow: { readonly Status: string };
}

/** A Security Hub that holds findings to the published model and keeps the newest of each Id. */
async function securityHub(
  fails: (finding: Finding) => string | undefined = () => undefined,
  instead?: () => SiemAnswer,
) {
  const findings = new Map<string, Finding>();
  const calls: number[] = [];
  const receiver = await siem(({ path, headers, body, method }) => {
    const said = instead?.();
    if (said !== undefined) return said;
    expect([method, path]).toEqual(['POST', '/findings/import']);
    expect(headers.authorization).toContain('/eu-west-1/securityhub/aws4_request');
    const request = JSON.parse(body) as { Findings: Finding[] };
    if (!isRequest(request) || request.Findings.length > 100)
      return {
        status: 400,
        body: { message: JSON.stringify(isRequest.errors) },
        headers: { 'x-amzn-errortype': 'InvalidInputException' },
      };
    expect(new Set(request.Findings.map(({ Id }) => Id)).size).toBe(request.Findings.length);
    calls.push(request.Findings.length);
    const FailedFindings: object[] = [];
    for (const finding of request.Findings) {
      const code = finding.AwsAccountId === hub.account ? fails(finding) : 'InvalidInput';
      if (code) FailedFindings.push({ Id: finding.Id, ErrorCode: code, ErrorMessage: 'no' });
      else findings.set(finding.Id, finding);
    }
    const SuccessCount = request.Findings.length - FailedFindings.length;
    return { status: 200, body: { FailedCount: FailedFindings.length, SuccessCount, FailedFindings } };
  });
  return { ...receiver, findings, calls };
}

describe('Security Hub', () => {
  const setUp = async (server: { readonly url: string }, more: object = {}) => {
    awsEnvironment();
    const world = new ForwardWorld(await open());
    await world.start({ siem: { type: 'security-hub', endpoint: server.url, ...hub, ...more } });
    const ring = (id: string, more: Partial<Ring> = {}): Promise<void> =>
      world.logs.store.write(async (tx) => {
        const row = { ...sampleRing().ring, id, at: world.logs.clock.now(), ...more };
        await tx.db
          .insertInto('rings')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute();
        await noteRingChanges(tx, [id], world.logs.clock.now());
        tx.onCommit(() => world.logs.context.signals.raise('rings'));
      });
    return { world, ring };
  };

  it('gets rings as findings, updated when they are acknowledged, archived when the alarm is over', async () => {
    const server = await securityHub();
    const { world, ring } = await setUp(server);
    await ring('r1');
    await world.pass(2 * SECOND);
    expect([...server.findings.values()]).toMatchObject([
      { Id: 'trailbell/ring/r1', Severity: { Label: 'CRITICAL' }, RecordState: 'ACTIVE', Workflow: { Status: 'NEW' } },
    ]);
    await ring('r1', { acknowledged_at: 1, acknowledged_by: 'Ann' });
    await ring('r2', { new_state: 'OK', old_state: 'ALARM' });
    await world.pass(2 * SECOND);
    expect([...server.findings.values()]).toMatchObject([
      { Id: 'trailbell/ring/r1', Workflow: { Status: 'NOTIFIED' } },
      { Id: 'trailbell/ring/r2', RecordState: 'ARCHIVED', Workflow: { Status: 'RESOLVED' } },
    ]);
    expect(await world.state()).toMatchObject({ sent: 3, waiting: 0, failing: null });
  });

  it('gets at most a hundred at a time, and of one ring only the newest word in a batch', async () => {
    const server = await securityHub();
    const { world, ring } = await setUp(server);
    for (let number = 0; number < 120; number += 1) await ring(`r${number}`);
    await ring('r119', { acknowledged_at: 1, acknowledged_by: 'Ann' });
    await world.pass(2 * SECOND);
    expect(server.calls).toEqual([100, 20]);
    expect(server.findings.get('trailbell/ring/r119')?.Workflow.Status).toBe('NOTIFIED');
    expect(await world.state()).toMatchObject({ sent: 121 });
  });

  it('is not told again of what is told again only to make somebody answer', async () => {
    const server = await securityHub();
    const { world, ring } = await setUp(server);
    await ring('r1', { kind: 'repeat' });
    await ring('r2', { kind: 'escalation' });
    await world.pass(2 * SECOND);
    expect(server.calls).toEqual([]);
    expect((await world.state()).waiting).toBe(0);
  });

  it('refuses one finding for good and another for now', async () => {
    let busy = true;
    const server = await securityHub(({ Id }) =>
      Id.endsWith('bad') ? 'InvalidInput' : Id.endsWith('busy') && busy ? 'InternalError' : undefined,
    );
    const { world, ring } = await setUp(server);
    for (const id of ['good', 'bad', 'busy']) await ring(id);
    await world.pass(2 * SECOND);
    expect(await world.state()).toMatchObject({ waiting: 3, failing: { reason: 'server-error' } });
    busy = false;
    await world.pass(10 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 2, refused: 1, setAside: 1, waiting: 0 });
  });

  it.each([
    [403, 'AccessDeniedException', 'not-allowed'],
    [429, 'TooManyRequestsException', 'throttled'],
    [401, 'InvalidAccessException', 'not-allowed'],
    [500, 'InternalException', 'server-error'],
  ])('that answers %i %s makes the rings wait', async (status, code, reason) => {
    const server = await securityHub(undefined, () => ({
      status,
      body: { message: 'no' },
      headers: { 'x-amzn-errortype': code },
    }));
    const { world, ring } = await setUp(server);
    await ring('r1');
    await world.pass(2 * SECOND);
    expect(await world.state()).toMatchObject({ sent: 0, refused: 0, waiting: 1, failing: { reason } });
  });

  it.skipIf(!hasMoto)('is a server of its own: moto (skipped where there is none)', { timeout: 60_000 }, async () => {
    const moto = await startMoto();
    onTestFinished(() => moto.stop());
    // The account that moto takes everybody for.
    const { world, ring } = await setUp(moto, { account: '123456789012' });
    await ring('r1');
    await ring('r2', { new_state: 'OK', old_state: 'ALARM' });
    for (let tries = 0; tries < 50 && (await world.state()).sent < 2; tries += 1) await world.pass(SECOND);
    await ring('r1', { acknowledged_at: 1, acknowledged_by: 'Ann' });
    for (let tries = 0; tries < 50 && (await world.state()).sent < 3; tries += 1) await world.pass(SECOND);
    const client = new SecurityHubClient({ endpoint: moto.url, region: hub.region });
    const { Findings = [] } = await client.send(new GetFindingsCommand({}));
    expect(Findings.toSorted((a, b) => (a.Id ?? '').localeCompare(b.Id ?? ''))).toMatchObject([
      { Id: 'trailbell/ring/r1', AwsAccountId: '123456789012', Title: expect.stringContaining('cis-4.3') },
      { Id: 'trailbell/ring/r2', RecordState: 'ARCHIVED' },
    ]);
    expect(await world.state()).toMatchObject({ refused: 0, failing: null });
  });

  it('fits the published model whatever a ring tells', async () => {
    const texts = ['', 'x'.repeat(5_000), '<script>\u0000\ud800'];
    const Findings = texts.map((headline) =>
      asffFinding(sampleRing({ headline, alarm_name: `a${headline.slice(0, 250)}` }), hub),
    );
    expect(isRequest({ Findings }) || isRequest.errors).toBe(true);
    await expect(`${JSON.stringify(asffFinding(sampleRing(), hub), null, 2)}\n`).toMatchFileSnapshot(
      '../../../../docs/forwards/asff-finding.json',
    );
  });
});
