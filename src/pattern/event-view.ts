import type { DelimitedField } from './delimited-fields.ts';
import { splitFields } from './delimited-fields.ts';
import { readWithSources } from './json-source.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The message of one log event, read at most once however many patterns judge it, and only as far
 * as they need it.
 */
export class EventView {
  readonly message: string;
  #object: JsonObject | undefined;
  #sourceObject: JsonObject | undefined;
  #fields: readonly DelimitedField[] | undefined;
  #isRead = false;

  constructor(message: string) {
    this.message = message;
  }

  /** Has the message been read as JSON? Then looking values up costs next to nothing. */
  get isRead(): boolean {
    return this.#isRead;
  }

  /** The message as a JSON object; undefined when it is anything else. */
  get object(): JsonObject | undefined {
    if (!this.#isRead) {
      this.#object = readObject(this.message);
      this.#isRead = true;
    }
    return this.#object;
  }

  /** Like `object`, but every number in it is a `NumberSource`. */
  get sourceObject(): JsonObject | undefined {
    if (this.#sourceObject === undefined && this.object !== undefined)
      this.#sourceObject = readWithSources(this.message) as JsonObject;
    return this.#sourceObject;
  }

  /** The message split at white space. */
  get fields(): readonly DelimitedField[] {
    this.#fields ??= splitFields(this.message);
    return this.#fields;
  }
}

const OBJECT_START = /^[ \t\n\r]*\{/;

function readObject(message: string): JsonObject | undefined {
  // Most messages that are no JSON show it at once; a thrown error would cost far more.
  if (!OBJECT_START.test(message)) return undefined;
  try {
    return JSON.parse(message) as JsonObject;
  } catch {
    return undefined;
  }
}
