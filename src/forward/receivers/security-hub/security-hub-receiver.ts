import type { AwsSecurityFinding, SecurityHubClient } from '@aws-sdk/client-securityhub';
import type { Network } from '../../../base/network.ts';
import { networkHandler } from '../../../chain/channels/aws/network-handler.ts';
import { asffFinding, type Hub } from '../../formats/asff.ts';
import type { Outcome, Parcel, Receiver, RefusedPart } from '../../receiver.ts';
import { awsEndpoint, awsTrouble } from '../aws-trouble.ts';

export interface SecurityHubSettings extends Hub {
  readonly endpoint?: string | undefined;
}

/** BatchImportFindings takes so many. */
const MOST = 100;
/** Of single findings: what may be taken later. Anything else is wrong with the finding. */
const LATER = /Internal|Throttl|Limit|Unavailable/;

/** Imports rings and the audit's findings into Security Hub. Each finding has an answer of its own. */
export function securityHubReceiver(settings: SecurityHubSettings, network: Network): Receiver {
  const { account, region, endpoint } = settings;
  let client: Promise<SecurityHubClient> | undefined;
  const open = async (): Promise<SecurityHubClient> => {
    const { SecurityHubClient: Client } = await import('@aws-sdk/client-securityhub');
    return new Client({
      region,
      endpoint: endpoint ?? awsEndpoint('securityhub', region),
      maxAttempts: 1,
      requestHandler: networkHandler(network),
    });
  };
  return {
    to: `Security Hub of ${account} in ${region}`,
    limits: { count: MOST, bytes: 5_000_000, inFlight: 1 },
    encode: (item) => (item.kind === 'event' ? undefined : JSON.stringify(asffFinding(item, settings))),
    async send(parcels) {
      try {
        const { BatchImportFindingsCommand } = await import('@aws-sdk/client-securityhub');
        client ??= open();
        const findings = newestOf(parcels);
        const answer = await (await client).send(new BatchImportFindingsCommand({ Findings: [...findings.values()] }));
        return judge(parcels, answer.FailedFindings ?? []);
      } catch (error) {
        return awsTrouble(error);
      }
    },
    close: () => network.close(),
  };
}

/** By their Ids: of several words about one ring in a batch only the last counts. */
function newestOf(parcels: readonly Parcel[]): ReadonlyMap<string, AwsSecurityFinding> {
  const findings = new Map<string, AwsSecurityFinding>();
  for (const { text } of parcels) {
    const finding = JSON.parse(text) as AwsSecurityFinding;
    findings.set(finding.Id ?? '', finding);
  }
  return findings;
}

interface Failed {
  readonly Id?: string | undefined;
  readonly ErrorCode?: string | undefined;
  readonly ErrorMessage?: string | undefined;
}

function judge(parcels: readonly Parcel[], failed: readonly Failed[]): Outcome {
  if (failed.length === 0) return { result: 'sent' };
  const byId = new Map(failed.map((one) => [one.Id, one]));
  const refused: RefusedPart[] = [];
  const again: number[] = [];
  let text = '';
  parcels.forEach((parcel, index) => {
    const failure = byId.get((JSON.parse(parcel.text) as AwsSecurityFinding).Id);
    if (!failure) return;
    const says = `${failure.ErrorCode}: ${failure.ErrorMessage}`.slice(0, 500);
    if (LATER.test(failure.ErrorCode ?? '')) {
      again.push(index);
      text = says;
    } else refused.push({ index, reason: 'rejected', text: says });
  });
  return {
    result: 'sent',
    refused,
    ...(again.length > 0 && { again: { indexes: again, reason: 'server-error', text } }),
  };
}
