import { Refusal } from '../../base/refusal.ts';

export const queueMissing = (): Refusal => new Refusal('QueueDoesNotExist', 'The specified queue does not exist.');

export const invalidValue = (message: string): Refusal => new Refusal('InvalidParameterValueException', message);

/** `Value 11 for parameter MaxNumberOfMessages is invalid. Reason: …` */
export const invalidParameter = (value: unknown, parameter: string, reason: string): Refusal =>
  invalidValue(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);

export const missingParameter = (parameter: string): Refusal =>
  new Refusal('MissingRequiredParameterException', `The request must contain the parameter ${parameter}.`);
