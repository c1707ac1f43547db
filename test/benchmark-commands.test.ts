import { describe, expect, it } from 'vitest';
import { type CliResult, cliEnvironment, hasAwsCli, shell } from './engine/aws-cli.ts';
import { httpReceiver, smtpReceiver } from './engine/receivers.ts';
import { ROOT_SIGN_IN_HEADLINE, rootSignIn } from './engine/root-sign-in.ts';
import { startEngine } from './engine/start.ts';
import { until } from './engine/until.ts';

/**
 * Control 4.3 as the benchmark prints its remediation. Its placeholders are filled below, and the
 * blanks and backticks that its typesetting left behind are taken out; nothing else is changed.
 */
const PRINTED = [
  `aws logs put-metric-filter --log-group-name <cloudtrail_log_group_name> --filter-name \`<root_usage_metric>\` --metric-transformations metricName= \`<root_usage_metric>\` ,metricNamespace='CISBenchmark',metricValue=1 --filter-pattern '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'`,
  'aws sns create-topic --name <sns_topic_name>',
  'aws sns subscribe --topic-arn <sns_topic_arn> --protocol <protocol_for_sns> --notification-endpoint <sns_subscription_endpoints>',
  `aws cloudwatch put-metric-alarm --alarm-name \`<root_usage_alarm>\` --metric-name \`<root_usage_metric>\` --statistic Sum --period 300 --threshold 1 --comparison-operator GreaterThanOrEqualToThreshold --evaluation-periods 1 --namespace 'CISBenchmark' --alarm-actions <sns_topic_arn>`,
];

const TOPIC = 'arn:aws:sns:us-east-1:000000000000:root-bell';

function filled(command: string, protocol: string, endpoint: string): string {
  return command
    .replaceAll('`', '')
    .replaceAll('<cloudtrail_log_group_name>', 'CloudTrail/logs')
    .replaceAll('<root_usage_metric>', 'root-usage')
    .replaceAll('<root_usage_alarm>', 'root-usage')
    .replaceAll('<sns_topic_name>', 'root-bell')
    .replaceAll('<sns_topic_arn>', TOPIC)
    .replaceAll('<protocol_for_sns>', protocol)
    .replaceAll('<sns_subscription_endpoints>', endpoint)
    .replaceAll('= root-usage ,', '=root-usage,');
}

const succeeded = (result: CliResult): CliResult => {
  expect(result).toMatchObject({ code: 0, stderr: '' });
  return result;
};

describe.skipIf(!hasAwsCli)("the benchmark's four commands through the AWS CLI", () => {
  // Eight starts of the CLI take a while on a loaded machine.
  it.each(['--endpoint-url', 'AWS_ENDPOINT_URL'])('ring by mail and http with %s', { timeout: 90_000 }, async (way) => {
    const smtp = await smtpReceiver();
    const hook = await httpReceiver();
    const engine = await startEngine({ smtp: smtp.url });
    const env = { ...cliEnvironment(), ...(way === 'AWS_ENDPOINT_URL' ? { AWS_ENDPOINT_URL: engine.url } : {}) };
    const aws = async (command: string): Promise<CliResult> =>
      succeeded(
        await shell(
          way === '--endpoint-url' ? command.replace('aws ', `aws --endpoint-url ${engine.url} `) : command,
          env,
        ),
      );

    await aws('aws logs create-log-group --log-group-name CloudTrail/logs');
    for (const command of PRINTED) await aws(filled(command, 'email', 'ops@example.com'));
    await aws(filled(PRINTED[2] ?? '', 'http', hook.url));

    const handshake = await until('the http handshake', () => hook.received[0]);
    const { SubscribeURL } = JSON.parse(handshake.body) as { SubscribeURL: string };
    expect((await fetch(SubscribeURL)).status).toBe(200);
    const mail = await until('the confirmation mail', () => smtp.mails[0]);
    expect(mail.subject).toBe('Confirm your subscription to root-bell');
    const link = /https?:\/\/\S+confirm\S*/.exec(mail.text ?? '')?.[0] ?? '';
    await confirmByClick(link);

    await aws('aws logs create-log-stream --log-group-name CloudTrail/logs --log-stream-name s');
    const now = new Date();
    const events = JSON.stringify([{ timestamp: now.getTime(), message: rootSignIn(now) }]);
    await aws(`aws logs put-log-events --log-group-name CloudTrail/logs --log-stream-name s --log-events '${events}'`);

    const ring = await until('the ring by http', () => hook.received[1]);
    const envelope = JSON.parse(ring.body) as { Subject: string; Message: string };
    expect(envelope.Subject).toBe('ALARM: "root-usage" in US East (N. Virginia)');
    const message = JSON.parse(envelope.Message) as Record<string, unknown>;
    expect(message).toMatchObject({ AlarmName: 'root-usage', NewStateValue: 'ALARM' });
    expect(message.Trailbell).toMatchObject({
      headline: ROOT_SIGN_IN_HEADLINE,
      total: 1,
    });
    const ringMail = await until('the ring by mail', () => smtp.mails[1]);
    expect(ringMail.text).toContain(ROOT_SIGN_IN_HEADLINE);
    expect(engine.printed.join('\n')).toContain('Root of 1111-2222-3333 signed in');

    const { MetricAlarms } = JSON.parse((await aws('aws cloudwatch describe-alarms')).stdout) as {
      MetricAlarms: { AlarmName: string; StateValue: string }[];
    };
    expect(MetricAlarms).toMatchObject([{ AlarmName: 'root-usage', StateValue: 'ALARM' }]);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(hook.received).toHaveLength(2);
    expect(smtp.mails).toHaveLength(2);
    expect(engine.logged).toEqual([]);
  });
});

/** Opens a confirmation page and presses its button, as a person would. */
async function confirmByClick(link: string): Promise<void> {
  const page = await fetch(link);
  expect(page.status).toBe(200);
  const html = await page.text();
  const action = /<form[^>]*action="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? '';
  const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
    ([, name, value]) => [name ?? '', (value ?? '').replaceAll('&amp;', '&')] as [string, string],
  );
  const pressed = await fetch(new URL(action, link), { method: 'POST', body: new URLSearchParams(fields) });
  expect(pressed.status).toBe(200);
}
