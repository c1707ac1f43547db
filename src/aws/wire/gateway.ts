import type { Clock } from '../../base/clock.ts';
import type { Ids } from '../../base/ids.ts';
import type { Log } from '../../base/log.ts';
import { Refusal } from '../../base/refusal.ts';
import type { Scope } from '../../base/scope.ts';
import { type Access, type Identity, keyedAccess, openAccess } from './access.ts';
import { cborFormat, parseCbor } from './cbor.ts';
import { failureOf } from './failure.ts';
import type { AnyHandler, AwsHandlers, Call } from './handlers.ts';
import { inflate } from './inflate.ts';
import { jsonFormat, parseJson } from './json.ts';
import { type Parameters, queryFormat, queryTree } from './query.ts';
import { type ReadInput, readInput } from './read-input.ts';
import { failureReply, successReply } from './reply.ts';
import { headerOf, splitUrl, type WireReply, type WireRequest } from './request.ts';
import { largestRequest } from './request-sizes.ts';
import { type Envelope, queryParameters, Router, unknownOperation } from './route.ts';
import type { Operation, Service } from './service.ts';
import { SERVICES } from './services.ts';
import { claimedCredential } from './signature.ts';
import type { KeyRing } from './sigv4.ts';
import { Unreadable } from './unreadable.ts';

export interface GatewayOptions {
  readonly handlers: AwsHandlers;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** Access keys; without them every caller is believed. */
  readonly keys?: KeyRing;
  /** Where unsigned requests act. */
  readonly defaults: Scope;
  /** Bytes that a gzip body may inflate to; 16 MiB unless given. */
  readonly inflateLimit?: number;
}

const DEFAULT_INFLATE_LIMIT = 16 * 1024 * 1024;

/** A request that found its operation. */
interface Routed {
  readonly service: Service;
  readonly operation: Operation;
  /** Parsed parameters of a Query request. */
  readonly parameters: Parameters | undefined;
  readonly body: Uint8Array;
}

/**
 * One request in, one reply out, for every service and protocol. A pure function of the request
 * apart from the handlers: no socket, no clock of its own.
 */
export class Gateway {
  readonly #router = new Router(SERVICES);
  readonly #handlers: Readonly<Record<string, Readonly<Record<string, AnyHandler | undefined>> | undefined>>;
  readonly #access: Access;
  readonly #ids: Ids;
  readonly #log: Log;
  readonly #inflateLimit: number;

  constructor({ handlers, clock, ids, log, keys, defaults, inflateLimit = DEFAULT_INFLATE_LIMIT }: GatewayOptions) {
    this.#handlers = handlers as never;
    this.#access = keys ? keyedAccess(defaults, keys, clock) : openAccess(defaults);
    this.#ids = ids;
    this.#log = log;
    this.#inflateLimit = inflateLimit;
  }

  /** Answers every request, whatever is wrong with it; never rejects. */
  async handle(request: WireRequest): Promise<WireReply> {
    const requestId = this.#ids.uuid();
    const envelope = this.#router.envelope(request, claimedCredential(request)?.service);
    if (!envelope) return unroutable(requestId);
    const progress: Progress = { envelope, service: envelope.service };
    try {
      return await this.#answer(request, progress, requestId);
    } catch (fault) {
      return this.#refuse(request, progress, this.#refusalOf(fault, progress, requestId), requestId);
    }
  }

  /** The reply that refuses a request in its own protocol, for listeners that cannot read its body. */
  refuse(request: Omit<WireRequest, 'body'>, refusal: Refusal): WireReply {
    const requestId = this.#ids.uuid();
    const envelope = this.#router.envelope(request, claimedCredential(request)?.service);
    if (!envelope) return unroutable(requestId, refusal);
    return this.#refuse(request, { envelope, service: envelope.service }, refusal, requestId);
  }

  async #answer(request: WireRequest, progress: Progress, requestId: string): Promise<WireReply> {
    const { protocol } = progress.envelope;
    const identity = await this.#access.identify(request);
    const routed = await this.#route(request, progress);
    const { service, operation } = routed;
    this.#access.authorise(identity, service, operation.name, request);
    const handler = this.#handler(service, operation);
    const { input, violations } = this.#read(request, progress.envelope, routed);
    if (violations.length > 0) {
      const { code, message } = service.refuse(violations);
      throw new Refusal(code, message);
    }
    const output = await handler(input as never, callOf(request, identity, requestId));
    return successReply(protocol, service, operation, output, requestId);
  }

  async #route(request: WireRequest, progress: Progress): Promise<Routed> {
    const { envelope } = progress;
    if (envelope.protocol !== 'query' && request.method !== 'POST') {
      throw unknownOperation(envelope, `${request.method} ${envelope.operation ?? ''}`.trim());
    }
    const body = await inflate(request.body, headerOf(request, 'content-encoding'), this.#inflateLimit);
    const parameters = envelope.protocol === 'query' ? queryParameters(request, body) : undefined;
    const parameter = (wanted: string): string | undefined => parameters?.find(([name]) => name === wanted)?.[1];
    const service = envelope.service ?? this.#router.byVersion(parameter('Version'));
    progress.service = service;
    const name = parameters ? parameter('Action') : envelope.operation;
    if (parameters && !name) throw new Refusal('MissingAction', 'The request must contain the parameter Action');
    const operation = service?.operation(name ?? '');
    if (!service || !operation) throw unknownOperation({ ...envelope, service }, name ?? '');
    const largest = largestRequest(service.id, operation.name);
    if (largest !== undefined && body.length > largest) {
      const said = `The request has ${body.length} bytes; ${operation.name} takes ${largest}.`;
      throw new Refusal('RequestEntityTooLarge', said);
    }
    return { service, operation, parameters, body };
  }

  #handler(service: Service, operation: Operation): AnyHandler {
    const handlers = this.#handlers[service.id];
    const handler = handlers?.[operation.name];
    if (handler && !operation.streaming) return handler.bind(handlers);
    throw new Refusal('NotImplemented', `${service.title} ${operation.name} is not supported by this server.`);
  }

  #read(request: WireRequest, { protocol }: Envelope, { service, operation, parameters, body }: Routed): ReadInput {
    if (protocol === 'cbor') return readInput(operation.input, parseCbor(body), cborFormat);
    if (!parameters) return readInput(operation.input, parseJson(body), jsonFormat);
    const tree = queryTree(parameters);
    // Older SQS clients name the queue by the path they post to.
    const { path } = splitUrl(request.url);
    if (service.id === 'sqs' && path !== '/' && !tree.child('QueueUrl')) {
      tree.grow('QueueUrl').value = `${request.secure ? 'https' : 'http'}://${headerOf(request, 'host') ?? ''}${path}`;
    }
    return readInput(operation.input, tree, queryFormat);
  }

  #refusalOf(fault: unknown, { service, envelope }: Progress, requestId: string): Refusal {
    if (fault instanceof Refusal) return fault;
    if (fault instanceof Unreadable) return new Refusal('SerializationException', fault.message);
    this.#log.error(
      { err: fault, requestId, service: service?.id, operation: envelope.operation },
      'a request failed unexpectedly',
    );
    return new Refusal('InternalFailure', 'The request failed because of an unexpected fault in the server.', {
      status: 500,
    });
  }

  #refuse(
    request: Omit<WireRequest, 'body'>,
    { service, envelope }: Progress,
    refusal: Refusal,
    requestId: string,
  ): WireReply {
    const queryMode = headerOf(request, 'x-amzn-query-mode')?.toLowerCase() === 'true';
    const failure = failureOf(refusal, { service, protocol: envelope.protocol, queryMode });
    return failureReply(envelope.protocol, service, failure, requestId);
  }
}

/** How far a request has come, for the reply to a failure on the way. */
interface Progress {
  readonly envelope: Envelope;
  service: Service | undefined;
}

function callOf(request: WireRequest, { scope, caller }: Identity, requestId: string): Call {
  return {
    requestId,
    scope,
    caller,
    host: headerOf(request, 'host') ?? '',
    secure: request.secure ?? false,
    signal: request.signal ?? new AbortController().signal,
  };
}

const NOWHERE = new Refusal('UnknownOperationException', 'No AWS service served here understands this request.', {
  status: 404,
});

/** Refuses in JSON what speaks none of the protocols. */
const unroutable = (requestId: string, refusal: Refusal = NOWHERE): WireReply =>
  failureReply(
    'json1.1',
    undefined,
    failureOf(refusal, { service: undefined, protocol: undefined, queryMode: false }),
    requestId,
  );
