import { readFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as pattern from './index.ts';
import * as rules from './rules/index.ts';

describe('the published names', () => {
  it('are these', () => {
    expect(Object.keys(pattern).sort()).toEqual([
      'CompiledPattern',
      'EventView',
      'PatternError',
      'PatternSet',
      'RuleError',
      'compareRules',
      'compilePattern',
      'eventBridgeRule',
      'explainPattern',
      'filterRule',
      'gapIn',
      'isValidReference',
      'mendPattern',
      'parseNumber',
      'parsePattern',
      'referenceTo',
      'ruleMatches',
      'unionOf',
      'unlikeAnyRecord',
    ]);
  });

  it('load no reader of YAML', () => {
    const seen = new Set<string>();
    const visit = (file: string): void => {
      if (seen.has(file)) return;
      seen.add(file);
      const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export) (?!type)[^;]*?from '([^']+)';/gm);
      for (const [, name = ''] of imports) {
        expect(name, file).not.toBe('yaml');
        if (name.startsWith('.')) visit(fileURLToPath(new URL(name, pathToFileURL(file))));
      }
    };
    visit(fileURLToPath(new URL('./index.ts', import.meta.url)));
    expect(seen.size).toBeGreaterThan(40);
  });

  it('work as their example says', () => {
    const rootUse = pattern.compilePattern('{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }');
    expect(rootUse.matches('{"userIdentity":{"type":"Root"},"eventName":"ConsoleLogin"}')).toBe(true);
    expect(() => pattern.compilePattern('{ eventName = "ConsoleLogin" }')).toThrow(
      expect.objectContaining({ offset: 2, reason: 'expected a selector', suggestion: 'Write $.eventName.' }),
    );
  });

  it('read rules of other languages apart from the rest', () => {
    expect(Object.keys(rules).sort()).toEqual(['asFilterPatterns', 'kindOfRule', 'readRule', 'sigmaRule']);
    const sigma = rules.readRule('detection:\n  root:\n    userIdentity.type: Root\n  condition: root');
    expect(pattern.compareRules(sigma, pattern.filterRule('{ $.userIdentity.type = "Root" }')).relation).toBe(
      'equivalent',
    );
  });
});
