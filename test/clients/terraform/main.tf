# The benchmark's control 4.3 as somebody would write it for AWS. `changed` switches everything that
# can be changed in place.

variable "endpoint" { type = string }

variable "changed" {
  type    = bool
  default = false
}

terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}

provider "aws" {
  region                  = "us-east-1"
  access_key              = "111122223333"
  secret_key              = "any"
  skip_metadata_api_check = true
  endpoints {
    cloudtrail = var.endpoint
    cloudwatch = var.endpoint
    logs       = var.endpoint
    sns        = var.endpoint
    sqs        = var.endpoint
    sts        = var.endpoint
  }
}

resource "aws_cloudwatch_log_group" "trail" {
  name              = "CloudTrail/logs"
  retention_in_days = var.changed ? 0 : 365
  tags              = { team = var.changed ? "blue" : "red" }
}

resource "aws_cloudtrail" "management" {
  name                          = "management"
  s3_bucket_name                = "audit-records"
  is_multi_region_trail         = true
  enable_log_file_validation    = true
  cloud_watch_logs_group_arn    = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn     = "arn:aws:iam::111122223333:role/trail"
  include_global_service_events = true
}

resource "aws_cloudwatch_log_metric_filter" "root" {
  name           = "root-usage"
  log_group_name = aws_cloudwatch_log_group.trail.name
  pattern        = "{ $.userIdentity.type = \"Root\" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != \"AwsServiceEvent\" }"
  metric_transformation {
    name          = "root-usage"
    namespace     = "CISBenchmark"
    value         = "1"
    default_value = var.changed ? null : "0"
  }
}

resource "aws_cloudwatch_log_metric_filter" "by_region" {
  name           = "by-region"
  log_group_name = aws_cloudwatch_log_group.trail.name
  pattern        = "{ $.awsRegion = * }"
  metric_transformation {
    name       = "by-region"
    namespace  = "CISBenchmark"
    value      = "1"
    dimensions = { region = "$.awsRegion" }
  }
}

resource "aws_sns_topic" "bell" {
  name         = "root-bell"
  display_name = var.changed ? "Bell" : ""
  tags         = { team = "red" }
}

resource "aws_sns_topic_policy" "bell" {
  arn = aws_sns_topic.bell.arn
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "cloudwatch.amazonaws.com" }
      Action    = "sns:Publish"
      Resource  = aws_sns_topic.bell.arn
    }]
  })
}

resource "aws_sqs_queue" "dead" {
  name                       = "bell-dead"
  visibility_timeout_seconds = 60
  tags                       = { team = "red" }
}

resource "aws_sns_topic_subscription" "queue" {
  topic_arn            = aws_sns_topic.bell.arn
  protocol             = "sqs"
  endpoint             = aws_sqs_queue.dead.arn
  raw_message_delivery = !var.changed
  redrive_policy       = var.changed ? null : jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn })
}

resource "aws_sns_topic_subscription" "hook" {
  topic_arn = aws_sns_topic.bell.arn
  protocol  = "https"
  endpoint  = "https://hook.example.com/bell"
  delivery_policy = jsonencode({
    healthyRetryPolicy = {
      minDelayTarget     = 10
      maxDelayTarget     = 30
      numRetries         = var.changed ? 7 : 5
      numMaxDelayRetries = 0
      numNoDelayRetries  = 0
      numMinDelayRetries = 0
      backoffFunction    = "linear"
    }
  })
}

resource "aws_sns_topic_subscription" "mail" {
  topic_arn = aws_sns_topic.bell.arn
  protocol  = "email"
  endpoint  = "ops@example.com"
}

resource "aws_cloudwatch_metric_alarm" "root" {
  alarm_name          = "root-usage"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  evaluation_periods  = 1
  metric_name         = "root-usage"
  namespace           = "CISBenchmark"
  period              = 300
  statistic           = "Sum"
  threshold           = 1
  treat_missing_data  = var.changed ? "missing" : "notBreaching"
  alarm_actions       = [aws_sns_topic.bell.arn]
  tags                = var.changed ? {} : { "trailbell:ring" = "every-session" }
}

resource "aws_cloudwatch_metric_alarm" "slow" {
  alarm_name          = "slow"
  comparison_operator = "LessThanThreshold"
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  metric_name         = "latency"
  namespace           = "App"
  period              = 60
  extended_statistic  = "p90"
  threshold           = var.changed ? 0.75 : 0.5
  dimensions          = { host = "a" }
  actions_enabled     = var.changed
}
