import { describe, expect, it } from 'vitest';
import { type BrowserGuardOptions, guardBrowser } from './browser-guard.ts';

const PUBLIC: BrowserGuardOptions = {
  publicHosts: ['bell.example.com', 'other.example.com:8443'],
  bindHost: '192.0.2.7',
};

const statusOf = (headers: Record<string, string>, options: BrowserGuardOptions = PUBLIC): number | undefined =>
  guardBrowser(headers, options)?.status;

describe('the guard against web pages', () => {
  it.each([
    'localhost',
    'localhost:4780',
    'LOCALHOST:4780',
    'a.localhost',
    'a.b.localhost:80',
    'localhost.',
    '127.0.0.1:4780',
    '127.8.9.10',
    '127.1',
    '[::1]',
    '[::1]:4780',
    '[0:0:0:0:0:0:0:1]:80',
    '[::ffff:127.0.0.1]:4780',
    'bell.example.com',
    'Bell.Example.com:443',
    'other.example.com',
    '192.0.2.7:4780',
  ])('lets through the host %s', (host) => {
    expect(statusOf({ host })).toBeUndefined();
  });

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example',
    'evil-localhost',
    '10.0.0.1',
    '[::2]',
    '[::ffff:10.0.0.1]',
    'bell.example.com.evil.example',
    'user@localhost',
    'localhost/x',
    'localhost:99999',
    '',
    ' ',
    'localhost,evil.example',
    'bell.example.com#localhost',
  ])('refuses the host "%s"', (host) => {
    expect(statusOf({ host })).toBe(403);
  });

  it('says what to do about a host that is not served', () => {
    const reply = guardBrowser({ host: 'bell.internal:4780' }, PUBLIC);
    expect(reply?.body).toContain("The host name 'bell.internal:4780' is not served here");
    expect(reply?.body).toContain('--public-url');
  });

  it('lets a client without Host and Origin through', () => {
    expect(statusOf({})).toBeUndefined();
  });

  it('serves any address in figures, but no foreign name, when bound to every interface', () => {
    for (const bindHost of ['0.0.0.0', '::']) {
      const options = { publicHosts: [], bindHost };
      expect(statusOf({ host: '10.1.2.3:4780' }, options)).toBeUndefined();
      expect(statusOf({ host: '[2001:db8::1]:4780' }, options)).toBeUndefined();
      expect(statusOf({ host: 'evil.example:4780' }, options)).toBe(403);
    }
  });

  it('serves the name it is bound to', () => {
    expect(statusOf({ host: 'bell.lan:4780' }, { publicHosts: [], bindHost: 'bell.lan' })).toBeUndefined();
    expect(statusOf({ host: '[fd00::7]:4780' }, { publicHosts: [], bindHost: 'fd00::7' })).toBeUndefined();
  });

  it('lets only its own pages call it', () => {
    const host = 'localhost:4780';
    expect(statusOf({ host, origin: 'http://localhost:4780' })).toBeUndefined();
    expect(statusOf({ host, origin: 'https://bell.example.com' })).toBeUndefined();
    expect(statusOf({ host, origin: 'https://other.example.com:8443' })).toBeUndefined();
    for (const origin of [
      'http://evil.example',
      'http://localhost:3000',
      'null',
      'file://',
      'http://localhost:4780/x',
      'http://localhost:4780.evil.example',
      '',
    ]) {
      expect(statusOf({ host, origin }), origin).toBe(403);
    }
  });
});
