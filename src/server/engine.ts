import { cloudTrailHandlers } from '../aws/cloudtrail/handlers.ts';
import { cloudWatchHandlers } from '../aws/cloudwatch/cloudwatch-handlers.ts';
import { logsHandlers } from '../aws/logs/logs-handlers.ts';
import { snsHandlers } from '../aws/sns/handlers.ts';
import { sqsHandlers } from '../aws/sqs/handlers.ts';
import { stsHandlers, type UserNames } from '../aws/sts/caller-identity.ts';
import type { AwsHandlers } from '../aws/wire/handlers.ts';
import type { Network } from '../base/network.ts';
import { AlarmStage } from '../chain/alarms/alarm-stage.ts';
import type { EvidenceFor } from '../chain/alarms/evidence.ts';
import { type AcknowledgeLinks, openAcknowledgeLinks } from '../chain/answers/acknowledge-links.ts';
import type { AwsDoor } from '../chain/channels/aws/aws-door.ts';
import type { MailTransport } from '../chain/channels/email/mail.ts';
import { linksUnder } from '../chain/channels/links.ts';
import { openChannels } from '../chain/channels/registry.ts';
import { openSigner, type Signer } from '../chain/channels/signing/signer.ts';
import type { ChainContext } from '../chain/context.ts';
import { AttemptCounters } from '../chain/deliveries/attempt-counters.ts';
import { statusLog } from '../chain/deliveries/status-log.ts';
import { type Deliveries, startDeliveries } from '../chain/deliveries/worker.ts';
import { createAcceptEvents } from '../chain/logs/accept-events.ts';
import { DefaultValueStage } from '../chain/logs/default-value-stage.ts';
import { createForwardEvents } from '../chain/logs/forward-events.ts';
import type { ChunkHold } from '../chain/logs/retention.ts';
import { evidenceFor as evidenceOf, type Known } from '../chain/matches/evidence-for.ts';
import { createRecordMatches } from '../chain/matches/record-matches.ts';
import { createNoteGrants } from '../chain/matches/root-grants.ts';
import { createRecordSamples } from '../chain/metrics/record-samples.ts';
import { Heartbeats } from '../chain/topics/heartbeats.ts';
import type { Publish } from '../chain/topics/publication.ts';
import { publisher } from '../chain/topics/publish.ts';
import type { Fallback } from '../chain/trails/routes.ts';
import { type AcceptRecords, createAcceptRecords } from '../intake/accept-records.ts';
import { controlMeaning } from './control-meaning.ts';
import { Sweeps } from './sweeps.ts';

export interface EngineSettings {
  readonly network: Network;
  readonly mail: MailTransport;
  readonly mailFrom: string;
  /** What the operator has told of his accounts and of what acts in them. */
  readonly known?: Omit<Known, 'now'>;
  /** The way into AWS, where the operator allows it. */
  readonly aws?: AwsDoor | undefined;
  /** The base of links in messages; asked anew for every link, as the port may not be known yet. */
  readonly publicUrl: () => string;
  /** Where records go that no trail claims. */
  readonly fallback: Fallback;
  /** Names behind access keys; undefined when authentication is off. */
  readonly users: UserNames | undefined;
  /** How long DescribeAlarmHistory looks back; as long as AWS unless given. */
  readonly alarmHistoryDays?: number | undefined;
  /** Keeps log events from being removed while they are still to be sent. */
  readonly hold?: ChunkHold | undefined;
}

/** The whole chain without a listener: what a test or a simulated world runs. */
export interface Engine {
  readonly context: ChainContext;
  readonly handlers: AwsHandlers;
  readonly acceptRecords: AcceptRecords;
  readonly signer: Signer;
  /** How attempts to deliver have ended since the start. */
  readonly attempts: AttemptCounters;
  readonly publish: Publish;
  readonly acknowledgeLinks: AcknowledgeLinks;
  start(): void;
  /** Resolves when nothing is under way and nothing is due. */
  idle(): Promise<void>;
  /** Finishes what is under way. Nothing waiting is lost: the store has it. */
  stop(): Promise<void>;
}

/** Joins the stages of the chain; each knows only what it is given here. */
export async function buildEngine(context: ChainContext, settings: EngineSettings): Promise<Engine> {
  const publish = publisher(context);
  const recordSamples = createRecordSamples(context);
  const acceptEvents = createAcceptEvents(context, {
    recordSamples,
    recordMatches: createRecordMatches(context),
    forwardEvents: createForwardEvents(context),
    noteGrants: createNoteGrants(context),
  });
  const known: Known | undefined = settings.known && { ...settings.known, now: () => context.clock.now() };
  const evidenceFor: EvidenceFor = (db, query) => evidenceOf(db, query, known);
  const defaultValues = new DefaultValueStage(context, recordSamples);
  const alarms = new AlarmStage(context, { publish, evidenceFor });
  const signer = await openSigner(context);
  const acknowledgeLinks = await openAcknowledgeLinks(context);
  const heartbeats = new Heartbeats(context, publish);
  const channels = openChannels(context, {
    network: settings.network,
    signer,
    links: linksUnder(settings.publicUrl, acknowledgeLinks.path),
    mail: settings.mail,
    mailFrom: settings.mailFrom,
    aws: settings.aws,
    meaningOf: controlMeaning,
  });
  const sweeps = new Sweeps(context, settings.alarmHistoryDays, settings.hold);
  const attempts = new AttemptCounters();
  let deliveries: Deliveries | undefined;
  return {
    context,
    signer,
    attempts,
    publish,
    acknowledgeLinks,
    acceptRecords: createAcceptRecords(context, acceptEvents, settings.fallback),
    handlers: {
      logs: logsHandlers({ ...context, acceptEvents }),
      cloudwatch: cloudWatchHandlers(context, { publish, evidenceFor }),
      sns: snsHandlers({ chain: context, publish, toAws: settings.aws !== undefined }),
      sqs: sqsHandlers({ chain: context, publicUrl: settings.publicUrl }),
      cloudtrail: cloudTrailHandlers(context),
      sts: stsHandlers(settings.users),
    },
    start() {
      alarms.start();
      deliveries = startDeliveries(context, channels, {
        noteStatus: statusLog(context, acceptEvents),
        counters: attempts,
      });
      sweeps.start();
      heartbeats.start();
      defaultValues.start();
    },
    async idle() {
      await alarms.idle();
      await heartbeats.idle();
      await deliveries?.idle();
    },
    async stop() {
      await sweeps.stop();
      await heartbeats.stop();
      await defaultValues.stop();
      await alarms.stop();
      await deliveries?.stop();
    },
  };
}
