"""An AWS-like server by others (moto), with states built in it by boto3.

Prints `url URL`, then reads one scenario a line and answers `built` or `not built: WHY`.
"""
import json
import os
import sys

os.environ.setdefault('MOTO_ACCOUNT_ID', '111122223333')
os.environ.update(AWS_ACCESS_KEY_ID='any', AWS_SECRET_ACCESS_KEY='any')

import logging
import urllib.request

import boto3
from moto.server import ThreadedMotoServer

logging.getLogger('werkzeug').setLevel(logging.ERROR)
OURS = {'account', 'region', 'type', 'stateHours', 'StateValue'}


def build(state, url):
    urllib.request.urlopen(urllib.request.Request(f'{url}/moto-api/reset', method='POST')).read()

    def client(service, region):
        return boto3.client(service, region_name=region, endpoint_url=url)

    def own(item):
        return {key: value for key, value in item.items() if key not in OURS}

    groups = {(group['region'], group['logGroupName']) for group in state['logGroups']}
    for trail in state['trails']:
        arn = trail['describe'].get('CloudWatchLogsLogGroupArn')
        if arn:
            groups.add((arn.split(':')[3], arn.split(':')[6]))
    # One that a repair may make a trail with.
    client('s3', 'us-east-1').create_bucket(Bucket='trail-bucket')
    for region, name in groups:
        client('logs', region).create_log_group(logGroupName=name)
    for trail in state['trails']:
        facts, region = trail['describe'], trail['describe']['HomeRegion']
        client('s3', 'us-east-1').create_bucket(Bucket=facts['S3BucketName'])
        wanted = ('Name', 'S3BucketName', 'IsMultiRegionTrail', 'CloudWatchLogsLogGroupArn', 'CloudWatchLogsRoleArn')
        cloudtrail = client('cloudtrail', region)
        cloudtrail.create_trail(**{key: facts[key] for key in wanted if key in facts})
        selectors = {key: trail[key] for key in ('EventSelectors', 'AdvancedEventSelectors') if key in trail}
        if selectors:
            cloudtrail.put_event_selectors(TrailName=facts['Name'], **selectors)
        if trail['status'].get('IsLogging'):
            cloudtrail.start_logging(Name=facts['Name'])
    for filter in state['metricFilters']:
        client('logs', filter['region']).put_metric_filter(**own(filter))
    for topic in state['topics']:
        region, name = topic['TopicArn'].split(':')[3], topic['TopicArn'].split(':')[5]
        sns = client('sns', region)
        sns.create_topic(Name=name)
        if 'Policy' in topic:
            sns.set_topic_attributes(TopicArn=topic['TopicArn'], AttributeName='Policy', AttributeValue=json.dumps(topic['Policy']))
        if 'KmsMasterKeyId' in topic:
            sns.set_topic_attributes(TopicArn=topic['TopicArn'], AttributeName='KmsMasterKeyId', AttributeValue=topic['KmsMasterKeyId'])
    for item in state['subscriptions']:
        sns = client('sns', item['TopicArn'].split(':')[3])
        made = sns.subscribe(TopicArn=item['TopicArn'], Protocol=item['Protocol'], Endpoint=item['Endpoint'], ReturnSubscriptionArn=True)
        if 'FilterPolicy' in item:
            sns.set_subscription_attributes(SubscriptionArn=made['SubscriptionArn'], AttributeName='FilterPolicy', AttributeValue=json.dumps(item['FilterPolicy']))
    for alarm in state['alarms']:
        cloudwatch = client('cloudwatch', alarm['region'])
        if alarm['type'] == 'composite':
            cloudwatch.put_composite_alarm(**{key: alarm[key] for key in ('AlarmName', 'AlarmRule', 'ActionsEnabled', 'AlarmActions')})
        else:
            cloudwatch.put_metric_alarm(**own(alarm))
        cloudwatch.set_alarm_state(AlarmName=alarm['AlarmName'], StateValue='OK', StateReason='as built')
    for rule in state.get('eventBridgeRules', []):
        events = client('events', rule['region'])
        events.put_rule(Name=rule['Name'], EventPattern=json.dumps(rule['EventPattern']), State=rule['State'])
        events.put_targets(Rule=rule['Name'], Targets=[{'Id': str(n), 'Arn': arn} for n, arn in enumerate(rule['Targets'])])


server = ThreadedMotoServer(ip_address='127.0.0.1', port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
url = f'http://{host}:{port}'
print('url', url, flush=True)
for line in sys.stdin:
    try:
        build(json.loads(line)['state'], url)
        print('built', flush=True)
    except Exception as error:
        print('not built:', type(error).__name__, str(error).replace('\n', ' ')[:300], flush=True)
server.stop()
