import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Network } from '../../../base/network.ts';
import { networkHandler } from '../../../chain/channels/aws/network-handler.ts';
import type { Format } from '../../formats/format.ts';
import type { Parcel, Receiver } from '../../receiver.ts';
import { awsEndpoint, awsTrouble } from '../aws-trouble.ts';

export interface S3Settings {
  readonly bucket: string;
  readonly region: string;
  readonly prefix: string;
  readonly kmsKeyId?: string | undefined;
  readonly endpoint?: string | undefined;
}

const compressed = promisify(gzip);

/**
 * Puts every batch into an object of its own, lines of JSON in gzip. The key follows from its records: the same batch put
 * again after a crash takes the place of what was there, and one that holds other records never does.
 */
export function s3Receiver(settings: S3Settings, name: string, format: Format, network: Network): Receiver {
  const { bucket, region, prefix, kmsKeyId, endpoint } = settings;
  let client: Promise<S3Client> | undefined;
  const open = async (): Promise<S3Client> => {
    const { S3Client: Client } = await import('@aws-sdk/client-s3');
    return new Client({
      region,
      endpoint: endpoint ?? awsEndpoint('s3', region),
      // Other stores than AWS's rarely have a name in the DNS for every bucket.
      forcePathStyle: endpoint !== undefined,
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      requestHandler: networkHandler(network),
    });
  };
  return {
    to: `s3://${bucket}/${prefix}`,
    limits: { count: 20_000, bytes: 33_554_432, inFlight: 1 },
    encode: format,
    async send(parcels) {
      try {
        const { PutObjectCommand } = await import('@aws-sdk/client-s3');
        client ??= open();
        const body = await compressed(parcels.map(({ text }) => `${text}\n`).join(''));
        await (await client).send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: keyOf(prefix, name, parcels),
            Body: body,
            // A bucket that locks objects by default takes none without; every store knows it.
            ContentMD5: createHash('md5').update(body).digest('base64'),
            ContentType: 'application/x-ndjson',
            ContentEncoding: 'gzip',
            ...(kmsKeyId !== undefined && { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId }),
          }),
        );
        return { result: 'sent' };
      } catch (error) {
        return awsTrouble(error);
      }
    },
    close: () => network.close(),
  };
}

/** `trailbell/siem/2026/03/01/20260301T120000Z-5f0c….ndjson.gz`, by the time of the first record and the ids of all. */
function keyOf(prefix: string, name: string, parcels: readonly Parcel[]): string {
  const { at } = (parcels[0] as Parcel).item;
  const iso = new Date(at).toISOString();
  const stamp = `${iso.slice(0, 19).replace(/[-:]/g, '')}Z`;
  const ids = parcels.map(({ item }) => item.id).join('\n');
  const hash = createHash('sha256').update(ids).digest('hex').slice(0, 16);
  return `${prefix}${name}/${iso.slice(0, 10).replaceAll('-', '/')}/${stamp}-${hash}.ndjson.gz`;
}
