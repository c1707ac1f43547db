import { createHash, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NoDigest, readDigest } from './digest.ts';
import { isSigned, NoKeys, publicKey, readPublicKeys, textToSign } from './public-keys.ts';

const DATA = 'test/data/cloudtrail/digest';
const fixture = JSON.parse(readFileSync(`${DATA}/fixture.json`, 'utf8'));
const content = (key: string): Buffer => gunzipSync(readFileSync(`${DATA}/${key}`));

describe('digests that the AWS CLI accepts', () => {
  const digests = [...fixture.chainOldestFirst, fixture.backfill] as {
    key: string;
    sha256: string;
    stringToSign: string;
  }[];
  const [key] = readPublicKeys(fixture);

  it.each(digests.map((each) => [each.key.slice(-40), each] as const))(
    'are signed: …%s',
    (_, { key: name, sha256, stringToSign }) => {
      const digest = readDigest(content(name));
      const hash = createHash('sha256').update(content(name)).digest('hex');
      const signature = fixture.objectMetadata[name]['x-amz-meta-signature'];
      expect(hash).toBe(sha256);
      expect(textToSign(digest, hash)).toBe(stringToSign);
      expect(isSigned(digest, hash, signature, key!)).toBe(true);
      expect(isSigned({ ...digest, endText: '2023-07-10T12:02:18Z' }, hash, signature, key!)).toBe(false);
      expect(isSigned(digest, hash, signature.replace(/^../, '00'), key!)).toBe(false);
      expect(isSigned(digest, hash, 'no hex', key!)).toBe(false);
    },
  );

  it('name their key by the MD5 of its bytes', () => {
    const [{ Value, Fingerprint }] = fixture.publicKeyList;
    expect(publicKey(Buffer.from(Value, 'base64'), undefined).fingerprint).toBe(Fingerprint);
    expect(readDigest(content(digests[0]!.key)).fingerprint).toBe(Fingerprint);
  });
});

describe('public keys', () => {
  it('are read in both of AWS’s forms, and as an answer or a list', () => {
    const { publicKey: made } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const entries = (['pkcs1', 'spki'] as const).map((type) => ({
      Value: made.export({ format: 'der', type }).toString('base64'),
    }));
    for (const document of [{ PublicKeyList: entries }, entries]) {
      const keys = readPublicKeys(document);
      expect(keys).toHaveLength(2);
      for (const { key } of keys)
        expect(key.equals(createPublicKey(made.export({ format: 'pem', type: 'spki' })))).toBe(true);
    }
  });

  it.each([[{}], [null], ['x'], [[{}]], [[{ Value: 'AAAA' }]]])('are refused in %j', (document) => {
    expect(() => readPublicKeys(document)).toThrow(NoKeys);
  });
});

describe('the content of a digest', () => {
  it('that is none is refused, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        expect(() => readDigest(Buffer.from(text))).toThrow(NoDigest);
      }),
    );
  });
});
