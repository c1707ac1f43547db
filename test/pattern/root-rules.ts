/** What some products ring for as use of root. Written anew from what each says it asks for. */
export interface RootRule {
  readonly product: string;
  readonly words: string;
  /** In the language of the product where the prover reads it, else as a filter pattern of the same meaning. */
  readonly rule: string;
}

export const ROOT_RULES: readonly RootRule[] = [
  {
    product: 'CIS 4.3',
    words: 'root, not by a service, no service event',
    rule: '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }',
  },
  {
    product: 'Sigma',
    words: 'root, no service event',
    rule: `logsource:
  product: aws
  service: cloudtrail
detection:
  root:
    userIdentity.type: Root
  service_event:
    eventType: AwsServiceEvent
  condition: root and not service_event
`,
  },
  {
    product: 'EventBridge',
    words: 'root, API call or sign-in, rule in state ENABLED',
    rule: JSON.stringify({
      State: 'ENABLED',
      EventPattern: {
        'detail-type': ['AWS API Call via CloudTrail', 'AWS Console Sign In via CloudTrail'],
        detail: { userIdentity: { type: ['Root'] } },
      },
    }),
  },
  {
    product: 'fivexl',
    words: 'root, name does not begin with Get, List, Describe or Head',
    rule: '{ $.userIdentity.type = "Root" && $.eventName != %^Get|^List|^Describe|^Head% }',
  },
  {
    product: 'Elastic',
    words: 'successful console sign-in of root',
    rule: '{ $.eventName = "ConsoleLogin" && $.userIdentity.type = "Root" && $.responseElements.ConsoleLogin = "Success" }',
  },
  {
    product: 'Panther',
    words: 'root, successful, not by a service, no service event, not read-only, one name allowed',
    rule: '{ $.userIdentity.type = "Root" && $.errorCode NOT EXISTS && $.errorMessage NOT EXISTS && $.userIdentity.invokedBy NOT EXISTS && ($.eventType NOT EXISTS || $.eventType != "AwsServiceEvent") && ($.readOnly NOT EXISTS || $.readOnly IS FALSE) && $.eventName != "CreateServiceLinkedRole" }',
  },
  {
    product: 'Falco',
    words: 'successful console sign-in of root without a second factor',
    rule: '{ $.eventName = "ConsoleLogin" && $.userIdentity.type = "Root" && $.responseElements.ConsoleLogin = "Success" && $.additionalEventData.MFAUsed = "No" }',
  },
];
