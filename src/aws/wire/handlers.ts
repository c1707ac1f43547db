/**
 * What a handler takes and gives, for every operation of every service, derived from the command
 * classes of the AWS SDK: a misspelt member or operation does not compile.
 */
import type * as cloudtrailSdk from '@aws-sdk/client-cloudtrail';
import type * as cloudwatchSdk from '@aws-sdk/client-cloudwatch';
import type * as logsSdk from '@aws-sdk/client-cloudwatch-logs';
import type * as snsSdk from '@aws-sdk/client-sns';
import type * as sqsSdk from '@aws-sdk/client-sqs';
import type * as stsSdk from '@aws-sdk/client-sts';
import type { Scope } from '../../base/scope.ts';

/** Everything about a request that is not the operation's input. */
export interface Call {
  /** The UUID that the reply carries as `x-amzn-requestid`. */
  readonly requestId: string;
  /** Account and region that the call acts in. */
  readonly scope: Scope;
  /** The access key id that signed the request; undefined when it is unsigned. */
  readonly caller: string | undefined;
  /** The Host header as it came, such as `127.0.0.1:4780`; empty when there is none. */
  readonly host: string;
  /** Whether the request came over TLS. */
  readonly secure: boolean;
  /** Aborted when the client goes away before it has its answer: long polls must let go then. */
  readonly signal: AbortSignal;
}

type CommandInput<Command> = Command extends new (...args: never[]) => { readonly input: infer Input } ? Input : never;
type CommandOutput<Command> = Command extends new (
  ...args: never[]
) => { resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ output: infer Output }> }
  ? Output
  : never;

type Leaf = string | number | bigint | boolean | Date | Uint8Array | null | undefined | ((...args: never[]) => unknown);

/**
 * An input as it reaches a handler. The SDK types a required member as `T | undefined`; the
 * gateway has refused the request if one is missing, at any depth, so that here it is `T`.
 */
export type Given<T> = T extends Leaf
  ? T
  : T extends readonly (infer Item)[]
    ? Given<Item>[]
    : { [K in keyof T]: object extends Pick<T, K> ? Given<T[K]> : Given<NonNullable<T[K]>> };

type Reply<Output> = Omit<Output, '$metadata'>;

/** `{ CreateTopic?: (input, call) => output, … }` for every command class that a client package exports. */
export type HandlersFor<Sdk> = {
  [K in keyof Sdk as K extends `${infer Name}Command` ? (Name extends '$' ? never : Name) : never]?: (
    input: Given<CommandInput<Sdk[K]>>,
    call: Call,
  ) => Reply<CommandOutput<Sdk[K]>> | Promise<Reply<CommandOutput<Sdk[K]>>>;
};

export type LogsHandlers = HandlersFor<typeof logsSdk>;
export type CloudWatchHandlers = HandlersFor<typeof cloudwatchSdk>;
export type SnsHandlers = HandlersFor<typeof snsSdk>;
export type SqsHandlers = HandlersFor<typeof sqsSdk>;
export type CloudTrailHandlers = HandlersFor<typeof cloudtrailSdk>;
export type StsHandlers = HandlersFor<typeof stsSdk>;

/** The handlers of each service by its id. An operation without one is answered with 501. */
export interface AwsHandlers {
  readonly logs?: LogsHandlers;
  readonly cloudwatch?: CloudWatchHandlers;
  readonly sns?: SnsHandlers;
  readonly sqs?: SqsHandlers;
  readonly cloudtrail?: CloudTrailHandlers;
  readonly sts?: StsHandlers;
}

/** A handler with its types erased, as the gateway calls it. */
export type AnyHandler = (input: never, call: Call) => object | Promise<object>;
