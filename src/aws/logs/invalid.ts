import { Refusal } from '../../base/refusal.ts';

/** The refusal that CloudWatch Logs uses for almost everything. */
export const invalid = (message: string): Refusal => new Refusal('InvalidParameterException', message);
