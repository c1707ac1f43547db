import type { MessageAttribute } from '../publication.ts';
import { defaultText } from '../structured-text.ts';
import { type FilterNode, type FilterScope, readFilterPolicy } from './filter-policy.ts';
import { attributesPass, bodyPasses, readBody } from './match-policy.ts';

/** Compiled policies kept at a time. */
const KEPT = 2_000;

interface Compiled {
  readonly node: FilterNode;
  readonly scope: FilterScope;
}

/** The message at hand, as subscriptions' filters judge it. */
export interface Filterable {
  readonly message: string;
  readonly structure?: 'json' | undefined;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/**
 * Lets messages through to subscriptions. A policy is compiled once for each text of subscription
 * attributes: whatever changes them changes the key.
 */
export class Filters {
  readonly #compiled = new Map<string, Compiled | undefined>();

  /**
   * The judge of one message, which reads the body once for all; takes a subscription's attributes as stored.
   * Where a message has a text per protocol its default is the body: for an alarm that is AWS's JSON, so
   * that a filter means the same for a mail as for a hook.
   */
  judge({ message, structure, attributes }: Filterable): (stored: string) => boolean {
    let body: { readonly value: object | undefined } | undefined;
    return (stored) => {
      const policy = this.#policyOf(stored);
      if (!policy) return true;
      if (policy.scope === 'MessageAttributes') return attributesPass(policy.node, attributes);
      body ??= { value: readBody(defaultText(message, structure)) };
      return bodyPasses(policy.node, body.value);
    };
  }

  #policyOf(stored: string): Compiled | undefined {
    // Most subscriptions have none, and need no place.
    if (!stored.includes('"FilterPolicy"')) return undefined;
    const known = this.#compiled.get(stored);
    this.#compiled.delete(stored);
    const compiled = known ?? compile(JSON.parse(stored) as Readonly<Record<string, string>>);
    this.#compiled.set(stored, compiled);
    if (this.#compiled.size > KEPT) this.#forgetOldest();
    return compiled;
  }

  #forgetOldest(): void {
    for (const oldest of this.#compiled.keys()) {
      this.#compiled.delete(oldest);
      return;
    }
  }
}

function compile({ FilterPolicy, FilterPolicyScope }: Readonly<Record<string, string>>): Compiled | undefined {
  if (FilterPolicy === undefined) return undefined;
  const scope = scopeOf(FilterPolicyScope);
  return { node: readFilterPolicy(FilterPolicy, scope), scope };
}

export const scopeOf = (given: string | undefined): FilterScope =>
  given === 'MessageBody' ? 'MessageBody' : 'MessageAttributes';
