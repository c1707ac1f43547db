import type { NetworkReply } from '../../../base/network.ts';
import type { Story } from './story.ts';

/** The way a service wants to be told. */
export interface ChatFormat {
  /** How people call the service. */
  readonly name: string;
  /** Where the request goes, where that is not the endpoint as it was subscribed. */
  address?(endpoint: string): string;
  /** The whole message. @throws Error with a sentence, where the subscription lacks what it needs */
  write(story: Story): object;
  /** The least that says what happened: sent when the service refuses the whole. */
  brief?(story: Story): object;
  /** What a service means that says no with the status of a yes. */
  objection?(reply: NetworkReply): { readonly again: boolean; readonly text: string } | undefined;
}
