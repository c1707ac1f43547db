import { BASE64, type Cast, guid, HEX, type Json, UPPER } from './principals.ts';
import type { Random } from './random.ts';
import { type RareShape, rareUse } from './rare-root-uses.ts';
import { SERVICES, type Service } from './services.ts';

const AGENTS = [
  'aws-cli/2.15.30 Python/3.11.8 Linux/6.1.79 exe/x86_64.amzn.2 prompt/off command/ec2.describe-instances',
  'Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#5.10.213 md/arch#x86_64 lang/python#3.9.16',
  'APN/1.0 HashiCorp/1.0 Terraform/1.7.5 (+https://www.terraform.io) terraform-provider-aws/5.42.0 aws-sdk-go-v2/1.26.0 os/linux lang/go#1.21.8 md/GOOS#linux md/GOARCH#amd64',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
  'aws-sdk-java/2.25.16 Linux/5.10.213 OpenJDK_64-Bit_Server_VM/17.0.10+7-LTS Java/17.0.10 vendor/Amazon.com_Inc. io/async http/NettyNio cfg/retry-mode/standard',
  'aws-internal/3 aws-sdk-java/1.12.694 Linux/5.10.213 OpenJDK_64-Bit_Server_VM/25.402 java/1.8.0_402',
];

/** What a record is of, when it is one of those that are counted. */
export type Shape =
  | 'plain'
  | RareShape
  | 'root sign-in'
  | 'root call'
  | 'root by a service'
  | 'root service event'
  | 'failed sign-in';

export interface Made {
  readonly record: Json;
  readonly shape: Shape;
}

const TOTAL_SHARE = SERVICES.reduce((sum, { share }) => sum + share, 0);

/** Makes records as one delivered file holds them: of one account and region, by a few principals. */
export class RecordMaker {
  readonly #random: Random;
  readonly #cast: Cast;
  readonly #region: string;
  /** Share of records by the root user. */
  readonly #rootShare: number;
  readonly #buckets: readonly string[];

  constructor(random: Random, cast: Cast, region: string, rootShare: number) {
    this.#random = random;
    this.#cast = cast;
    this.#region = region;
    this.#rootShare = rootShare;
    this.#buckets = Array.from({ length: 4 }, () => `${random.pick(['logs', 'data', 'media'])}-${random.text(HEX, 8)}`);
  }

  make(time: number): Made {
    const random = this.#random;
    if (random.chance(this.#rootShare)) return this.#root(time);
    if (random.chance(0.0002)) return { record: this.#signIn(time, this.#cast.user(), false), shape: 'failed sign-in' };
    if (random.chance(0.0004)) return { record: this.#signIn(time, this.#cast.user(), true), shape: 'plain' };
    return { record: this.#call(time, this.#service(), this.#cast.identity()), shape: 'plain' };
  }

  #service(): Service {
    let rest = this.#random.next() * TOTAL_SHARE;
    for (const service of SERVICES) {
      rest -= service.share;
      if (rest < 0) return service;
    }
    return SERVICES[0] as Service;
  }

  /** A use of root, or near it, that chance would bring too seldom to be counted on. */
  rare(time: number, shape: RareShape): Made {
    const { identity, record = {}, isSignIn } = rareUse(shape, this.#cast.account, this.#keyed(time));
    const made = isSignIn ? this.#signIn(time, identity, true) : this.#call(time, SERVICES[0] as Service, identity);
    return { record: { ...made, ...record }, shape };
  }

  /** A person's session as root: a sign-in, then pages of the console that read in bursts, with keys of their own. */
  rootSession(time: number): Made[] {
    const random = this.#random;
    const start = time - 240_000;
    const made: Made[] = [{ record: this.#signIn(start, this.#rootIdentity(), true), shape: 'root sign-in' }];
    const address = made[0]?.record.sourceIPAddress;
    const pages = 2 + random.below(4);
    for (let page = 0; page < pages; page += 1) {
      const keyed = this.#keyed(start + 60_000);
      const opened = start + (page + 1) * 45_000;
      for (let calls = 5 + random.below(36); calls > 0; calls -= 1) {
        const call = this.#call(opened + random.below(3000), this.#service(), keyed);
        made.push({
          record: { ...call, sourceIPAddress: address, sessionCredentialFromConsole: 'true' },
          shape: 'root call',
        });
      }
    }
    return made;
  }

  #rootIdentity(): Json {
    const { account } = this.#cast;
    return { type: 'Root', principalId: account, arn: `arn:aws:iam::${account}:root`, accountId: account };
  }

  /** Root by a key of a session that began a minute before. */
  #keyed(time: number): Json {
    const session = { attributes: { creationDate: stamp(time - 60_000), mfaAuthenticated: 'true' } };
    return {
      ...this.#rootIdentity(),
      accessKeyId: `ASIA${this.#random.text(UPPER, 16)}`,
      sessionContext: session,
    };
  }

  #root(time: number): Made {
    const random = this.#random;
    const identity = this.#rootIdentity();
    const kind = random.below(10);
    if (kind === 0) return { record: this.#signIn(time, identity, true), shape: 'root sign-in' };
    if (kind === 1) {
      const record = this.#call(time, this.#service(), { ...identity, invokedBy: 'autoscaling.amazonaws.com' });
      return { record, shape: 'root by a service' };
    }
    if (kind === 2) {
      const record = { ...this.#call(time, this.#service(), identity), eventType: 'AwsServiceEvent' };
      return { record, shape: 'root service event' };
    }
    const keyed = this.#keyed(time);
    return { record: this.#call(time, this.#service(), keyed), shape: 'root call' };
  }

  #signIn(time: number, { accessKeyId: _, ...identity }: Json, succeeds: boolean): Json {
    const record: Json = { ...this.#head(time, 'signin', 'ConsoleLogin', identity), userAgent: AGENTS[3] };
    if (!succeeds) record.errorMessage = 'Failed authentication';
    record.requestParameters = null;
    record.responseElements = { ConsoleLogin: succeeds ? 'Success' : 'Failure' };
    record.additionalEventData = {
      LoginTo: 'https://console.aws.amazon.com/console/home?state=hashArgs%23&isauthcode=true',
      MobileVersion: 'No',
      MFAUsed: this.#random.chance(0.9) ? 'Yes' : 'No',
    };
    return { ...record, ...this.#tail(time, 'AwsConsoleSignIn', false, false) };
  }

  #call(time: number, service: Service, identity: Json): Json {
    const random = this.#random;
    const isData = service.dataEvents !== undefined && random.chance(0.7);
    const isRead = !isData && (service.writes.length === 0 || random.chance(0.88));
    const names = isData ? service.dataEvents : isRead ? service.reads : service.writes;
    // Zipf: the n-th name is called 1/n as often as the first.
    const name = names[Math.floor((names.length + 1) ** random.next()) - 1] as string;
    const record = this.#head(time, service.name, name, identity);
    this.#addError(record, name);
    record.requestParameters = this.#parameters(service.name, name, isData);
    record.responseElements = isRead || isData ? null : this.#answer(service.name, name);
    if (service.name === 's3')
      record.additionalEventData = {
        SignatureVersion: 'SigV4',
        CipherSuite: 'TLS_AES_128_GCM_SHA256',
        bytesTransferredIn: random.below(1e6),
        AuthenticationMethod: 'AuthHeader',
        'x-amz-id-2': random.text(BASE64, 76),
        bytesTransferredOut: random.below(1e6),
      };
    return this.#inSomeOrder({ ...record, ...this.#tail(time, 'AwsApiCall', isRead, isData) });
  }

  #head(time: number, service: string, name: string, identity: Json): Json {
    const random = this.#random;
    const byService = typeof identity.invokedBy === 'string' ? identity.invokedBy : undefined;
    return {
      eventVersion: random.pick(['1.08', '1.09', '1.10', '1.11']),
      userIdentity: identity,
      eventTime: stamp(time),
      eventSource: `${service}.amazonaws.com`,
      eventName: name,
      awsRegion: this.#region,
      sourceIPAddress: byService ?? this.#cast.address(),
      userAgent: byService ?? random.pick(AGENTS),
    };
  }

  #addError(record: Json, name: string): void {
    const random = this.#random;
    if (!random.chance(0.04)) return;
    const kind = random.below(4);
    record.errorCode = ['AccessDenied', 'Client.UnauthorizedOperation', 'ThrottlingException', 'NoSuchEntityException'][
      kind
    ];
    record.errorMessage =
      kind === 1
        ? `You are not authorized to perform this operation. Encoded authorization failure message: ${random.text(BASE64, 300)}`
        : kind === 0
          ? `User: arn:aws:sts::${this.#cast.account}:assumed-role/x/y is not authorized to perform: ${name} because no identity-based policy allows the action`
          : 'Rate exceeded';
  }

  #parameters(service: string, name: string, isData: boolean): unknown {
    const random = this.#random;
    if (random.chance(0.00002))
      return {
        filterSet: {
          items: Array.from({ length: 1500 }, () => ({
            name: 'instance-id',
            valueSet: { items: [{ value: `i-${random.text(HEX, 17)}` }] },
          })),
        },
      };
    if (service === 's3') {
      const bucket = random.pick(this.#buckets);
      return {
        bucketName: bucket,
        Host: `${bucket}.s3.${this.#region}.amazonaws.com`,
        ...(isData ? { key: `year=2025/month=11/day=23/part-${random.text(HEX, 12)}.parquet` } : { acl: '' }),
      };
    }
    if (service === 'iam' && name.includes('Policy') && random.chance(0.5))
      return {
        roleName: 'deploy',
        policyName: `p${random.below(99)}`,
        policyDocument: JSON.stringify(
          {
            Version: '2012-10-17',
            Statement: [
              {
                Sid: 'Root',
                Effect: 'Allow',
                Action: ['s3:GetObject', 'iam:PassRole'],
                Resource: `arn:aws:s3:::${random.pick(this.#buckets)}/*`,
              },
            ],
          },
          null,
          1,
        ),
      };
    if (service === 'ec2')
      return {
        maxResults: 1000,
        filterSet: {
          items: [
            {
              name: random.chance(0.1) ? 'tag:Größe' : 'tag:Name',
              valueSet: { items: [{ value: `node-${random.below(500)}` }] },
            },
          ],
        },
      };
    if (service === 'kms')
      return {
        encryptionContext: { 'aws:s3:arn': `arn:aws:s3:::${random.pick(this.#buckets)}/${random.text(HEX, 10)}` },
        encryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    if (service === 'sts' && name.startsWith('Assume'))
      return {
        roleArn: `arn:aws:iam::${this.#cast.account}:role/deploy`,
        roleSessionName: `botocore-session-${random.below(1e9)}`,
        durationSeconds: 3600,
      };
    return random.chance(0.2)
      ? null
      : { name: `${name}-${random.below(999)}`, maxResults: 100, note: random.chance(0.05) ? 'C:\\Temp\\"x"' : 'x' };
  }

  #answer(service: string, name: string): unknown {
    const random = this.#random;
    if (service === 'sts')
      return {
        credentials: {
          accessKeyId: `ASIA${random.text(UPPER, 16)}`,
          sessionToken: random.text(BASE64, 900),
          expiration: 'Nov 23, 2025, 5:11:49 AM',
        },
      };
    return random.chance(0.3) ? null : { requestId: guid(random), _return: true, name };
  }

  #tail(time: number, eventType: string, isRead: boolean, isData: boolean): Json {
    const random = this.#random;
    return {
      requestID: isData ? random.text(UPPER, 16) : guid(random),
      eventID: guid(random),
      readOnly: isRead,
      ...(isData || random.chance(0.2)
        ? {
            resources: [
              {
                accountId: this.#cast.account,
                type: 'AWS::S3::Bucket',
                ARN: `arn:aws:s3:::${random.pick(this.#buckets)}`,
              },
            ],
          }
        : {}),
      eventType,
      managementEvent: !isData,
      recipientAccountId: this.#cast.account,
      ...(random.chance(0.3) ? { sharedEventID: guid(random) } : {}),
      ...(random.chance(0.06) ? { vpcEndpointId: `vpce-${random.text(HEX, 17)}` } : {}),
      eventCategory: isData ? 'Data' : 'Management',
      ...(random.chance(0.75)
        ? {
            tlsDetails: {
              tlsVersion: 'TLSv1.3',
              cipherSuite: 'TLS_AES_128_GCM_SHA256',
              clientProvidedHostHeader: `service.${this.#region}.amazonaws.com`,
            },
          }
        : {}),
      ...(time % 29 === 0 ? { apiVersion: '2012-08-10' } : {}),
    };
  }

  /** Some records have their members in another order. */
  #inSomeOrder(record: Json): Json {
    if (!this.#random.chance(0.1)) return record;
    const keys = Object.keys(record);
    const cut = 1 + this.#random.below(keys.length - 1);
    return Object.fromEntries([...keys.slice(cut), ...keys.slice(0, cut)].map((key) => [key, record[key]]));
  }
}

const stamp = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`;
