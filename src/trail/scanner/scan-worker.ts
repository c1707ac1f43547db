import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { createScanner } from './create-scanner.ts';
import { FileReader } from './file-reader.ts';
import type { ScanOutcome } from './scan-outcome.ts';
import type { FromWorker, Job, MatchMessage, ToWorker, WorkerSettings } from './worker-messages.ts';

/** Matches are sent in groups of about so many characters. */
const GROUP = 64 * 1024;
/** A worker waits while more than so many characters of matches are on their way. */
const MOST_ON_THE_WAY = 8 * 1024 * 1024;

type Done = { readonly id: number; readonly outcome: ScanOutcome };

/** A stream whose bytes come by messages. */
class IncomingStream {
  readonly #chunks: Uint8Array[] = [];
  #ended = false;
  #failure: string | undefined;
  #wake: () => void = () => undefined;
  readonly #taken: () => void;

  constructor(taken: () => void) {
    this.#taken = taken;
  }

  add(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#wake();
  }

  end(failure: string | undefined): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (true) {
      const chunk = this.#chunks.shift();
      if (chunk) {
        yield chunk;
        this.#taken();
      } else if (this.#failure !== undefined) throw new Error(this.#failure);
      else if (this.#ended) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/** Does one job after the other, in the order they come. */
class ScanWorker {
  readonly #port: MessagePort;
  readonly #scanner = createScanner((workerData as WorkerSettings).options);
  readonly #files = new FileReader();
  readonly #jobs: Job[] = [];
  readonly #streams = new Map<number, IncomingStream>();
  #isBusy = false;
  /** Characters of matches that were sent and not dealt with. */
  #onTheWay = 0;
  #wake: () => void = () => undefined;

  constructor(port: MessagePort) {
    this.#port = port;
    port.on('message', (message: ToWorker) => this.#take(message));
  }

  #take(message: ToWorker): void {
    if (message.kind === 'chunk') this.#streams.get(message.id)?.add(message.bytes);
    else if (message.kind === 'end') this.#streams.get(message.id)?.end(message.failure);
    else if (message.kind === 'noted') {
      this.#onTheWay -= message.size;
      this.#wake();
    }
    if (message.kind === 'jobs') {
      for (const job of message.jobs) {
        this.#jobs.push(job);
        if (job.kind === 'stream')
          this.#streams.set(job.id, new IncomingStream(() => this.#send({ kind: 'taken', id: job.id })));
      }
      if (!this.#isBusy) void this.#work();
    }
  }

  async #work(): Promise<void> {
    this.#isBusy = true;
    let done: Done[] = [];
    for (let job = this.#jobs.shift(); job; job = this.#jobs.shift()) {
      done.push({ id: job.id, outcome: await this.#do(job) });
      await this.#untilNoted();
      if (this.#jobs.length > 0 && this.#jobs[0]?.kind !== 'stream') continue;
      this.#send({ kind: 'done', done });
      done = [];
    }
    this.#isBusy = false;
  }

  async #do(job: Job): Promise<ScanOutcome> {
    let group: MatchMessage[] = [];
    let size = 0;
    const flush = () => {
      if (group.length > 0) this.#send({ kind: 'matches', id: job.id, matches: group, size });
      this.#onTheWay += size;
      group = [];
      size = 0;
    };
    const onMatch = (text: string, patterns: readonly number[]) => {
      group.push({ text, patterns });
      size += text.length;
      if (size > GROUP) flush();
    };
    const outcome = await this.#scanner.scan(this.#contentOf(job), job.wantsTexts ? onMatch : undefined);
    flush();
    this.#streams.delete(job.id);
    return outcome;
  }

  /** Waits while whoever takes the matches is behind. */
  async #untilNoted(): Promise<void> {
    while (this.#onTheWay > MOST_ON_THE_WAY)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** A stream, as fast as its matches are dealt with. */
  async *#paced(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of content) {
      await this.#untilNoted();
      yield chunk;
    }
  }

  #contentOf(job: Job): Uint8Array | AsyncIterable<Uint8Array> {
    if (job.kind === 'bytes') return job.bytes;
    if (job.kind === 'stream')
      return this.#paced(this.#streams.get(job.id) ?? failing(new Error('the stream is missing')));
    try {
      const content = this.#files.read(job.path, job.size);
      return content instanceof Uint8Array ? content : this.#paced(content);
    } catch (error) {
      return failing(error);
    }
  }

  #send(message: FromWorker): void {
    this.#port.postMessage(message);
  }
}

// biome-ignore lint/correctness/useYield: it fails before there is anything to give
async function* failing(error: unknown): AsyncGenerator<Uint8Array> {
  throw error;
}

if (parentPort) new ScanWorker(parentPort);
