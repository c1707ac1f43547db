import { appendFileSync } from 'node:fs';
import { Pace } from '../audit/collect/pace.ts';
import { type OpenDoor, openWire, type Wire } from '../audit/collect/sdk-door.ts';
import { DEFAULT_BENCHMARK } from '../audit/controls/benchmark.ts';
import { canonicalPattern } from '../audit/controls/control.ts';
import { findControl } from '../audit/controls/find-control.ts';
import { drillAccount } from '../audit/drill/account-drill.ts';
import { chainToDrill } from '../audit/drill/chain-to-drill.ts';
import type { DrillCall, DrillCallName } from '../audit/drill/drill-calls.ts';
import { type DrillContext, MARK } from '../audit/drill/drill-context.ts';
import type { DrillLevel, DrillProof } from '../audit/drill/drill-step.ts';
import { knownServer } from '../audit/drill/known-server.ts';
import { textProof } from '../audit/drill/text-proof.ts';
import { judge } from '../audit/judge/judge.ts';
import { targetOf } from '../audit/judge/target.ts';
import { systemClock } from '../base/clock.ts';
import { systemIds } from '../base/ids.ts';
import { baseCaller, type Caller, type CallerOptions, checkAccount, identityLine, markedDoor } from './audit-caller.ts';
import { type AwaitedReceipt, askForReceipt, declareDrill, receiptStep } from './drill-receipt.ts';
import { Engine } from './engine.ts';
import { readAccount } from './read-account.ts';
import { CommandError, EXIT, type Terminal } from './terminal.ts';

export interface AccountDrillOptions extends CallerOptions {
  readonly control: string;
  readonly level: DrillLevel;
  readonly confirmAccount?: string | undefined;
  readonly markRole?: string | undefined;
  readonly expect?: string | undefined;
  /** Address of an engine that takes the receipt. */
  readonly callback?: string | undefined;
  readonly declarations?: string | undefined;
  readonly proof: string;
  /** Milliseconds. */
  readonly patience: number;
  readonly json: boolean;
}

const CONNECTIONS = 16;
const PROBE_PATIENCE = 3_000;

/** Drills the account of the caller's keys, files the proof, and gives the exit code. */
export async function accountDrill(options: AccountDrillOptions, terminal: Terminal): Promise<number> {
  const wire = openWire(CONNECTIONS);
  const stop = new AbortController();
  const end = (): void => {
    terminal.note('Ending the drill, and taking away what it made.');
    stop.abort();
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, end);
  const hold = setInterval(() => undefined, 60_000);
  try {
    const proof = await drill(options, terminal, wire, stop.signal);
    terminal.out(options.json ? JSON.stringify(proof) : textProof(proof, terminal.colors));
    fileProof(proof, options.proof);
    terminal.note(`The proof was added to ${options.proof}.`);
    return exitCodeOf(proof);
  } finally {
    clearInterval(hold);
    for (const signal of signals) process.removeListener(signal, end);
    wire.destroy();
  }
}

async function drill(
  options: AccountDrillOptions,
  terminal: Terminal,
  wire: Wire,
  stop: AbortSignal,
): Promise<DrillProof> {
  const found = findControl(options.control);
  if ('problem' in found) throw new CommandError(`--control ${options.control}: ${found.problem}`);
  const { control } = found;
  const { level, patience } = options;
  if (level === 'inject' && control.slug !== 'root-usage') {
    throw new CommandError('--inject puts in a sign-in of root: it is for the control root-usage only');
  }
  const pace = new Pace(systemClock, systemIds);
  const caller = await baseCaller(options, wire, pace);
  terminal.note(identityLine(caller));
  const writes = level !== 'read' && level !== 'live';
  if (writes || options.confirmAccount !== undefined) checkAccount(options.confirmAccount, caller, optionOf(level));
  const state = await readAccount(caller, pace);
  const now = systemClock.now();
  const [finding] = judge(state, { controls: [control.slug], benchmark: DEFAULT_BENCHMARK, now });
  if (!finding) throw new Error(`${control.slug} was not judged`);
  const id = systemIds.uuid();
  const ctx: DrillContext = {
    id,
    account: caller.account,
    clock: systemClock,
    call: callsBy(caller.door, pace, caller.account),
    markedCall: callsBy(markedDoor(options, caller, wire, [MARK, id]), pace, caller.account),
    patience,
    stop,
    server: caller.endpoint === 'AWS' ? undefined : await serverAt(caller),
    note: terminal.note,
  };
  const receipt = await receiptFor(options, terminal);
  const target = targetOf(control, DEFAULT_BENCHMARK, caller.account);
  const ask =
    control.slug === 'root-usage'
      ? `Sign in as root of account ${caller.account} now.`
      : `Do in account ${caller.account} now what ${control.slug} watches for.`;
  return await drillAccount(ctx, chainToDrill(state, finding), finding, placeOf(caller), {
    level,
    examples: target.examples,
    markRole: options.markRole,
    live: { pattern: canonicalPattern(control, DEFAULT_BENCHMARK), ask },
    mayWrite: options.confirmAccount !== undefined,
    receipt: receipt && (() => received(receipt, options, { now, control: control.slug, caller, id, stop })),
  });
}

const placeOf = ({ arn, region, endpoint }: Caller) => ({ caller: arn, region, endpoint });

/** A door of the SDK with the calls of a drill, at the rates that AWS allows. */
function callsBy(door: OpenDoor, pace: Pace, account: string): DrillCall {
  // The door's types list what an audit reads; underneath it takes every operation of its services.
  const call = door.call.bind(door) as unknown as DrillCall;
  return (name, region, input) =>
    pace.run(`${account}/${region}/${name satisfies DrillCallName}`, name, () => call(name, region, input));
}

const serverAt = ({ endpoint }: Caller) =>
  knownServer(async (path) => {
    try {
      const response = await fetch(new URL(path, endpoint), { signal: AbortSignal.timeout(PROBE_PATIENCE) });
      return { status: response.status, text: (await response.text()).slice(0, 10_000) };
    } catch {
      return undefined;
    }
  });

async function receiptFor(
  { expect, callback }: AccountDrillOptions,
  terminal: Terminal,
): Promise<AwaitedReceipt | undefined> {
  if (expect === undefined) return undefined;
  if (callback === undefined) {
    throw new CommandError('--expect needs --callback: the address of a running engine that takes the receipt');
  }
  return await askForReceipt(new Engine(callback), expect, terminal);
}

interface Held {
  readonly now: number;
  readonly control: string;
  readonly caller: Caller;
  readonly id: string;
  readonly stop: AbortSignal;
}

async function received(asked: AwaitedReceipt, options: AccountDrillOptions, held: Held) {
  const { now: at, control, caller, id, stop } = held;
  const receipt = await asked.wait(options.patience, stop);
  if (receipt && options.declarations !== undefined) {
    const eventId = options.level === 'inject' ? id : undefined;
    declareDrill(options.declarations, {
      expect: asked.expect,
      control,
      account: caller.account,
      at,
      receipt,
      eventId,
    });
  }
  return receiptStep(asked.expect, receipt, at);
}

/** Adds a line to the file of proofs. @throws CommandError */
export function fileProof(proof: object, path: string): void {
  try {
    appendFileSync(path, `${JSON.stringify(proof)}\n`, { mode: 0o600 });
  } catch (error) {
    throw new CommandError(`--proof ${path}: ${(error as Error).message}`, EXIT.unfinished);
  }
}

function exitCodeOf({ outcome, left }: DrillProof): number {
  if (outcome === 'unproven' || left.length > 0) return EXIT.unfinished;
  return outcome === 'broken' ? EXIT.findings : EXIT.clean;
}

const optionOf = (level: DrillLevel): string =>
  level === 'inject' ? '--inject' : level === 'live' ? '--live' : `--through ${level}`;
