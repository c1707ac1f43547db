import { Refusal } from '../../base/refusal.ts';

/** `Invalid parameter: TopicArn` and the like. */
export const invalidParameter = (text: string): Refusal =>
  new Refusal('InvalidParameterException', `Invalid parameter: ${text}`);

export const topicMissing = (): Refusal => new Refusal('NotFoundException', 'Topic does not exist');
export const subscriptionMissing = (): Refusal => new Refusal('NotFoundException', 'Subscription does not exist');
export const notAuthorized = (message: string): Refusal => new Refusal('AuthorizationErrorException', message);
