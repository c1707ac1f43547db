"""Builds the benchmark's chain for control 4.3 with boto3, makes it ring, and prints what it saw.

Usage: python3 benchmark.py ENDPOINT PROTOCOL RECORD

PROTOCOL is what CloudWatch is spoken to in: json, query or smithy-rpc-v2-cbor. RECORD is a
CloudTrail record as JSON; its event time is used as the event's. Prints one JSON object.
"""
import datetime
import http.server
import json
import queue
import sys
import threading
import time

import boto3
import botocore.args
import botocore.model
import botocore.utils
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, PROTOCOL, RECORD = sys.argv[1:4]
GROUP = "CloudTrail/logs"
PATTERN = '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }'
METRIC = {"Namespace": "CISBenchmark", "MetricName": "root-usage"}


def client(service, protocol=None):
    """A client as a program would make it, but that a failed call is not repeated."""
    chosen = (protocol,) if protocol else DEFAULT_ORDER
    for module in (botocore.utils, botocore.model, botocore.args):
        module.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = chosen
    made = boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=ENDPOINT,
        aws_access_key_id="111122223333",
        aws_secret_access_key="any",
        config=Config(retries={"max_attempts": 0}),
    )
    assert protocol in (None, made.meta.service_model.resolved_protocol)
    return made


DEFAULT_ORDER = botocore.utils.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers every post with 200 and keeps it."""

    received = queue.Queue()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.received.put(json.loads(body))
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def plain(answer):
    """An answer without what is said about the call itself, times as text."""
    kept = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    return json.loads(json.dumps(kept, default=lambda moment: moment.astimezone(datetime.timezone.utc).isoformat()))


def error_code(call, **params):
    try:
        call(**params)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def main():
    logs, sns, sqs, sts, cloudtrail = (client(name) for name in ("logs", "sns", "sqs", "sts", "cloudtrail"))
    cloudwatch = client("cloudwatch", PROTOCOL)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    logs.create_log_group(logGroupName=GROUP)
    logs.create_log_stream(logGroupName=GROUP, logStreamName="recorder")
    logs.put_metric_filter(
        logGroupName=GROUP,
        filterName="root-usage",
        filterPattern=PATTERN,
        metricTransformations=[{"metricName": "root-usage", "metricNamespace": "CISBenchmark", "metricValue": "1"}],
    )
    topic = sns.create_topic(Name="root-bell")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="http", Endpoint=f"http://127.0.0.1:{server.server_port}/")
    handshake = Receiver.received.get(timeout=15)
    sns.confirm_subscription(TopicArn=topic, Token=handshake["Token"])
    url = sqs.create_queue(QueueName="root-bell")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    cloudwatch.put_metric_alarm(
        AlarmName="root-usage",
        Statistic="Sum",
        Period=300,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        EvaluationPeriods=1,
        AlarmActions=[topic],
        **METRIC,
    )

    now = time.time()
    event = {"timestamp": int(now * 1000), "message": RECORD}
    logs.put_log_events(logGroupName=GROUP, logStreamName="recorder", logEvents=[event])
    ring = Receiver.received.get(timeout=15)
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    sqs.delete_message(QueueUrl=url, ReceiptHandle=messages[0]["ReceiptHandle"])

    moment = datetime.datetime.fromtimestamp(now, datetime.timezone.utc)
    around = {"StartTime": moment - datetime.timedelta(minutes=10), "EndTime": moment + datetime.timedelta(minutes=10)}
    stat = {"Metric": METRIC, "Period": 60, "Stat": "Sum"}
    # Read by a client of each protocol, so that their answers can be compared.
    readers = {protocol: client("cloudwatch", protocol) for protocol in ("json", "query", "smithy-rpc-v2-cbor")}
    reads = {
        protocol: {
            "alarms": plain(reader.describe_alarms(AlarmNames=["root-usage"])),
            "history": plain(reader.describe_alarm_history(AlarmName="root-usage", HistoryItemType="StateUpdate")),
            "statistics": plain(reader.get_metric_statistics(Period=1200, Statistics=["Sum"], **METRIC, **around)),
            "data": plain(reader.get_metric_data(MetricDataQueries=[{"Id": "m", "MetricStat": stat}], **around)),
            "metrics": plain(reader.list_metrics(Namespace="CISBenchmark")),
            "missing": error_code(reader.set_alarm_state, AlarmName="no", StateValue="OK", StateReason="r"),
        }
        for protocol, reader in readers.items()
    }
    cloudtrail.create_trail(Name="management", S3BucketName="audit-records")
    cloudtrail.start_logging(Name="management")
    print(
        json.dumps(
            {
                "ring": ring,
                "queued": json.loads(messages[0]["Body"]),
                "rings": 1 + Receiver.received.qsize(),
                "reads": reads,
                "found": plain(logs.filter_log_events(logGroupName=GROUP, filterPattern=PATTERN))["events"],
                "tested": plain(logs.test_metric_filter(filterPattern=PATTERN, logEventMessages=["{}", RECORD])),
                "identity": plain(sts.get_caller_identity()),
                "trails": [trail["Name"] for trail in cloudtrail.describe_trails()["trailList"]],
                "logging": cloudtrail.get_trail_status(Name="management")["IsLogging"],
                "codes": [
                    error_code(logs.create_log_group, logGroupName=GROUP),
                    error_code(logs.delete_log_group, logGroupName="no"),
                    error_code(sns.get_topic_attributes, TopicArn=topic + "-no"),
                    error_code(sqs.get_queue_url, QueueName="no"),
                    error_code(cloudtrail.get_trail, Name="nowhere"),
                ],
            }
        )
    )


main()
