import * as cloudtrailSdk from '@aws-sdk/client-cloudtrail';
import * as cloudwatchSdk from '@aws-sdk/client-cloudwatch';
import * as logsSdk from '@aws-sdk/client-cloudwatch-logs';
import * as snsSdk from '@aws-sdk/client-sns';
import * as sqsSdk from '@aws-sdk/client-sqs';
import * as stsSdk from '@aws-sdk/client-sts';
import { defineService, type Service, type ServiceFacts } from './service.ts';
import { describeViolations, type Violation } from './violation.ts';

/** Most services answer broken constraints with one code and AWS's list of them. */
const refuseAs =
  (code: string): ServiceFacts['refuse'] =>
  (violations) => ({ code, message: describeViolations(violations) });

export const logs: Service = defineService(
  {
    id: 'logs',
    title: 'CloudWatch Logs',
    signingName: 'logs',
    targetPrefix: 'Logs_20140328',
    apiVersion: '2014-03-28',
    xmlNamespace: '',
    errorNamespace: 'com.amazonaws.logs.v2014_03_28',
    protocols: ['json1.1'],
    queryCompatible: false,
    refuse: refuseAs('InvalidParameterException'),
  },
  logsSdk,
);

export const cloudwatch: Service = defineService(
  {
    id: 'cloudwatch',
    title: 'CloudWatch',
    signingName: 'monitoring',
    targetPrefix: 'GraniteServiceVersion20100801',
    apiVersion: '2010-08-01',
    xmlNamespace: 'http://monitoring.amazonaws.com/doc/2010-08-01/',
    errorNamespace: 'com.amazonaws.cloudwatch.v2010_08_01',
    protocols: ['cbor', 'json1.0', 'query'],
    queryCompatible: true,
    refuse: refuseAs('ValidationException'),
  },
  cloudwatchSdk,
);

export const sns: Service = defineService(
  {
    id: 'sns',
    title: 'SNS',
    signingName: 'sns',
    apiVersion: '2010-03-31',
    xmlNamespace: 'http://sns.amazonaws.com/doc/2010-03-31/',
    errorNamespace: 'com.amazonaws.sns',
    protocols: ['query'],
    queryCompatible: false,
    // Not the modelled ValidationException: its Query code differs from what the front of SNS answers.
    refuse: refuseAs('ValidationError'),
  },
  snsSdk,
);

export const sqs: Service = defineService(
  {
    id: 'sqs',
    title: 'SQS',
    signingName: 'sqs',
    targetPrefix: 'AmazonSQS',
    apiVersion: '2012-11-05',
    xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
    errorNamespace: 'com.amazonaws.sqs',
    protocols: ['json1.0', 'query'],
    queryCompatible: true,
    refuse: refuseAsSqs,
  },
  sqsSdk,
);

export const cloudtrail: Service = defineService(
  {
    id: 'cloudtrail',
    title: 'CloudTrail',
    signingName: 'cloudtrail',
    targetPrefix: 'CloudTrail_20131101',
    apiVersion: '2013-11-01',
    xmlNamespace: '',
    errorNamespace: 'com.amazonaws.cloudtrail.v20131101',
    protocols: ['json1.1'],
    queryCompatible: false,
    refuse: refuseAs('ValidationException'),
  },
  cloudtrailSdk,
);

export const sts: Service = defineService(
  {
    id: 'sts',
    title: 'STS',
    signingName: 'sts',
    apiVersion: '2011-06-15',
    xmlNamespace: 'https://sts.amazonaws.com/doc/2011-06-15/',
    errorNamespace: 'com.amazonaws.sts',
    protocols: ['query'],
    queryCompatible: false,
    refuse: refuseAs('ValidationError'),
  },
  stsSdk,
);

export const SERVICES: readonly Service[] = [logs, cloudwatch, sns, sqs, cloudtrail, sts];

/** SQS names the first thing wrong, in sentences of its own. */
function refuseAsSqs(violations: readonly Violation[]): { code: string; message: string } {
  const [{ path, value, rule }] = violations as [Violation];
  if (value === undefined) {
    const parameter = path
      .split('.')
      .filter((step) => step !== 'member')
      .map((step) => step.charAt(0).toUpperCase() + step.slice(1))
      .join('.');
    return { code: 'MissingParameter', message: `The request must contain the parameter ${parameter}.` };
  }
  if (rule.includes('enum value set')) {
    return { code: 'InvalidAttributeName', message: `Unknown Attribute ${String(value).slice(0, 200)}.` };
  }
  return { code: 'InvalidParameterValue', message: describeViolations(violations) };
}
