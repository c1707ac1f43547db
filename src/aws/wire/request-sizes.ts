const KIB = 1024;

/** Bytes of a request, unpacked, where AWS documents fewer for an operation than its front door takes. */
const LARGEST: Readonly<Record<string, number>> = {
  'cloudwatch PutMetricData': 1024 * KIB,
  'cloudwatch PutMetricAlarm': 120 * KIB,
};

/** How many bytes a request for an operation may have; undefined where only the front door counts. */
export const largestRequest = (service: string, operation: string): number | undefined =>
  LARGEST[`${service} ${operation}`];
