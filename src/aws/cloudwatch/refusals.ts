import { Refusal } from '../../base/refusal.ts';

export const validationError = (message: string): Refusal => new Refusal('ValidationError', message);

export const invalidValue = (message: string): Refusal => new Refusal('InvalidParameterValueException', message);

export const invalidCombination = (message: string): Refusal =>
  new Refusal('InvalidParameterCombinationException', message);

export const missingParameter = (message: string): Refusal => new Refusal('MissingRequiredParameterException', message);

/** Known to the SDK, and refused by name rather than ignored. */
export const notImplemented = (message: string): Refusal => new Refusal('NotImplemented', message, { status: 501 });
