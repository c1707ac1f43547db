import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Hono } from 'hono';
import { AccessKeys } from '../aws/keys/access-keys.ts';
import { loadKeyFile } from '../aws/keys/key-file.ts';
import { BodyRoom } from '../aws/wire/body-room.ts';
import { Gateway } from '../aws/wire/gateway.ts';
import type { Call } from '../aws/wire/handlers.ts';
import type { Clock } from '../base/clock.ts';
import type { ReachFault } from '../base/faults.ts';
import type { Ids } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import { makeFolder, PRIVATE } from '../base/make-folder.ts';
import { type Network, type NetworkSettings, openNetwork } from '../base/network.ts';
import type { Scope } from '../base/scope.ts';
import { readSecret } from '../base/secret.ts';
import { openSocketDoor } from '../base/socket-door.ts';
import { type AwsDoor, awsDoor } from '../chain/channels/aws/aws-door.ts';
import { mailFolder } from '../chain/channels/email/mail-folder.ts';
import { smtpTransport } from '../chain/channels/email/smtp.ts';
import { Signals } from '../chain/signals.ts';
import { forgetIntakes } from '../chain/trails/intake-failures.ts';
import { consolePages } from '../console/console-pages.ts';
import { Forwards } from '../forward/forwards.ts';
import { forwardHold } from '../forward/hold.ts';
import { makePlans } from '../forward/make-plans.ts';
import { failureSource, labelOf } from '../intake/fetch/intake-state.ts';
import { nodeFileSystem } from '../intake/file-system.ts';
import { FolderIntake, folderSource } from '../intake/folder.ts';
import { type IngestApi, ingestApi } from '../intake/http.ts';
import type { IntakeStats } from '../intake/intake-counters.ts';
import { type PushApi, pushApi } from '../intake/push/push-api.ts';
import { PushKeys } from '../intake/push/push-keys.ts';
import type { SyslogIntake } from '../intake/syslog/syslog-intake.ts';
import { openStore } from '../store/store.ts';
import { openOrganization } from './account-names/open-organization.ts';
import { answersApi } from './answers-api.ts';
import { channelsApi } from './channels-api.ts';
import { installCis } from './cis-install.ts';
import { deliveriesApi } from './deliveries-api.ts';
import { drillApi } from './drill/drill-api.ts';
import { receiptApi } from './drill/receipt-api.ts';
import { buildEngine, type Engine } from './engine.ts';
import { FindingWatch } from './finding-watch.ts';
import { forwardsApi } from './forwards-api.ts';
import { type HttpServer, listen } from './http-server.ts';
import { intakesApi } from './intakes/intakes-api.ts';
import { openIntakes } from './intakes/open-intakes.ts';
import { dataFiles } from './keys.ts';
import { readKnown } from './known.ts';
import { metricsPage } from './metrics.ts';
import { openSyslog } from './open-syslog.ts';
import type { ServeOptions } from './options.ts';
import { ownAccess } from './own-access.ts';
import { ownApi } from './own-api.ts';
import { OwnChains } from './own-chains/own-chains.ts';
import { ownChainsApi } from './own-chains/own-chains-api.ts';
import { RingPrinter } from './ring-printer.ts';
import { engineStatus } from './status.ts';
import { startWatch, type Watch } from './watchdog/start-watch.ts';

/** The parts of the outside world that a test may replace. */
export interface Surroundings {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly reach: ReachFault;
  /** Shows a text to the person at the terminal. */
  readonly print: (text: string) => void;
  /** PEM of further certificate authorities that deliveries trust. */
  readonly extraCa?: string;
}

export interface App {
  /** Where it listens, such as `http://127.0.0.1:4780`. */
  readonly url: string;
  readonly engine: Engine;
  /** What the person who started it should know. */
  readonly notes: readonly string[];
  /** Resolves when neither the engine nor its watchdog has anything under way. */
  idle(): Promise<void>;
  /** Stops accepting, drains, closes the store. */
  stop(): Promise<void>;
}

/**
 * Starts the whole program in this process. Rejects with what kept it from starting; `explainStart`
 * has a sentence for the common cases. Whatever was opened by then is closed again.
 */
export async function startApp(options: ServeOptions, around: Surroundings): Promise<App> {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await open(options, around, undo, stop);
  } catch (error) {
    await stop().catch(() => undefined);
    throw error;
  }
}

async function open(
  options: ServeOptions,
  around: Surroundings,
  undo: (() => Promise<unknown> | unknown)[],
  stop: () => Promise<void>,
): Promise<App> {
  const { clock, ids, log, reach } = around;
  const files = dataFiles(options);
  const tls = await readTls(options);
  // Evidence, keys and mails lie here.
  await makeFolder(resolve(options.dataDir), PRIVATE);
  const key = await loadKeyFile(files.keyFile);
  const known = await readKnown(options);
  const store = await openStore(files.store, reach);
  undo.push(() => store.close());

  const keys = options.auth === 'keys' ? new AccessKeys({ store, clock, ids, key }) : undefined;
  const guard = (extraCa = around.extraCa): NetworkSettings => ({
    allowLoopback: options.auth === 'off',
    allow: options.allowDestination,
    ...(extraCa ? { extraCa } : {}),
  });
  const openDoor = (extraCa?: string): Network => openNetwork(guard(extraCa));
  const network = openDoor();
  undo.push(() => network.close());
  const smtp = options.smtp ? smtpTransport({ url: options.smtp }) : undefined;
  if (smtp) undo.push(() => smtp.close());

  let server: HttpServer | undefined;
  const publicUrl = (): string => options.publicUrl ?? server?.url ?? '';
  const scope: Scope = { account: options.defaultAccount, region: options.region };
  const fallback = { scope, group: options.logGroup };
  const context = { store, clock, ids, log, reach, signals: new Signals() };
  const organization = await openOrganization(options, { ...context, network });
  undo.push(() => organization?.stop());
  const engine = await buildEngine(context, {
    network,
    mail: smtp ?? mailFolder(files.mail),
    mailFrom: options.mailFrom,
    aws: awsDoorOf(options, network),
    known: { ...known, names: organization?.names ?? known.names },
    publicUrl,
    fallback,
    alarmHistoryDays: options.alarmHistoryDays,
    users: keys,
    hold: forwardHold(new Map(Object.entries(options.forwards).map(([name, { keepDays }]) => [name, keepDays]))),
  });
  const forwards = new Forwards(
    context,
    await makePlans(options.forwards, {
      context,
      openDoor,
      openSocketDoor: (extraCa, identity) => openSocketDoor({ ...guard(extraCa), identity }),
    }),
  );
  const call = localCall(scope, ids);
  if (options.cis !== false) await installCis(engine.handlers, scope, options.cis, call);

  const gateway = new Gateway({
    handlers: engine.handlers,
    clock,
    ids,
    log,
    defaults: scope,
    ...(keys ? { keys } : {}),
  });
  const room = new BodyRoom();
  const access = ownAccess(keys);
  const ingest = ingestApi({ context, accept: engine.acceptRecords, fallback, authorise: access.mayIngest });
  const push = pushApi({ context, accept: engine.acceptRecords, keys: await pushKeysOf(options) });
  const notes = notesOf(options);
  let syslog: SyslogIntake | undefined;
  const folders: [string, FolderIntake][] = [];
  const own = new OwnChains(context, fallback);
  let watching: Watch | undefined;
  const fetching = await openIntakes({ context, accept: engine.acceptRecords, options });
  const intakes = fetching.states;
  const settings = {
    store,
    now: () => clock.now(),
    endpoint: publicUrl,
    mailConfigured: smtp !== undefined,
    own,
    heartbeat: () => watching?.heartbeat?.state,
    drillOverdueSince: (now: number) => watching?.drills?.overdueSince(now) ?? null,
    forwards: () => forwards.states(),
    intakes,
  };
  const health = () => ({ endpoint: publicUrl(), mailConfigured: smtp !== undefined, now: clock.now() });
  const pages = new Hono()
    .use(access.guard)
    .get(engine.signer.certificatePath, (c) =>
      c.body(engine.signer.certificate, 200, { 'content-type': 'application/x-pem-file' }),
    )
    .route('/', ingest.routes)
    .route('/', push.routes)
    .route('/', ownApi(settings))
    .route('/', channelsApi(context))
    .route('/', drillApi({ context, accept: engine.acceptRecords, scope }))
    .route('/', receiptApi({ context, publicUrl }))
    .route('/', deliveriesApi(context))
    .route('/', intakesApi(context, fetching))
    .route('/', forwardsApi(context, forwards))
    .route('/', ownChainsApi(own))
    .route(
      '/',
      metricsPage({
        store,
        health,
        own,
        attempts: engine.attempts,
        forwards: settings.forwards,
        intakes: () => ({
          ...statsOf(ingest, push, folders),
          ...(syslog && { syslog: syslog.stats() }),
          ...Object.fromEntries(intakes().map((state) => [labelOf(state), state.stats])),
        }),
        pushAnswers: push.answers,
        callsWithoutRoom: () => room.refused,
        syslogTurnedAway: () => syslog?.turnedAway() ?? {},
        states: intakes,
      }),
    )
    .route('/', answersApi(context))
    .route(
      '/',
      consolePages({
        context,
        acknowledgeLinks: engine.acknowledgeLinks,
        mailFolder: smtp ? undefined : files.mail,
        ...settings,
      }),
    );

  const printer = new RingPrinter(context, around.print);
  printer.start();
  undo.push(() => printer.stop());
  engine.start();
  undo.push(() => engine.stop());
  await forwards.start();
  undo.push(() => forwards.stop());
  if (Object.values(options.forwards).some(({ what }) => what === 'findings')) {
    const watch = new FindingWatch(context, own);
    watch.start();
    undo.push(() => watch.stop());
  }
  const watch = await startWatch(options, {
    ...{ context, network, scope, publish: engine.publish, accept: engine.acceptRecords },
    status: () => engineStatus(store, { ...settings, endpoint: publicUrl(), now: clock.now() }),
  });
  watching = watch;
  undo.push(() => watch.stop());
  const sources = [...options.watch.map((dir) => folderSource(resolve(dir))), ...intakes().map(failureSource)];
  await store.write((tx) => forgetIntakes(tx, sources));
  for (const dir of options.watch) {
    const folder = resolve(dir);
    await makeFolder(folder);
    const intake = new FolderIntake({ context, accept: engine.acceptRecords, files: nodeFileSystem, folder });
    intake.start();
    folders.push([dir, intake]);
    undo.push(() => intake.stop());
  }
  if (options.intakes.syslog) {
    const opened = await openSyslog(options.intakes.syslog, { context, accept: engine.acceptRecords });
    syslog = opened.intake;
    undo.push(() => opened.intake.stop());
    notes.push(`Syslog messages are taken on port ${opened.port}.`);
  }
  fetching.start();
  undo.push(() => fetching.stop());
  const { host, port } = options;
  server = await listen({ gateway, room, pages, host, port, publicUrl: options.publicUrl, tls });
  undo.push(() => server?.close());
  const idle = async (): Promise<void> => {
    await watch.idle();
    await engine.idle();
  };
  return { url: server.url, engine, notes, idle, stop };
}

function statsOf(
  api: IngestApi,
  push: PushApi,
  folders: readonly [string, FolderIntake][],
): Record<string, IntakeStats> {
  const stats: Record<string, IntakeStats> = { api: api.stats() };
  for (const [sender, each] of Object.entries(push.stats())) stats[`push ${sender}`] = each;
  for (const [dir, intake] of folders) stats[`folder ${dir}`] = intake.stats();
  return stats;
}

/** The engine calls its own operations as the root of its default account. */
const localCall = (scope: Scope, ids: Ids): Call => ({
  requestId: ids.uuid(),
  scope,
  caller: undefined,
  host: '',
  secure: false,
  signal: new AbortController().signal,
});

/** Who may push records: with authentication off and no keys, anybody on this machine. */
async function pushKeysOf({ auth, intakes }: ServeOptions): Promise<PushKeys> {
  const keys = intakes.push?.keys ?? [];
  const read = keys.map(async ({ name, key }) => ({ name, secret: await readSecret(key) }));
  return new PushKeys(await Promise.all(read), auth === 'off');
}

/** Undefined while deliveries to AWS are not allowed. */
function awsDoorOf({ deliverToAws }: ServeOptions, network: Network): AwsDoor | undefined {
  if (deliverToAws === false) return undefined;
  return awsDoor({ network, ...(deliverToAws === true ? {} : { endpoint: deliverToAws }) });
}

async function readTls({ tlsCert, tlsKey }: ServeOptions): Promise<{ cert: string; key: string } | undefined> {
  if (!tlsCert || !tlsKey) return undefined;
  const [cert, key] = await Promise.all([readFile(tlsCert, 'utf8'), readFile(tlsKey, 'utf8')]);
  return { cert, key };
}

function notesOf(options: ServeOptions): string[] {
  const notes: string[] = [];
  if (!options.smtp) notes.push('Mail is not configured (--smtp): mails are kept and readable in the console.');
  return notes;
}
