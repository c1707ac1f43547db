import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readDeclarations } from '../audit/declarations.ts';
import { type DrillStep, step } from '../audit/drill/drill-step.ts';
import { StateError } from '../audit/state.ts';
import type { Receipt } from '../server/drill/receipts.ts';
import type { Engine } from './engine.ts';
import { CommandError, type Terminal } from './terminal.ts';

/** A receipt that was asked for, with the way to wait for it. */
export interface AwaitedReceipt {
  readonly expect: string;
  /** The link that proves it. */
  readonly callback: string;
  /** Undefined when it has not come in time, or the user ended the drill. */
  wait(milliseconds: number, stop: AbortSignal): Promise<Receipt | undefined>;
}

const PAUSE = 500;

/** Asks an engine for a link that proves the receipt, and shows it. */
export async function askForReceipt(engine: Engine, expect: string, terminal: Terminal): Promise<AwaitedReceipt> {
  const query = new URLSearchParams({ expect });
  const { id, callback } = await engine.post<Receipt & { callback: string }>(`/api/v1/receipts?${query}`);
  terminal.note(`${expect} confirms by a POST to this address, or a person by its page:\n  ${callback}`);
  return {
    expect,
    callback,
    async wait(milliseconds, stop) {
      const end = performance.now() + milliseconds;
      for (;;) {
        const receipt = await engine.get<Receipt>(`/api/v1/receipts/${id}`);
        if (receipt.confirmedAt !== null) return receipt;
        if (performance.now() > end || stop.aborted) return undefined;
        await sleep(PAUSE);
      }
    },
  };
}

/** A receipt as a link of the drilled chain. */
export function receiptStep(expect: string, receipt: Receipt | undefined, startedAt: number): DrillStep {
  if (!receipt || receipt.confirmedAt === null) return step('receipt', expect, false, 'did not confirm in time');
  return step(
    'receipt',
    expect,
    true,
    `confirmed by ${receipt.confirmedBy}`,
    Math.max(0, receipt.confirmedAt - startedAt),
  );
}

export interface DeclaredDrill {
  readonly expect: string;
  /** Slug. */
  readonly control: string;
  readonly account: string;
  /** Milliseconds at which it began. */
  readonly at: number;
  readonly receipt: Receipt;
  readonly eventId: string | undefined;
}

/**
 * Adds a confirmed drill to a file of `audit --declarations`, under the means of that name, which is made
 * where it is missing. What else is in the file stays.
 * @throws CommandError for a file that is none
 */
export function declareDrill(file: string, { expect, control, account, at, receipt, eventId }: DeclaredDrill): void {
  refusing(file, () => {
    const document = documentIn(file);
    readDeclarations(document);
    const means = document.means ?? [];
    document.means = means;
    const found = means.find(({ name }) => name === expect) ?? {
      name: expect,
      controls: [control],
      accounts: [account],
    };
    if (!means.includes(found)) means.push(found);
    const confirmedAt = Math.max(receipt.confirmedAt ?? at, at);
    found.drills = [
      ...(found.drills ?? []),
      {
        at: new Date(at).toISOString(),
        confirmedAt: new Date(confirmedAt).toISOString(),
        ...(receipt.confirmedBy && { confirmedBy: receipt.confirmedBy }),
        ...(eventId !== undefined && { eventId }),
      },
    ];
    readDeclarations(document);
    writeFileSync(`${file}.new`, `${JSON.stringify(document, null, 2)}\n`);
    renameSync(`${file}.new`, file);
  });
}

/** Refuses a file that `declareDrill` could not add to, before anybody is rung. @throws CommandError */
export function checkDeclarations(file: string): void {
  refusing(file, () => readDeclarations(documentIn(file)));
}

function refusing(file: string, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (error instanceof StateError || error instanceof SyntaxError || 'code' in (error as object))
      throw new CommandError(`--declarations ${file}: ${(error as Error).message}`);
    throw error;
  }
}

function documentIn(file: string): { means?: Means[] } {
  const text = textIn(file);
  return (text === undefined ? {} : JSON.parse(text)) as { means?: Means[] };
}

interface Means {
  readonly name: string;
  readonly controls?: string[];
  readonly accounts?: string[];
  drills?: object[];
}

function textIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return undefined;
    throw error;
  }
}
