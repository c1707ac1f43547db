/** A requirement of a framework that a control speaks to. */
export interface Mapping {
  readonly framework: string;
  readonly requirements: readonly string[];
}

type Table = Readonly<Record<string, readonly string[]>>;

/** As AWS Security Hub publishes it for its CloudWatch controls, by slug. */
const NIST_800_171: Table = {
  'unauthorized-api-calls': ['3.13.1', '3.14.6', '3.14.7'],
  'root-usage': ['3.14.6', '3.14.7'],
  'iam-policy-changes': ['3.14.6', '3.14.7'],
  'cloudtrail-changes': ['3.3.8', '3.14.6', '3.14.7'],
  'console-sign-in-failures': ['3.14.6', '3.14.7'],
  'kms-key-removal': ['3.13.10', '3.13.16', '3.14.6', '3.14.7'],
  's3-bucket-policy-changes': ['3.14.6', '3.14.7'],
  'config-changes': ['3.3.8', '3.14.6', '3.14.7'],
  'security-group-changes': ['3.14.6', '3.14.7'],
  'network-acl-changes': ['3.14.6', '3.14.7'],
  'network-gateway-changes': ['3.3.1', '3.13.1'],
  'route-table-changes': ['3.3.1', '3.13.1', '3.14.6', '3.14.7'],
  'vpc-changes': ['3.3.1', '3.13.1', '3.14.6', '3.14.7'],
};

/** Of the control on root use alone; the first as Security Hub publishes it, the others as auditors' tools map it. */
const ROOT_USAGE: Table = {
  'PCI DSS 3.2.1': ['7.2.1'],
  'ISO/IEC 27001:2013': ['A.12.4'],
  'ISO/IEC 27001:2022': ['A.8.15', 'A.8.16'],
  'SOC 2': ['PI1.3'],
  HIPAA: ['164.308(a)(6)(i)', '164.308(a)(6)(ii)'],
  NIS2: ['3.2.1', '3.2.2', '3.2.3'],
  'ENS RD2022': ['op.exp.8'],
  GDPR: ['25'],
};

/** As the MITRE profile of the benchmark tags its filter controls, and the one on Security Hub. */
const FILTERS: Table = { 'NIST SP 800-53': ['AU-6', 'AU-6(1)', 'AU-7(1)'], 'CIS Controls v8': ['8.11'] };
const SECURITY_HUB: Table = { 'NIST SP 800-53': ['CM-6(1)'], 'CIS Controls v7': ['11.3'] };

/** What the control named `slug` contributes to in other frameworks. A mapping is no certification. */
export function mappingsOf(slug: string): Mapping[] {
  const tables: Table[] = slug === 'security-hub-enabled' ? [SECURITY_HUB] : [FILTERS];
  const rev2 = NIST_800_171[slug];
  if (rev2) tables.push({ 'NIST SP 800-171 r2': rev2 });
  if (slug === 'root-usage') tables.push(ROOT_USAGE);
  return tables.flatMap((table) =>
    Object.entries(table).map(([framework, requirements]) => ({ framework, requirements })),
  );
}
