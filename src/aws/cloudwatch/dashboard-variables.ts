import type { Findings, JsonObject } from './dashboard-findings.ts';

const MOST_VARIABLES = 25;
const TYPES = ['property', 'pattern'];
const INPUT_TYPES = ['input', 'select', 'radio'];
/** A variable to choose from needs one of these. */
const CHOICES = ['values', 'tag', 'search', 'populateFrom', 'searchLabelValues'];

/** Checks the variables of a dashboard as AWS was recorded to. */
export function checkVariables(variables: unknown, findings: Findings): void {
  if (!findings.array('/variables', variables, { most: MOST_VARIABLES })) return;
  const properties = new Set<string>();
  variables.forEach((variable, i) => {
    const path = `/variables/${i}`;
    if (!findings.object(path, variable)) return;
    checkVariable(variable, path, findings);
    const { type, property } = variable;
    if (type !== 'property' || typeof property !== 'string') return;
    if (properties.has(property)) findings.fault(`${path}/property`, `Duplicated property in variable: "${property}"`);
    properties.add(property);
  });
}

function checkVariable(variable: JsonObject, path: string, findings: Findings): void {
  const { type, inputType } = variable;
  findings.required(path, variable, ['type', 'inputType', 'id']);
  if (type !== undefined && !isOneOf(type, TYPES)) findings.fault(`${path}/type`, unknown('type', TYPES));
  else findings.required(path, variable, [type === 'pattern' ? 'pattern' : 'property']);
  if (inputType !== undefined && !isOneOf(inputType, INPUT_TYPES))
    findings.fault(`${path}/inputType`, unknown('inputType', INPUT_TYPES));
  if ((inputType === 'select' || inputType === 'radio') && !CHOICES.some((choice) => Object.hasOwn(variable, choice))) {
    findings.required(path, variable, CHOICES);
    findings.fault(path, 'Should match exactly one schema in oneOf');
  }
}

const isOneOf = (value: unknown, allowed: readonly string[]): boolean => allowed.some((word) => word === value);

const unknown = (name: string, allowed: readonly string[]): string =>
  `The specified variable ${name} is unknown. Use one of the allowed values: ${allowed.join(',')}`;
