import { describe, expect, it } from 'vitest';
import { shortUserAgent } from './user-agent.ts';

const webkit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('short user agent', () => {
  it.each([
    [
      `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webkit} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0`,
      'Edge 120 on Windows',
    ],
    [`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/119.0.0.0 Safari/537.36`, 'Chrome 119 on Linux'],
    ['Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0', 'Firefox 115 on Linux'],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 Version/17.0 Mobile Safari/604',
      'Safari 17 on iOS',
    ],
    ['Mozilla/5.0', 'a browser'],
    ['aws-cli/2.13.5 Python/3.11.4 Linux/5.15', 'aws-cli/2.13.5'],
    ['[S3Console/0.4, aws-internal/3 aws-sdk-java/1.11]', 'S3Console/0.4'],
    ['APN/1.0 HashiCorp/1.0 Terraform/1.5.7 (+https://www.terraform.io)', 'Terraform/1.5.7'],
    ['console.ec2.amazonaws.com', 'console.ec2.amazonaws.com'],
  ])('%s', (agent, short) => {
    expect(shortUserAgent(agent)).toBe(short);
  });

  it('is undefined without an agent', () => {
    for (const nothing of [undefined, null, 7, '', ' ', '[]']) expect(shortUserAgent(nothing)).toBeUndefined();
  });

  it('is bounded', () => {
    expect(shortUserAgent('a'.repeat(5000))).toHaveLength(60);
  });
});
