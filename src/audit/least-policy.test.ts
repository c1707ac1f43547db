import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { CallName } from './collect/calls.ts';
import { PERMISSIONS } from './collect/permissions.ts';
import { isAllowed, leastPolicy, stackSetTemplate, terraformRole } from './least-policy.ts';

const WISH = { hindsight: true, organization: false, roleName: 'TrailbellAudit' };
const actions = leastPolicy(WISH).Statement.flatMap(({ Action }) => Action);

describe('the least policy', () => {
  it('only reads', () => {
    const verbs = actions.map((action) => /:(Describe|Get|List|Lookup|Test)/.exec(action)?.[1]);
    expect(verbs).not.toContain(undefined);
    expect(actions.some((action) => action.includes('*'))).toBe(false);
  });

  it('grows with what is asked for, and covers every call that can be made', () => {
    const audit = leastPolicy({ ...WISH, hindsight: false });
    expect(isAllowed(audit, 'cloudtrail:LookupEvents')).toBe(false);
    expect(isAllowed(audit, 'sts:AssumeRole')).toBe(false);
    const all = leastPolicy({ ...WISH, organization: true });
    const missing = Object.keys(PERMISSIONS).filter((call) => !isAllowed(all, call as CallName));
    expect(missing).toEqual([]);
    expect(all.Statement.find(({ Sid }) => Sid === 'TrailbellEnter')?.Resource).toBe(
      'arn:aws:iam::*:role/TrailbellAudit',
    );
  });

  it('is the same in the templates of the role', () => {
    const template = parse(stackSetTemplate(WISH)) as {
      Resources: { AuditRole: { Properties: { RoleName: string; Policies: { PolicyDocument: unknown }[] } } };
    };
    const { RoleName, Policies } = template.Resources.AuditRole.Properties;
    expect(RoleName).toBe('TrailbellAudit');
    expect(Policies[0]?.PolicyDocument).toEqual(leastPolicy(WISH));
    for (const action of actions) expect(terraformRole(WISH)).toContain(`"${action}",`);
  });
});
