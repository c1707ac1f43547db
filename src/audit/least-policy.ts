import { stringify } from 'yaml';
import type { CallName } from './collect/calls.ts';
import { PERMISSIONS } from './collect/permissions.ts';

/** What the policy is for. */
export interface PolicyWish {
  readonly hindsight: boolean;
  /** Also what the caller needs who enters the accounts of an organization. */
  readonly organization: boolean;
  /** The role that is entered in each account. */
  readonly roleName: string;
}

export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Action: readonly string[];
  readonly Resource: string;
}

export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly Statement[];
}

/** The role's name in templates and examples, and what `--org` enters unless told otherwise. */
export const DEFAULT_ROLE = 'TrailbellAudit';

/**
 * The least that `trailbell audit` needs. None of these actions changes anything. They name no
 * resource, because the audit has yet to find them, and most can name none.
 */
export function leastPolicy({ hindsight, organization, roleName }: PolicyWish): PolicyDocument {
  const actions = (neededFor: string): string[] =>
    Object.entries(PERMISSIONS)
      .filter(([name, permission]) => permission.neededFor === neededFor && name !== 'sts:AssumeRole')
      .map(([name]) => name)
      .sort();
  const statements: Statement[] = [{ Sid: 'TrailbellAudit', Effect: 'Allow', Action: actions('audit'), Resource: '*' }];
  if (hindsight) {
    statements.push({ Sid: 'TrailbellHindsight', Effect: 'Allow', Action: actions('hindsight'), Resource: '*' });
  }
  if (organization) {
    statements.push({ Sid: 'TrailbellAccounts', Effect: 'Allow', Action: actions('organization'), Resource: '*' });
    const Resource = `arn:aws:iam::*:role/${roleName}`;
    statements.push({ Sid: 'TrailbellEnter', Effect: 'Allow', Action: ['sts:AssumeRole'], Resource });
  }
  return { Version: '2012-10-17', Statement: statements };
}

/** Whether the policy allows a call; those that need no permission are always allowed. */
export const isAllowed = (policy: PolicyDocument, call: CallName): boolean =>
  PERMISSIONS[call].neededFor === 'nothing' || policy.Statement.some(({ Action }) => Action.includes(call));

/** A CloudFormation template of the role, for a StackSet over the accounts of an organization. */
export function stackSetTemplate(wish: PolicyWish): string {
  const parameters = {
    AuditorArn: {
      Type: 'String',
      Description: 'ARN of the user or role that runs trailbell audit',
      AllowedPattern: '^arn:aws[a-z-]*:iam::[0-9]{12}:.+$',
    },
    ExternalId: { Type: 'String', Default: '', Description: 'Must be shown on entry (--external-id); empty for none' },
  };
  const trust = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { AWS: { Ref: 'AuditorArn' } },
        Action: 'sts:AssumeRole',
        Condition: {
          'Fn::If': [
            'HasExternalId',
            { StringEquals: { 'sts:ExternalId': { Ref: 'ExternalId' } } },
            { Ref: 'AWS::NoValue' },
          ],
        },
      },
    ],
  };
  return stringify(
    {
      AWSTemplateFormatVersion: '2010-09-09',
      Description: 'Read-only role for trailbell audit',
      Parameters: parameters,
      Conditions: { HasExternalId: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'ExternalId' }, ''] }] } },
      Resources: {
        AuditRole: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: wish.roleName,
            AssumeRolePolicyDocument: trust,
            Policies: [
              { PolicyName: 'trailbell-audit', PolicyDocument: leastPolicy({ ...wish, organization: false }) },
            ],
          },
        },
      },
      Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['AuditRole', 'Arn'] } } },
    },
    { lineWidth: 0 },
  ).trimEnd();
}

/** The same role for Terraform. */
export function terraformRole(wish: PolicyWish): string {
  const statements = leastPolicy({ ...wish, organization: false }).Statement.map(
    ({ Sid, Action, Resource }) => `  statement {
    sid       = "${Sid}"
    actions   = [
${Action.map((action) => `      "${action}",`).join('\n')}
    ]
    resources = ["${Resource}"]
  }`,
  );
  return `variable "auditor_arn" {
  type        = string
  description = "ARN of the user or role that runs trailbell audit"
}

variable "external_id" {
  type        = string
  default     = ""
  description = "Must be shown on entry (--external-id); empty for none"
}

data "aws_iam_policy_document" "trailbell_audit_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [var.auditor_arn]
    }
    dynamic "condition" {
      for_each = var.external_id == "" ? [] : [var.external_id]
      content {
        test     = "StringEquals"
        variable = "sts:ExternalId"
        values   = [condition.value]
      }
    }
  }
}

data "aws_iam_policy_document" "trailbell_audit" {
${statements.join('\n')}
}

resource "aws_iam_role" "trailbell_audit" {
  name               = "${wish.roleName}"
  assume_role_policy = data.aws_iam_policy_document.trailbell_audit_trust.json
}

resource "aws_iam_role_policy" "trailbell_audit" {
  name   = "trailbell-audit"
  role   = aws_iam_role.trailbell_audit.id
  policy = data.aws_iam_policy_document.trailbell_audit.json
}`;
}
