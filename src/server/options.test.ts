import { describe, expect, it } from 'vitest';
import { serveOptions, settingsFromEnvironment, settingsFromFile } from './options.ts';

describe('settings', () => {
  it('has defaults that run on one machine', () => {
    expect(serveOptions()).toMatchObject({ port: 4780, host: '127.0.0.1', auth: 'off', region: 'us-east-1' });
  });

  it('lets the command line win over the environment, and that over the file', () => {
    const file = settingsFromFile('{"port": 1, "region": "eu-west-1", "host": "localhost"}', 'trailbell.json');
    const env = settingsFromEnvironment({ TRAILBELL_PORT: '2', TRAILBELL_REGION: 'eu-west-3' });
    expect(serveOptions(file, env, { port: 3 })).toMatchObject({ port: 3, region: 'eu-west-3', host: 'localhost' });
  });

  it('reads lists and switches from the environment', () => {
    const env = { TRAILBELL_WATCH: 'a, b', TRAILBELL_CIS: 'true', TRAILBELL_ALLOW_DESTINATION: '10.0.0.0/8' };
    expect(serveOptions(settingsFromEnvironment(env))).toMatchObject({
      watch: ['a', 'b'],
      cis: true,
      allowDestination: ['10.0.0.0/8'],
    });
  });

  it('are refused where one stands twice, as of two forwards of one name only the last would send', () => {
    const text = '{"forwards": {"siem": {"type": "file", "path": "a"}, "siem": {"type": "file", "path": "b"}}}';
    expect(() => settingsFromFile(text, 'trailbell.json')).toThrow(
      'trailbell.json: forwards.siem stands there twice, and only one would count',
    );
  });

  it('names a misprinted key and what was meant', () => {
    expect(() => settingsFromFile('{"dataDri": "x"}', 'trailbell.json')).toThrow(
      'trailbell.json: there is no setting "dataDri"; did you mean "dataDir"?',
    );
  });

  it('says what is wrong with a value, by name', () => {
    expect(() => serveOptions({ port: 70_000 })).toThrow(/^port: /);
    expect(() => serveOptions({ defaultAccount: '12' })).toThrow('defaultAccount: must be twelve digits');
  });

  it.each([
    ['smtp', 'mail.example.com'],
    ['store', 'mysql://db'],
    ['region', 'us east'],
    ['logGroup', 'a b'],
    ['allowDestination', ['10.1.0.0/99']],
  ])('refuses a %s that could only fail later', (name, value) => {
    expect(() => serveOptions({ [name]: value })).toThrow(new RegExp(`^${name}.*must|^${name}.*may`));
  });

  it.each([
    [{ s3: [{ name: 'a', bukcet: 'trail' }] }, 'intakes.s3.0: there is no setting "bukcet"; did you mean "bucket"?'],
    [{ s3: ['trail', 'trial'].map((bucket) => ({ name: 'a', bucket })) }, 'intakes.s3: must have different names'],
    [{ s4: [] }, 'intakes: there is no setting "s4"; did you mean "s3"?'],
    [{ s3: [{ name: 'a', bucket: 's3://trail' }] }, 'intakes.s3.0.bucket: must be the name of a bucket, without s3://'],
    [
      { s3: [{ name: 'a', bucket: 'trail', every: '5s' }] },
      'intakes.s3.0.every: must be a time like 1m, from 1m to 1d',
    ],
    [{ s3: [{ name: 'a', bucket: 'trail', start: 'May' }] }, 'intakes.s3.0.start: must be a date like 2026-01-31'],
    [{ sqs: [{ name: 'a', queueUrl: 'x', buckets: ['b-b'] }] }, 'intakes.sqs.0.queueUrl: must be the URL of a queue'],
  ])('says what is wrong in a section: %j', (intakes, message) => {
    expect(() => serveOptions({ intakes })).toThrow(message);
  });

  it('refuses to answer anybody on the network', () => {
    expect(() => serveOptions({ host: '0.0.0.0' })).toThrow('--auth keys');
    expect(serveOptions({ host: '0.0.0.0', auth: 'keys' }).host).toBe('0.0.0.0');
  });

  it('wants certificate and key together', () => {
    expect(() => serveOptions({ tlsCert: 'a.pem' })).toThrow('go together');
  });
});
