import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { ecsFaults } from '../../test/forward/ecs-schema.ts';
import { ForwardWorld, siem } from '../../test/forward/forward-world.ts';
import { jsonFaults } from '../../test/forward/otlp-definitions.ts';
import { eachStore } from '../../test/stores.ts';
import type { Finding } from '../audit/finding.ts';
import { Coverages } from '../audit/judge/coverage.ts';
import { judge } from '../audit/judge/judge.ts';
import { readScenario } from '../audit/state.ts';
import { asffFinding } from '../forward/formats/asff.ts';
import { cefLine } from '../forward/formats/cef.ts';
import { ecsDocument } from '../forward/formats/ecs.ts';
import { ocsfEvent } from '../forward/formats/ocsf/ocsf.ts';
import { otlpRecord } from '../forward/formats/otlp.ts';
import { plainLine } from '../forward/formats/plain.ts';
import type { FindingItem } from '../forward/item.ts';
import { findingSource } from '../forward/source/finding-source.ts';
import { FindingWatch } from './finding-watch.ts';

const SECOND = 1_000;
const data = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../test/data/audit/${name}`, import.meta.url), 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
const isCompliance = ajv.compile(data('schemas/ocsf-compliance-finding.schema.json'));
const isImport = ajv.compile(data('schemas/asff.schema.json'));

const { scenarios } = data('audit-scenarios.json') as { scenarios: unknown[] };
const judged = scenarios
  .slice(0, 20)
  .flatMap((scenario) => judge(readScenario(scenario), { now: Date.UTC(2026, 2, 1), proofs: new Coverages() }));
const failed = judged.find(({ verdict }) => verdict === 'FAIL') as Finding;
const passed = judged.find(({ verdict }) => verdict === 'PASS') as Finding;

eachStore((open) => {
  it('notes a finding when it is new and when it changes, and not again after a restart', async () => {
    const world = new ForwardWorld(await open());
    const { url, requests } = await siem();
    await world.start({ siem: { type: 'http', url, what: 'findings' } });
    let findings: Finding[] = [failed];
    const watch = () => new FindingWatch(world.logs.context, { findings: async () => findings });
    const first = watch();
    const told = () => requests.flatMap(({ body }) => body.trimEnd().split('\n')).map((line) => JSON.parse(line));
    await first.look();
    await first.look();
    await world.pass(2 * SECOND);
    expect(told()).toMatchObject([{ type: 'finding', verdict: 'FAIL', control: failed.control }]);
    await watch().look();
    findings = [{ ...failed, reason: 'The same in other words.' }];
    await watch().look();
    await world.pass(2 * SECOND);
    expect(told()).toHaveLength(1);
    findings = [{ ...failed, verdict: 'PASS', brokenLinks: [] }];
    await watch().look();
    await world.pass(2 * SECOND);
    expect(told()).toMatchObject([{ verdict: 'FAIL' }, { verdict: 'PASS' }]);
    expect(await world.state()).toMatchObject({ sent: 2, waiting: 0 });
  });

  it('has findings in every format as their schemas want them', async () => {
    const world = new ForwardWorld(await open());
    const watch = new FindingWatch(world.logs.context, { findings: async () => [failed, passed] });
    await watch.look();
    const slice = await findingSource(world.logs.store.read).read({ position: 0, part: 0 }, { end: 0, from: 0 });
    const items = (slice?.items ?? []).map(({ item }) => item as FindingItem);
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      expect(isCompliance(JSON.parse(ocsfEvent(item))) || isCompliance.errors).toBe(true);
      const hub = { account: '999900001111', region: 'eu-west-1' };
      expect(isImport({ Findings: [asffFinding(item, hub)] }) || isImport.errors).toBe(true);
      expect(asffFinding(item, hub)).toMatchObject({ AwsAccountId: hub.account, Region: hub.region });
      expect(ecsFaults(JSON.parse(ecsDocument(item)))).toEqual([]);
      expect(jsonFaults(otlpRecord(item), 'LogRecord')).toEqual([]);
      expect(cefLine(item)).toMatch(/^CEF:0\|Trailbell\|Trailbell\|1\|finding\|CIS \S+ \S+ [\w-]+: [A-Z]+\|\d+\|rt=/);
      expect(JSON.parse(plainLine(item))).toMatchObject({ type: 'finding', account: item.documents.finding.account });
    }
  });
});

describe('an engine with a forward of findings', () => {
  it('tells of its own chains as soon as it runs', { timeout: 30_000 }, async () => {
    const { startEngine } = await import('../../test/engine/start.ts');
    const { until } = await import('../../test/engine/until.ts');
    const { url, requests } = await siem();
    await startEngine({
      cis: true,
      forwards: { audit: { type: 'http', url, what: 'findings', batch: { seconds: 0.1 } } },
    });
    await until('the findings', () => requests.length > 0, 20_000);
    const findings = (requests[0]?.body ?? '')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    // Nobody is subscribed yet.
    expect(findings.find(({ name }) => name === 'root-usage')).toMatchObject({
      verdict: 'FAIL',
      account: '000000000000',
    });
  });
});
