import type { Json } from './principals.ts';

/** Uses of root, and what looks like them, that every archive should hold. */
export const RARE_SHAPES = [
  'console action',
  "root's own key",
  'session token of root',
  'central root session',
  'AssumeRoot',
  'old console record',
  'federation by root',
  'password recovery',
  'MFA change',
] as const;
export type RareShape = (typeof RARE_SHAPES)[number];

interface RareUse {
  readonly identity: Json;
  /** What differs in the rest of the record. */
  readonly record?: Json;
  readonly isSignIn?: boolean;
}

/** `keyed` is the identity of root with a key of a console session. */
export function rareUse(shape: RareShape, account: string, keyed: Json): RareUse {
  const { sessionContext, accessKeyId, ...root } = keyed;
  const key = String(accessKeyId);
  switch (shape) {
    case 'console action':
      return {
        identity: { ...root, accessKeyId },
        record: { eventSource: 'billingconsole.amazonaws.com', eventName: 'GetBilling', eventType: 'AwsConsoleAction' },
      };
    case "root's own key":
      return { identity: { ...root, accessKeyId: key.replace('ASIA', 'AKIA') } };
    case 'session token of root':
      return { identity: keyed };
    case 'central root session':
      return { identity: { ...keyed, sessionContext: { ...(sessionContext as Json), assumedRoot: 'true' } } };
    case 'AssumeRoot':
      return {
        identity: {
          type: 'AssumedRole',
          principalId: `AROA${key.slice(4)}:ops`,
          arn: `arn:aws:sts::${account}:assumed-role/RootTasks/ops`,
          accountId: account,
          accessKeyId,
        },
        record: {
          eventSource: 'sts.amazonaws.com',
          eventName: 'AssumeRoot',
          requestParameters: { targetPrincipal: account, durationSeconds: 900 },
          responseElements: { credentials: { accessKeyId: key } },
        },
      };
    case 'old console record':
      return { identity: { ...keyed, invokedBy: 'signin.amazonaws.com' } };
    case 'federation by root':
      return {
        identity: {
          type: 'FederatedUser',
          principalId: `${account}:bob`,
          arn: `arn:aws:sts::${account}:federated-user/bob`,
          accountId: account,
          accessKeyId,
          sessionContext: { ...(sessionContext as Json), sessionIssuer: root },
        },
      };
    case 'password recovery':
      return { identity: root, record: { eventName: 'PasswordRecoveryRequested' }, isSignIn: true };
    case 'MFA change':
      return {
        identity: keyed,
        record: {
          eventSource: 'iam.amazonaws.com',
          eventName: 'DeactivateMFADevice',
          requestParameters: { userName: 'AWS ROOT USER' },
        },
      };
  }
}
