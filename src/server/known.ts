import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { addressRange } from '../base/address-range.ts';
import { type AccountNames, readAccountNames } from '../trail/account-names.ts';
import { automationFinder, type FindAutomation } from '../trail/known-automation.ts';
import { StartError } from './explain-start.ts';

/** What the operator tells of his accounts, and of what is known to act in them. */
export interface KnownFiles {
  readonly names: AccountNames;
  readonly automation: FindAutomation;
}

const entry = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    owner: z.string().trim().min(1).max(100),
    expires: z.iso.date(),
    account: z
      .string()
      .regex(/^\d{12}$/, 'must be twelve digits')
      .optional(),
    principal: z.string().min(1).max(200).optional(),
    addresses: z.array(z.string().refine(isRange, 'must be addresses like 10.1.0.0/16')).min(1).max(1_000).optional(),
    actions: z.array(z.string().min(1).max(200)).min(1).max(1_000).optional(),
  })
  .refine(({ principal, addresses, actions }) => principal ?? addresses ?? actions, {
    message: 'needs at least one of principal, addresses and actions',
  });
const entries = z.array(entry).max(1_000);

/**
 * Reads the files of the settings `accountNames` and `knownAutomation`.
 * @throws StartError that says which file, where in it, and what is wanted
 */
export async function readKnown(files: {
  readonly accountNames?: string | undefined;
  readonly knownAutomation?: string | undefined;
}): Promise<KnownFiles> {
  const { accountNames, knownAutomation } = files;
  return {
    names:
      accountNames === undefined || organizationOf(accountNames)
        ? new Map()
        : await parsed('--account-names', accountNames, readAccountNames),
    automation: automationFinder(
      knownAutomation === undefined ? [] : await parsed('--known-automation', knownAutomation, readAutomation),
    ),
  };
}

/** What `--account-names organizations[:URL]` says; undefined where it names a file. */
export function organizationOf(accountNames: string): { readonly endpoint: string | undefined } | undefined {
  const found = /^organizations(?::(https?:\/\/.+))?$/.exec(accountNames);
  return found ? { endpoint: found[1] } : undefined;
}

async function parsed<T>(option: string, file: string, read: (text: string) => T): Promise<T> {
  try {
    return read(await readFile(file, 'utf8'));
  } catch (error) {
    throw new StartError(`${option} ${file}: ${(error as Error).message}`);
  }
}

function readAutomation(text: string): z.output<typeof entries> {
  const result = entries.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`${issue?.path.length ? `entry ${issue.path.join('.')}` : 'the list'}: ${issue?.message}`);
}

function isRange(text: string): boolean {
  try {
    return addressRange(text) !== undefined;
  } catch {
    return false;
  }
}
