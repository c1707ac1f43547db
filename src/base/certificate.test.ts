import { createPublicKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { selfSignedCertificate, selfSignedKey } from './certificate.ts';
import { derBits, derInteger, derObjectId, derOctets, derTime } from './der.ts';

const DAY = 86_400_000;
const settings = {
  commonName: 'Trailbell signing',
  notBefore: Date.UTC(2026, 0, 2, 3, 4, 5),
  notAfter: Date.UTC(2026, 0, 2, 3, 4, 5) + 365 * DAY,
  serial: 'f0a1b2c3d4e5f60718293a4b5c6d7e8f',
};

describe('a self-signed certificate', () => {
  it('is read by OpenSSL with everything that was put in', async () => {
    const { key, certificate } = await selfSignedKey({ ...settings, hostNames: ['sns.example', 'localhost'] });
    const read = new X509Certificate(certificate);
    expect(read.verify(createPublicKey(key))).toBe(true);
    expect({
      subject: read.subject,
      serial: read.serialNumber,
      from: Date.parse(read.validFrom),
      to: Date.parse(read.validTo),
      names: read.subjectAltName,
      authority: read.ca,
      host: read.checkHost('localhost'),
    }).toEqual({
      subject: 'CN=Trailbell signing',
      serial: settings.serial.toUpperCase(),
      from: settings.notBefore,
      to: settings.notAfter,
      names: 'DNS:sns.example, DNS:localhost',
      authority: false,
      host: 'localhost',
    });
  });

  it('may last beyond 2050 and carry any serial number', async () => {
    const { key } = await selfSignedKey(settings);
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2150, 0) }),
        fc.uint8Array({ minLength: 1, maxLength: 20 }),
        (at, serial) => {
          const second = Math.floor(at / 1000) * 1000;
          const hex = Buffer.from(serial).toString('hex');
          const read = new X509Certificate(
            selfSignedCertificate(key, { ...settings, notBefore: second, notAfter: second + DAY, serial: hex }),
          );
          expect(Date.parse(read.validFrom)).toBe(second);
          expect(BigInt(`0x${read.serialNumber}`)).toBe(BigInt(`0x${hex}`));
        },
      ),
      { numRuns: 30 },
    );
  });
});

describe('DER', () => {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

  it('writes the examples of X.690 and RFC 5280', () => {
    expect(hex(derInteger(Uint8Array.of(0x00, 0x80)))).toBe('02020080');
    expect(hex(derInteger(Uint8Array.of(0, 0, 0x7f)))).toBe('02017f');
    expect(hex(derInteger(new Uint8Array()))).toBe('020100');
    expect(hex(derBits(Uint8Array.of(0x80), 7))).toBe('03020780');
    expect(hex(derObjectId('1.2.840.113549.1.1.11'))).toBe('06092a864886f70d01010b');
    expect(Buffer.from(derTime(Date.UTC(2049, 11, 31, 23, 59, 59)).subarray(2)).toString()).toBe('491231235959Z');
    expect(Buffer.from(derTime(Date.UTC(2050, 0, 1)).subarray(2)).toString()).toBe('20500101000000Z');
  });

  it('writes lengths of every size so that they read back', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (size) => {
        const bytes = derOctets(new Uint8Array(size));
        const first = bytes[1] ?? 0;
        const digits = first < 0x80 ? 0 : first & 0x7f;
        const length = digits === 0 ? first : Buffer.from(bytes).readUIntBE(2, digits);
        expect([length, bytes.length]).toEqual([size, 2 + digits + size]);
      }),
    );
  });
});
