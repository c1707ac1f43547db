import { filterRule, type Rule } from '../prover/rule.ts';
import { eventBridgeRule } from './event-bridge-rule.ts';
import { sigmaRule } from './sigma-rule.ts';

export type RuleKind = 'filter' | 'event-bridge' | 'sigma';

/** In which language a rule is written, told from its text. */
export function kindOfRule(text: string): RuleKind {
  if (/^\s*\{/.test(text) && isJson(text)) return 'event-bridge';
  return /^detection\s*:/m.test(text) ? 'sigma' : 'filter';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Reads a rule of any language: a CloudWatch Logs filter pattern, an EventBridge event pattern or
 * rule as JSON, or a Sigma rule as YAML. Throws `PatternError` or `RuleError`.
 */
export function readRule(text: string): Rule {
  switch (kindOfRule(text)) {
    case 'event-bridge':
      return eventBridgeRule(text);
    case 'sigma':
      return sigmaRule(text);
    case 'filter':
      return filterRule(text);
  }
}
