import { describe, expect, it } from 'vitest';
import * as pattern from './index.ts';

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
      'isValidReference',
      'kindOfRule',
      'mendPattern',
      'parseNumber',
      'parsePattern',
      'readRule',
      'referenceTo',
      'sigmaRule',
      'unionOf',
    ]);
  });

  it('work as their example says', () => {
    const rootUse = pattern.compilePattern('{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS }');
    expect(rootUse.matches('{"userIdentity":{"type":"Root"},"eventName":"ConsoleLogin"}')).toBe(true);
    expect(() => pattern.compilePattern('{ eventName = "ConsoleLogin" }')).toThrow(
      expect.objectContaining({ offset: 2, reason: 'expected a selector', suggestion: 'Write $.eventName.' }),
    );
  });
});
