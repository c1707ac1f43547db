/** A CloudTrail record of the root user signing in to the console without MFA. */
export const rootSignIn = (at: Date, eventID = '5a1c0f0e-0000-4000-8000-000000000001'): string =>
  JSON.stringify({
    eventVersion: '1.08',
    userIdentity: {
      type: 'Root',
      principalId: '111122223333',
      arn: 'arn:aws:iam::111122223333:root',
      accountId: '111122223333',
      accessKeyId: '',
    },
    eventTime: `${at.toISOString().slice(0, 19)}Z`,
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: 'us-east-1',
    sourceIPAddress: '203.0.113.7',
    userAgent: 'Mozilla/5.0',
    requestParameters: null,
    responseElements: { ConsoleLogin: 'Success' },
    additionalEventData: { LoginTo: 'https://console.aws.amazon.com/console/home', MFAUsed: 'No' },
    eventID,
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
  });

/** What a ring says of it. */
export const ROOT_SIGN_IN_HEADLINE = 'Root of 1111-2222-3333 signed in to the console from 203.0.113.7 without MFA';

/** The benchmark's pattern for control 4.3. */
export const ROOT_USAGE_PATTERN =
  '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }';
