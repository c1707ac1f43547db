import { describe, expect, it } from 'vitest';
import { sns, sqs } from './services.ts';
import { escapeXml, toXml } from './xml.ts';

describe('XML', () => {
  it('escapes what would be markup, and line ends that parsers would change', () => {
    expect(escapeXml(`a & <b> "c" 'd'\r\n\t\u0085\u2028`)).toBe(
      'a &amp; &lt;b&gt; &quot;c&quot; &apos;d&apos;&#xd;\n\t&#x85;&#x2028;',
    );
  });

  it('replaces what XML cannot carry, and keeps whole surrogate pairs', () => {
    expect(escapeXml('\u0000\u0008\u001f\ufffe\uffff')).toBe('\ufffd\ufffd\ufffd\ufffd\ufffd');
    expect(escapeXml('🙂 \ud83d \ude42')).toBe('🙂 \ufffd \ufffd');
  });

  it('wraps lists and maps, or repeats their tag where the schema says flat', () => {
    expect(toXml(sns.operation('GetTopicAttributes')!.output, { Attributes: { Owner: '1' } })).toBe(
      '<Attributes><entry><key>Owner</key><value>1</value></entry></Attributes>',
    );
    expect(toXml(sns.operation('ListTopics')!.output, { Topics: [] })).toBe('<Topics/>');
    expect(toXml(sqs.operation('ListQueues')!.output, { QueueUrls: ['a', 'b'] })).toBe(
      '<QueueUrl>a</QueueUrl><QueueUrl>b</QueueUrl>',
    );
  });
});
