import { NormalizedSchema } from '@smithy/core/schema';
import { loadConstraints } from './constraints.ts';
import { type Shape, ShapeCompiler } from './shape.ts';
import type { Violation } from './violation.ts';

export type Protocol = 'json1.0' | 'json1.1' | 'cbor' | 'query';

export interface Operation {
  readonly name: string;
  readonly input: Shape;
  readonly output: Shape;
  /** Event streams need a connection that this server does not speak. */
  readonly streaming: boolean;
}

/** An error that the service's model knows. */
export interface ErrorShape {
  readonly name: string;
  /** The code that Query clients see; it differs from the name in most errors of SNS and CloudWatch. */
  readonly queryCode: string;
  readonly status: number;
  readonly fault: 'Sender' | 'Receiver';
  readonly shape: Shape;
  /** Some shapes call it `message`, some `Message`. */
  readonly messageMember: string;
}

/** What a service's schemas do not say. */
export interface ServiceFacts {
  readonly id: string;
  /** As AWS writes the name in prose. */
  readonly title: string;
  /** The service part of a signature's scope. */
  readonly signingName: string;
  /** The last part of the prefix in X-Amz-Target, and the service in a CBOR path. */
  readonly targetPrefix?: string;
  readonly apiVersion: string;
  readonly xmlNamespace: string;
  /** The namespace in `__type` of JSON 1.0 and CBOR errors. */
  readonly errorNamespace: string;
  readonly protocols: readonly Protocol[];
  /** Once Query only: JSON and CBOR replies still carry the Query code in a header. */
  readonly queryCompatible: boolean;
  /** The code and sentence for broken constraints. */
  refuse(violations: readonly Violation[]): { readonly code: string; readonly message: string };
}

export interface Service extends ServiceFacts {
  operation(name: string): Operation | undefined;
  operationNames(): readonly string[];
  /** By shape name, else by Query code. */
  error(code: string): ErrorShape | undefined;
  errors(): readonly ErrorShape[];
}

type Tuple = readonly [kind: number, namespace: string, name: string, traits: unknown, input: unknown, output: unknown];

/** First slot of an operation's and of an error's tuple. */
const OPERATION = 9;
const ERROR = -3;

/**
 * A service read off the schemas that its SDK client exports, one `Name$` tuple for each operation
 * and error. Shapes are compiled when first used: most processes serve a few operations only.
 */
export function defineService(facts: ServiceFacts, sdk: object): Service {
  const tuples = Object.entries(sdk)
    .filter(([key, value]) => key.endsWith('$') && Array.isArray(value))
    .map(([, value]) => value as Tuple);
  let compiler: ShapeCompiler | undefined;
  const compile = (schema: unknown): Shape => {
    compiler ??= new ShapeCompiler(loadConstraints(facts.id));
    return compiler.compile(NormalizedSchema.of(schema as never));
  };
  const operations = new Map<string, Operation>();
  const errors = new Map<string, ErrorShape>();
  const errorsByQueryCode = new Map<string, ErrorShape>();
  for (const tuple of tuples) {
    if (tuple[0] === OPERATION) operations.set(tuple[2], lazyOperation(tuple, compile));
    if (tuple[0] !== ERROR) continue;
    const error = lazyError(tuple, compile);
    errors.set(error.name, error);
    if (!errorsByQueryCode.has(error.queryCode)) errorsByQueryCode.set(error.queryCode, error);
  }
  if (operations.size === 0) throw new Error(`${facts.id}: the SDK client exports no operation schemas`);
  return {
    ...facts,
    operation: (name) => operations.get(name),
    operationNames: () => [...operations.keys()],
    error: (code) => errors.get(code) ?? errorsByQueryCode.get(code),
    errors: () => [...errors.values()],
  };
}

function lazyOperation([, , name, , input, output]: Tuple, compile: (schema: unknown) => Shape): Operation {
  const inputShape = once(() => compile(resolved(input)));
  const outputShape = once(() => compile(resolved(output)));
  const streams = once(() =>
    [input, output].some((schema) => isStreaming(NormalizedSchema.of(resolved(schema) as never))),
  );
  return {
    name,
    get input() {
      return inputShape();
    },
    get output() {
      return outputShape();
    },
    get streaming() {
      return streams();
    },
  };
}

function lazyError(tuple: Tuple, compile: (schema: unknown) => Shape): ErrorShape {
  const traits = NormalizedSchema.of(tuple as never).getMergedTraits();
  const server = traits.error === 'server';
  const [queryCode, queryStatus] = (traits.awsQueryError as [string, number] | undefined) ?? [tuple[2], undefined];
  const shape = once(() => compile(tuple));
  return {
    name: tuple[2],
    queryCode,
    status: (traits.httpError as number | undefined) ?? queryStatus ?? (server ? 500 : 400),
    fault: server ? 'Receiver' : 'Sender',
    get shape() {
      return shape();
    },
    get messageMember() {
      return shape().members.find(({ name }) => name.toLowerCase() === 'message')?.name ?? 'message';
    },
  };
}

/** Operation tuples refer to their structures through functions. */
const resolved = (schema: unknown): unknown => (typeof schema === 'function' ? schema() : schema);

const isStreaming = (schema: NormalizedSchema): boolean =>
  !schema.isUnitSchema() && [...schema.structIterator()].some(([, member]) => member.isStreaming());

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
