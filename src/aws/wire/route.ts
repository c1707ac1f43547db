import { Refusal } from '../../base/refusal.ts';
import { type Parameters, parseForm } from './query.ts';
import { headerOf, splitUrl, type WireRequest } from './request.ts';
import type { Protocol, Service } from './service.ts';

/** What a request's headers and path say about it, before its body is read. */
export interface Envelope {
  readonly protocol: Protocol;
  /** Known already, except for Query requests without a usable signature. */
  readonly service: Service | undefined;
  /** Known already, except for Query. */
  readonly operation: string | undefined;
}

/** Finds the service and operation of requests. Every host name and base path is accepted. */
export class Router {
  readonly #byTarget = new Map<string, Service>();
  readonly #bySigningName = new Map<string, Service>();
  readonly #byVersion = new Map<string, Service>();

  constructor(services: readonly Service[]) {
    for (const service of services) {
      if (service.targetPrefix) this.#byTarget.set(service.targetPrefix, service);
      if (!service.protocols.includes('query')) continue;
      this.#bySigningName.set(service.signingName, service);
      this.#byVersion.set(service.apiVersion, service);
      // The links in SNS messages name no version.
      if (service.id === 'sns') this.#byVersion.set('', service);
    }
  }

  /** Undefined when no AWS protocol looks like this. `signedFor` is the service of the credential scope. */
  envelope(request: Omit<WireRequest, 'body'>, signedFor: string | undefined): Envelope | undefined {
    const { path, query } = splitUrl(request.url);
    if (headerOf(request, 'smithy-protocol')?.toLowerCase() === 'rpc-v2-cbor') {
      const [, prefix, operation] = /\/service\/([^/]+)\/operation\/([^/]+)$/.exec(path) ?? [];
      return { protocol: 'cbor', service: this.#served(prefix, 'cbor'), operation };
    }
    const target = headerOf(request, 'x-amz-target');
    if (target !== undefined) {
      // Clients differ in how much of a dotted prefix they send; its last part alone names the service.
      const parts = target.split('.');
      const protocol = headerOf(request, 'content-type')?.includes('json-1.0') ? 'json1.0' : 'json1.1';
      return { protocol, service: this.#served(parts.at(-2), protocol), operation: parts.at(-1) };
    }
    if (isForm(request) || /(^|&)Action=/.test(query)) {
      return { protocol: 'query', service: this.#bySigningName.get(signedFor ?? ''), operation: undefined };
    }
    return undefined;
  }

  /** The service that a Query request's `Version` names. */
  byVersion(version: string | undefined): Service | undefined {
    return this.#byVersion.get(version ?? '');
  }

  /** JSON comes in two versions, and a service may be asked in either. */
  #served(prefix: string | undefined, protocol: Protocol): Service | undefined {
    const service = this.#byTarget.get(prefix ?? '');
    const family = (name: string): boolean => name.slice(0, 4) === protocol.slice(0, 4);
    return service?.protocols.some(family) ? service : undefined;
  }
}

const isForm = (request: Omit<WireRequest, 'body'>): boolean =>
  request.method !== 'GET' &&
  (headerOf(request, 'content-type') ?? '').toLowerCase().startsWith('application/x-www-form-urlencoded');

/** The parameters of a Query request: those of its URL, then those of its form body. */
export function queryParameters(request: WireRequest, body: Uint8Array): Parameters {
  const parameters = parseForm(splitUrl(request.url).query);
  if (isForm(request)) {
    for (const parameter of parseForm(Buffer.from(body).toString('utf8'))) parameters.push(parameter);
  }
  return parameters;
}

/** AWS's refusal of an operation that a service does not have. */
export function unknownOperation(envelope: Envelope, name: string): Refusal {
  const { protocol, service } = envelope;
  const shown = name.slice(0, 200);
  if (protocol === 'query') {
    const version = service ? ` for version ${service.apiVersion}` : '';
    return new Refusal('InvalidAction', `Could not find operation ${shown}${version}`);
  }
  return new Refusal('UnknownOperationException', `The operation ${shown} is not known`, {
    status: protocol === 'cbor' ? 404 : 400,
  });
}
