import { type Findings, isObject, type JsonObject } from './dashboard-findings.ts';

const MOST_METRICS = 500;
const MOST_ALARMS = 100;
const WIDGET_PROPERTIES: ReadonlySet<string> = new Set(['type', 'x', 'y', 'width', 'height', 'properties']);

const STATISTIC =
  /^((SampleCount|Average|Sum|Minimum|Maximum|IQM)|(p|tc|tm|ts|wm)(100(.0{0,10})?|\d{1,2})(\.\d{0,10})?|[ou](\d+(\.\d{0,10})?)(_E|_L|_H)?|((TM|TC|TS|WM)\(((100(.0{0,10})?|\d{1,2})(\.\d{0,10})?%):((100(.0{0,10})?|\d{1,2})(\.\d{0,10})?%)?\)|(TM|TC|TS|WM)\(((100(.0{0,10})?|\d{1,2})(\.\d{0,10})?%)?:((100(.0{0,10})?|\d{1,2})(\.\d{0,10})?%)\))|(((TM|TC|TS|WM)|(PR))\(((\d+(\.\d{0,10})?)|(\d+(\.\d{0,10})?[Ee][+-]?\d+)):((\d+(\.\d{0,10})?)|(\d+(\.\d{0,10})?[Ee][+-]?\d+))?\))|(((TM|TC|TS|WM)|(PR))\(((\d+(\.\d{0,10})?)|(\d+(\.\d{0,10})?[Ee][+-]?\d+))?:((\d+(\.\d{0,10})?)|(\d+(\.\d{0,10})?[Ee][+-]?\d+))\)))$/;
const STATES = /OK|ALARM|INSUFFICIENT_DATA/;
const SHORT_PERIODS: readonly unknown[] = [1, 5, 10, 30];
const VIEWS = ['singleValue', 'timeSeries', 'bar', 'pie', 'gauge', 'table'];

type Check = (properties: JsonObject, path: string, findings: Findings) => void;

/** What is known of each type's properties; of some nothing is, and all is taken. */
const CHECKS: Readonly<Record<string, Check>> = {
  chart: (properties, path, findings) => findings.required(path, properties, ['data']),
  custom: (properties, path, findings) => findings.required(path, properties, ['endpoint']),
  metric: checkMetrics,
  service: () => undefined,
  text: checkText,
  log: () => undefined,
  alarm: checkAlarms,
  explorer: () => undefined,
  timeline: () => undefined,
  serviceMap: () => undefined,
  serviceTable: () => undefined,
  trace: () => undefined,
};

/** Checks one widget of a dashboard as AWS was recorded to. */
export function checkWidget(widget: unknown, path: string, findings: Findings): void {
  if (!findings.object(path, widget)) return;
  warnOfUnknown(widget, WIDGET_PROPERTIES, path, findings);
  findings.required(path, widget, ['type', 'properties']);
  checkPlace(widget, path, findings);
  const { type, properties } = widget;
  if (type !== undefined && !findings.string(`${path}/type`, type)) return;
  const check = typeof type === 'string' && Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined;
  if (type !== undefined && !check)
    findings.warn(
      `${path}/type`,
      `The specified widget type is unknown. Use one of the allowed values: ${Object.keys(CHECKS).join(',')}`,
    );
  if (properties === undefined || !findings.object(`${path}/properties`, properties)) return;
  check?.(properties, `${path}/properties`, findings);
}

function checkPlace(widget: JsonObject, path: string, findings: Findings): void {
  for (const [one, other] of [
    ['x', 'y'],
    ['y', 'x'],
  ] as const)
    if (Object.hasOwn(widget, one) && !Object.hasOwn(widget, other))
      findings.fault(path, `Should have property ${other} when property ${one} is present`);
  findings.integer(`${path}/height`, widget.height, 1, 1_000);
  findings.integer(`${path}/width`, widget.width, 1, 24);
  findings.integer(`${path}/x`, widget.x, 0, 23);
  findings.integer(`${path}/y`, widget.y, 0);
}

function checkText(properties: JsonObject, path: string, findings: Findings): void {
  warnOfUnknown(properties, new Set(['markdown', 'background']), path, findings);
  findings.required(path, properties, ['markdown']);
  if (properties.markdown !== undefined) findings.string(`${path}/markdown`, properties.markdown);
  findings.oneOf(path, 'background', properties.background, ['solid', 'transparent']);
}

function checkMetrics(properties: JsonObject, path: string, findings: Findings): void {
  const { metrics, period, stat, view } = properties;
  const missing = ['metrics', 'region'].find((name) => !Object.hasOwn(properties, name));
  if (missing && !Object.hasOwn(properties, 'annotations')) {
    findings.required(path, properties, [missing]);
    findings.fault(path, 'The metric widget should have specified a region and a data source or an alarm annotation');
    findings.required(path, properties, ['annotations']);
  }
  if (metrics !== undefined && findings.array(`${path}/metrics`, metrics, { most: MOST_METRICS }))
    metrics.slice(0, MOST_METRICS).forEach((row, i) => {
      checkRow(row, `${path}/metrics/${i}`, findings);
    });
  if (period !== undefined) checkPeriod(period, `${path}/period`, findings);
  findings.pattern(`${path}/stat`, stat, STATISTIC);
  findings.oneOf(path, 'view', view, VIEWS);
}

/** Namespace, name and dimensions of a metric, then how to draw it. */
function checkRow(row: unknown, path: string, findings: Findings): void {
  if (!Array.isArray(row)) {
    findings.fault(path, 'Should be array');
    findings.fault(
      path,
      'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element',
    );
    return;
  }
  row.forEach((field, i) => {
    if (typeof field !== 'string' && !(i === row.length - 1 && isObject(field)))
      findings.fault(`${path}/${i}`, "Invalid metric field type, only 'String' type is allowed");
  });
}

function checkPeriod(period: unknown, path: string, findings: Findings): void {
  if (SHORT_PERIODS.includes(period)) return;
  if (typeof period !== 'number' || !Number.isInteger(period)) {
    findings.fault(path, 'Should be integer');
    return;
  }
  if (period >= 60 && period % 60 === 0) return;
  if (period < 60) findings.fault(path, 'Should be >= 60');
  if (period % 60 !== 0) findings.fault(path, 'Should be multiple of 60');
  findings.fault(path, 'Should match exactly one schema in oneOf');
}

function checkAlarms(properties: JsonObject, path: string, findings: Findings): void {
  const { alarms, states } = properties;
  findings.required(path, properties, ['alarms']);
  // Recorded on AWS: with states to choose by, the list may be empty.
  const least = states === undefined ? 1 : 0;
  if (alarms !== undefined) findings.array(`${path}/alarms`, alarms, { least, most: MOST_ALARMS });
  if (Array.isArray(states))
    states.forEach((state, i) => {
      findings.pattern(`${path}/states/${i}`, state, STATES);
    });
}

function warnOfUnknown(object: JsonObject, known: ReadonlySet<string>, path: string, findings: Findings): void {
  for (const key of Object.keys(object))
    if (!known.has(key))
      findings.warn(path, `The "${key}" property is not expected to be part of a widget definition, will be ignored`);
}
