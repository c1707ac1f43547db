import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LINK_CODES, LINKS } from './broken-links.ts';
import { readDeclarations } from './declarations.ts';
import { WARNINGS, warningText } from './warnings.ts';

const page = readFileSync(new URL('../../docs/audit-verdicts.md', import.meta.url), 'utf8');
const codesIn = (heading: string): string[] => {
  const [section = ''] = page.split(`## ${heading}`)[1]?.split('\n## ') ?? [];
  return [...section.matchAll(/^\| `?([A-Za-z0-9-]+)(?:…s?)?`? \|/gm)]
    .map(([, code]) => code!)
    .filter((code) => code !== 'code' && code !== '---');
};

describe('the page on verdicts', () => {
  it('has every link and every warning', () => {
    expect(codesIn('What is asked of each link')).toEqual(LINK_CODES);
    expect(codesIn('Warnings')).toEqual(Object.keys(WARNINGS));
  });

  it('shows declarations that can be read', () => {
    const example = /^ {4}\{\n[\s\S]*?^ {4}\}$/m.exec(page)?.[0] ?? '';
    const { means, exceptions } = readDeclarations(JSON.parse(example));
    expect([means.length, exceptions.length]).toEqual([1, 1]);
  });
});

describe('the tables of codes', () => {
  it('say each link in sentences', () => {
    for (const { holds, broken, fix } of Object.values(LINKS))
      for (const text of [holds, broken, fix]) expect(text).toMatch(/^[A-Z][\s\S]*\.$/);
  });

  it('complete warnings', () => {
    expect(warningText('re-notification-gap-3600s')).toContain('up to 3600 seconds');
    expect(warningText('newer-benchmark-needs-ModifySecurityGroupRules')).toContain('ModifySecurityGroupRules');
    expect(warningText('over-broad')).toMatch(/\.$/);
    expect(warningText('nonsense')).toBeUndefined();
  });
});
