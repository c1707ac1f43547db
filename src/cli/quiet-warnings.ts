/**
 * Said by Node 22 of an interface that Node 24 no longer calls experimental, and by AWS's SDK of its own later
 * versions; whoever starts this program can act on neither.
 */
const NOISE = /^(?:SQLite is an experimental feature|NodeVersionSupportWarning)/;

/** Lets all warnings of the runtime through but those that nobody who starts this program can act on. */
export function quietWarnings(runtime: Pick<NodeJS.Process, 'emitWarning'>): void {
  const emit = runtime.emitWarning;
  runtime.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    const text = typeof warning === 'string' ? warning : warning.message;
    if (!NOISE.test(text)) Reflect.apply(emit, runtime, [warning, ...rest]);
  };
}
