import { Refusal } from '../../base/refusal.ts';
import { type Diagnostic, Findings, isObject, type JsonObject } from './dashboard-findings.ts';
import { checkVariables } from './dashboard-variables.ts';
import { checkWidget } from './dashboard-widgets.ts';

const MOST_WIDGETS = 500;

const START =
  /(^(?:[1-9]\d{3}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)|(?:[1-9]\d(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)-02-29)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-][01]\d:[0-5]\d)$)|(^-?P(T|\d))/;
const PERIOD_OVERRIDE = /^(inherit|auto)$/;
const ROOT_PROPERTIES: ReadonlySet<string> = new Set(['widgets', 'variables', 'start', 'end', 'periodOverride']);

/**
 * Checks the body of a dashboard as AWS was recorded to, and gives it without blanks, as AWS stores it.
 * What the recordings do not show is accepted.
 * @throws Refusal DashboardInvalidInputError: its message lists what is wrong and where.
 */
export function checkDashboardBody(text: string): { readonly body: string; readonly warnings: readonly Diagnostic[] } {
  const document = parse(text);
  const findings = new Findings();
  checkRoot(document, findings);
  if (findings.count === 0) return { body: JSON.stringify(document), warnings: findings.warnings };
  const listed = findings.faults.map(({ path, message }) => ({ dataPath: path, message }));
  throw invalid(
    `The dashboard body is invalid, there are ${findings.count} validation errors:\n${JSON.stringify(listed, null, 2)}`,
  );
}

function parse(text: string): JsonObject {
  try {
    const document: unknown = JSON.parse(text);
    // Nested deeper than can be written again, it could not be stored.
    if (isObject(document) && JSON.stringify(document)) return document;
  } catch {
    // Answered below, like a body of another type.
  }
  throw invalid('The field DashboardBody must be a valid JSON object');
}

function checkRoot(document: JsonObject, findings: Findings): void {
  for (const key of Object.keys(document))
    if (!ROOT_PROPERTIES.has(key)) findings.warn('', `The "${key}" property is not expected, will be ignored`);
  findings.required('', document, ['widgets']);
  findings.pattern('/periodOverride', document.periodOverride, PERIOD_OVERRIDE, 'warning');
  findings.pattern('/start', document.start, START, 'warning');
  if (document.variables !== undefined) checkVariables(document.variables, findings);
  if (document.widgets === undefined || !findings.array('/widgets', document.widgets, { most: MOST_WIDGETS })) return;
  document.widgets.forEach((widget, i) => {
    checkWidget(widget, `/widgets/${i}`, findings);
  });
}

const invalid = (message: string): Refusal => new Refusal('DashboardInvalidInputError', message);
