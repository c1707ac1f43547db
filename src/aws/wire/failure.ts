import type { Refusal } from '../../base/refusal.ts';
import type { ErrorShape, Protocol, Service } from './service.ts';

/** A refusal with everything that a reply in one protocol needs to know of it. */
export interface Failure {
  /** The name that JSON and CBOR clients see. */
  readonly name: string;
  /** The code that Query clients see. */
  readonly queryCode: string;
  /** Prefix of `__type` where the protocol has one. */
  readonly namespace: string;
  readonly status: number;
  readonly fault: 'Sender' | 'Receiver';
  readonly message: string;
  readonly shape: ErrorShape | undefined;
  readonly detail: Readonly<Record<string, unknown>>;
}

interface GeneralError {
  readonly name: string;
  readonly queryCode: string;
  readonly status: number;
  readonly queryStatus: number;
}

const general = (name: string, queryCode: string, status: number, queryStatus: number): GeneralError => ({
  name,
  queryCode,
  status,
  queryStatus,
});

/** What AWS's front answers for every service, outside the services' own models. */
const GENERAL_ERRORS: readonly GeneralError[] = [
  general('SerializationException', 'MalformedInput', 400, 400),
  general('ValidationException', 'ValidationError', 400, 400),
  general('InvalidParameterValueException', 'InvalidParameterValue', 400, 400),
  general('MissingRequiredParameterException', 'MissingParameter', 400, 400),
  general('UnknownOperationException', 'InvalidAction', 400, 400),
  general('MissingAction', 'MissingAction', 400, 400),
  general('NotImplemented', 'NotImplemented', 501, 501),
  general('MissingAuthenticationTokenException', 'MissingAuthenticationToken', 400, 403),
  general('UnrecognizedClientException', 'InvalidClientTokenId', 400, 403),
  general('InvalidSignatureException', 'SignatureDoesNotMatch', 400, 403),
  general('IncompleteSignatureException', 'IncompleteSignature', 400, 400),
  general('AccessDeniedException', 'AccessDenied', 400, 403),
  general('ThrottlingException', 'Throttling', 400, 400),
  general('RequestEntityTooLarge', 'RequestEntityTooLarge', 413, 413),
  general('InternalFailure', 'InternalFailure', 500, 500),
];

const byCode = new Map<string, GeneralError>();
for (const error of GENERAL_ERRORS) {
  byCode.set(error.name, error);
  byCode.set(error.queryCode, error);
}

const GENERAL_NAMESPACE = 'com.amazon.coral.service';
const VALIDATION_NAMESPACE = 'com.amazon.coral.validate';

/** A request's circumstances that decide how its failure looks. */
export interface Asked {
  readonly service: Service | undefined;
  readonly protocol: Protocol | undefined;
  /** The client sent `x-amzn-query-mode: true` and wants Query's statuses. */
  readonly queryMode: boolean;
}

/** Looks a refusal up: in the service's own model first, then among the errors of AWS's front. */
export function failureOf(refusal: Refusal, asked: Asked): Failure {
  const { service, protocol } = asked;
  const query = protocol === 'query';
  const modelled = service?.error(refusal.code);
  const known = byCode.get(refusal.code);
  const common = { message: refusal.message, detail: refusal.detail };
  if (service && modelled) {
    return {
      ...common,
      name: modelled.name,
      queryCode: modelled.queryCode,
      namespace: known?.name === 'ValidationException' ? VALIDATION_NAMESPACE : service.errorNamespace,
      status: modelledStatus(modelled, service, query || asked.queryMode),
      fault: modelled.fault,
      shape: modelled,
    };
  }
  const status = refusal.status ?? (query ? known?.queryStatus : known?.status) ?? 400;
  return {
    ...common,
    name: known?.name ?? refusal.code,
    queryCode: known?.queryCode ?? refusal.code,
    namespace: known?.name === 'ValidationException' ? VALIDATION_NAMESPACE : GENERAL_NAMESPACE,
    status,
    fault: status < 500 ? 'Sender' : 'Receiver',
    shape: undefined,
  };
}

/** Services that were once Query only keep Query's statuses to Query, and to clients that ask for them. */
function modelledStatus(error: ErrorShape, service: Service, asQuery: boolean): number {
  if (!service.queryCompatible || asQuery) return error.status;
  return error.fault === 'Receiver' ? 500 : 400;
}
