import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { NOON } from '../../../../test/chain/notice-world.ts';
import { outgoing } from '../../../../test/chain/outgoing.ts';
import { FakeClock } from '../../../base/fake-clock.ts';
import { seededIds } from '../../../base/ids.ts';
import { openNetwork } from '../../../base/network.ts';
import { digestAnswer } from './digest.ts';
import { httpChannel } from './http-channel.ts';

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

// The example of RFC 7616, section 3.9.1.
const LOGIN = { user: 'Mufasa', password: 'Circle of Life' };
const REQUEST = { method: 'GET', uri: '/dir/index.html', cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' };
const challenge = (algorithm: string) =>
  `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;

describe('an answer to a digest challenge', () => {
  it.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('by %s is that of RFC 7616', (algorithm, response) => {
    expect(digestAnswer(challenge(algorithm), LOGIN, REQUEST)).toContain(`response="${response}"`);
  });

  it('without qop is that of RFC 2069', () => {
    const old = 'Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"';
    const answer = digestAnswer(old, { user: 'Mufasa', password: 'CircleOfLife' }, REQUEST);
    expect(answer).toContain('response="1949323746fe6a43ef61f9606e7febea"');
    expect(answer).not.toContain('qop');
  });

  it.each([
    'Basic realm="x"',
    '',
    'Digest',
    'Digest realm="a"',
    `${challenge('SHA-512-256')}`,
    'Digest realm="a", nonce="b", qop="auth-int"',
  ])('is none to %j', (text) => {
    expect(digestAnswer(text, LOGIN, REQUEST)).toBeUndefined();
  });

  it('never breaks off or breaks out, whatever is asked', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const answer = digestAnswer(`Digest ${text}`, LOGIN, REQUEST);
        expect(answer ?? '').not.toMatch(/[\r\n]/);
      }),
    );
  });
});

describe('a receiver that wants digest authentication', () => {
  it.each([
    ['the right password', 'secret', { result: 'delivered', status: 200 }],
    ['a wrong one', 'wrong', { result: 'giveUp', status: 401, reason: 'rejected' }],
  ])('is asked once more, and with %s answers %s', async (_what, password, expected) => {
    let asked = 0;
    const server = createServer((request, response) => {
      asked += 1;
      const shown = request.headers.authorization ?? '';
      const cnonce = /cnonce="([^"]+)"/.exec(shown)?.[1] ?? '';
      const ask = 'Digest realm="bell", nonce="n1", qop="auth", algorithm=SHA-256';
      const wanted = digestAnswer(
        ask,
        { user: 'bell', password: 'secret' },
        { method: 'POST', uri: '/hook?a=1', cnonce },
      );
      if (shown === wanted) response.end();
      else response.writeHead(401, { 'www-authenticate': ask }).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const network = openNetwork({ allowLoopback: true });
    undo.push(
      () => network.close(),
      () => server.close(),
    );
    const documents = { write: async () => 'document' };
    const channel = httpChannel({ network, documents, clock: new FakeClock(NOON), ids: seededIds(1) });
    const { port } = server.address() as AddressInfo;
    const outcome = await channel.deliver(outgoing(`http://bell:${password}@127.0.0.1:${port}/hook?a=1`));
    expect(outcome).toMatchObject(expected);
    expect(asked).toBe(2);
  });
});
