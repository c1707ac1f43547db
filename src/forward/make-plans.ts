import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Network } from '../base/network.ts';
import type { SocketDoor, SocketDoorSettings } from '../base/socket-door.ts';
import type { ChainContext } from '../chain/context.ts';
import { compileFilterPattern } from '../chain/logs/filter-rules.ts';
import { cefLine } from './formats/cef.ts';
import { ecsDocument } from './formats/ecs.ts';
import type { Format } from './formats/format.ts';
import { ocsfEvent } from './formats/ocsf/ocsf.ts';
import { plainLine } from './formats/plain.ts';
import type { ForwardItem } from './item.ts';
import type { Start } from './ledger.ts';
import type { AnyReceiver } from './receiver.ts';
import { elasticReceiver } from './receivers/elastic/elastic-receiver.ts';
import { fileReceiver } from './receivers/file/file-receiver.ts';
import { httpReceiver } from './receivers/http/http-receiver.ts';
import { otlpReceiver } from './receivers/otlp/otlp-receiver.ts';
import { s3Receiver } from './receivers/s3/s3-receiver.ts';
import { securityHubReceiver } from './receivers/security-hub/security-hub-receiver.ts';
import { splunkReceiver } from './receivers/splunk/splunk-receiver.ts';
import { syslogReceiver } from './receivers/syslog/syslog-receiver.ts';
import type { ForwardPlan } from './runner.ts';
import type { ForwardSettings } from './settings.ts';
import { eventSource } from './source/event-source.ts';
import { findingSource } from './source/finding-source.ts';
import { ringSource } from './source/ring-source.ts';
import type { Source } from './source/source.ts';

export interface PlanDeps {
  readonly context: ChainContext;
  /** Opens a door of its own for a forward, which may trust further authorities. */
  readonly openDoor: (extraCa: string | undefined) => Network;
  readonly openSocketDoor: (extraCa: string | undefined, identity: SocketDoorSettings['identity']) => SocketDoor;
}

/** What the settings ask for, ready to run. Rejects with a sentence when a file they name cannot be read. */
export async function makePlans(
  settings: Readonly<Record<string, ForwardSettings>>,
  deps: PlanDeps,
): Promise<ForwardPlan[]> {
  refuseSharedFiles(settings);
  const plans: ForwardPlan[] = [];
  for (const [name, forward] of Object.entries(settings)) {
    const receiver = await receiverFor(name, forward, deps);
    const { what, batch } = forward;
    plans.push({
      name,
      what,
      from: startOf(forward.from),
      wants: wishOf(forward),
      source: sourceOf(what, deps.context),
      receiver,
      limits: {
        count: Math.min(batch.records ?? receiver.limits.count, receiver.limits.count),
        bytes: Math.min(batch.bytes ?? receiver.limits.bytes, receiver.limits.bytes),
        inFlight: receiver.limits.inFlight,
      },
      linger: batch.seconds * 1_000,
    });
  }
  return plans;
}

/** Two that wrote to one file would cut off each other's lines when the disk is full, and rotate it under each other. */
function refuseSharedFiles(settings: Readonly<Record<string, ForwardSettings>>): void {
  const names = new Map<string, string>();
  for (const [name, forward] of Object.entries(settings)) {
    if (forward.type !== 'file') continue;
    const path = resolve(forward.path);
    const other = names.get(path);
    if (other !== undefined)
      throw new ForwardError(
        `forwards.${name}.path: forward ${other} writes to ${path} already: give each its own file`,
      );
    names.set(path, name);
  }
}

function sourceOf(what: ForwardSettings['what'], { store: { read }, clock }: ChainContext): Source {
  if (what === 'rings') return ringSource(read);
  return what === 'findings' ? findingSource(read) : eventSource(read, what, clock);
}

const startOf = (from: string): Start => (from === 'now' || from === 'beginning' ? from : Date.parse(from));

/** Kinds that tell again what was told before, to make somebody answer: no news for a SIEM. */
const TOLD_AGAIN: ReadonlySet<string> = new Set(['repeat', 'escalation']);

/** By pattern and log group. Events of a group that is gone are wanted: nobody knows that they are not. */
function wishOf({ pattern, logGroups }: ForwardSettings): (item: ForwardItem) => boolean {
  const compiled = pattern === undefined ? undefined : compileFilterPattern(pattern);
  const groups = logGroups && new Set([...logGroups, '']);
  return (item) => {
    if (item.kind === 'ring') return !TOLD_AGAIN.has(item.ring.kind);
    if (item.kind === 'finding') return true;
    return (groups?.has(item.logGroup) ?? true) && (compiled?.matchesEvent(item.view) ?? true);
  };
}

async function receiverFor(name: string, forward: ForwardSettings, deps: PlanDeps): Promise<AnyReceiver> {
  const { clock, ids } = deps.context;
  switch (forward.type) {
    case 'file':
      return fileReceiver(forward, formatFor(forward.format), clock);
    case 'http':
      return httpReceiver(forward, formatFor(forward.format), await doorFor(name, forward.ca, deps), clock);
    case 'syslog': {
      const [extraCa, identity] = [await caOf(name, forward.ca), await identityOf(name, forward)];
      return syslogReceiver(forward, deps.openSocketDoor(extraCa, identity));
    }
    case 'elastic':
      return elasticReceiver(forward, await doorFor(name, forward.ca, deps), clock);
    case 'otlp':
      return otlpReceiver(forward, await doorFor(name, forward.ca, deps), clock);
    case 's3':
      return s3Receiver(forward, name, formatFor(forward.format), await doorFor(name, forward.ca, deps));
    case 'security-hub':
      return securityHubReceiver(forward, await doorFor(name, forward.ca, deps));
    case 'splunk':
      return splunkReceiver(forward, await doorFor(name, forward.ca, deps), clock, ids);
  }
}

const FORMATS: Readonly<Record<'json' | 'ocsf' | 'ecs' | 'cef', Format>> = {
  json: plainLine,
  ocsf: ocsfEvent,
  ecs: ecsDocument,
  cef: cefLine,
};

const formatFor = (name: keyof typeof FORMATS): Format => FORMATS[name];

async function doorFor(name: string, ca: string | undefined, { openDoor }: PlanDeps): Promise<Network> {
  return openDoor(await caOf(name, ca));
}

const caOf = async (name: string, ca: string | undefined): Promise<string | undefined> =>
  ca === undefined ? undefined : readPem(name, 'ca', ca);

async function identityOf(
  name: string,
  { cert, key }: { readonly cert?: string | undefined; readonly key?: string | undefined },
): Promise<SocketDoorSettings['identity']> {
  if ((cert === undefined) !== (key === undefined))
    throw new ForwardError(`forwards.${name}: cert and key go together: give both, or none`);
  if (cert === undefined || key === undefined) return undefined;
  return { cert: await readPem(name, 'cert', cert), key: await readPem(name, 'key', key) };
}

async function readPem(name: string, setting: string, file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new ForwardError(
      `forwards.${name}.${setting}: ${file} cannot be read (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

/** A forward that cannot begin as the settings have it. */
export class ForwardError extends Error {
  override readonly name = 'StartError';
}
