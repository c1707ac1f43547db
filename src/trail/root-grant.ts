import { plainText, shownText } from './plain-text.ts';
import { accountOf, principalOf, principalPhrase } from './principal.ts';
import { eventTimeOf, textAt, valueAt } from './record.ts';

/** Credentials of a member account's root, as somebody of the management account was given them by AssumeRoot. */
export interface RootGrant {
  /** The key that the calls made with them carry. */
  readonly accessKeyId: string;
  /** Who asked for them: in words, such as `role RootTasks (session ops)`, and the account he belongs to. */
  readonly principal: string;
  readonly account: string;
  readonly arn: string;
  readonly address: string;
  /** The member account, twelve digits; '' where the record names none. */
  readonly target: string;
  /** What they were for, such as `S3UnlockBucketPolicy`. */
  readonly task: string;
  /** Milliseconds. */
  readonly at: number | null;
}

/** What every record of interest has in its text: for telling most others apart without reading them. */
export const GRANT_MARK = '"AssumeRoot"';

/** The grant that a record tells of; undefined for any other record, and for one that was refused. */
export function rootGrantOf(record: unknown): RootGrant | undefined {
  if (textAt(record, 'eventName') !== 'AssumeRoot' || textAt(record, 'eventSource') !== 'sts.amazonaws.com') {
    return undefined;
  }
  const accessKeyId = shownText(textAt(record, 'responseElements', 'credentials', 'accessKeyId'), 128);
  if (accessKeyId === undefined) return undefined;
  const target = textAt(record, 'requestParameters', 'targetPrincipal') ?? '';
  const policy = valueAt(record, 'requestParameters', 'taskPolicyArn');
  const task =
    typeof policy === 'string' ? policy : (textAt(record, 'requestParameters', 'taskPolicyArn', 'arn') ?? '');
  return {
    accessKeyId,
    principal: principalPhrase(principalOf(record)),
    account: accountOf(record),
    arn: plainText(textAt(record, 'userIdentity', 'arn') ?? '', 300),
    address: plainText(textAt(record, 'sourceIPAddress') ?? '', 128),
    target: /\d{12}/.exec(target.slice(0, 300))?.[0] ?? '',
    task: plainText(task.slice(task.lastIndexOf('/') + 1), 100),
    at: eventTimeOf(record) ?? null,
  };
}
