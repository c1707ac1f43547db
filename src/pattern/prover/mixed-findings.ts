import { splitFields } from '../delimited-fields.ts';
import type { Budget } from './budget.ts';
import { shapeRecord, usualAt } from './cloudtrail-shape.ts';
import { type Condition, not } from './condition.ts';
import { delimitedFindings } from './delimited-findings.ts';
import { type Draft, object, scalar, writeDraft } from './draft.ts';
import { type Finding, type Findings, findingsBySide, liesOn, unknown } from './finding.ts';
import { Landscape } from './region.ts';
import { filterRule, jsonCondition, type Rule, ruleMatches, textMembers } from './rule.ts';
import { MessageProver, messageCondition, textFindings } from './text-findings.ts';

const REASON = 'patterns that judge the text of a message and patterns that judge its JSON are compared by trying only';

/**
 * Compares rules of different kinds: by messages that each kind alone finds telling, tried on both
 * rules, and by what can be said of one rule alone.
 */
export function mixedFindings(a: Rule, b: Rule, budget: Budget): Findings {
  const candidates = messagesFor(a, b, budget);
  const [reachA, reachB] = [reachOf(a, budget), reachOf(b, budget)];
  return findingsBySide((side): Finding => {
    const message = candidates.find((text) => liesOn(side, a, b, text));
    if (message !== undefined) return { kind: 'some', message };
    const isEmpty =
      side === 'onlyA'
        ? reachA === 'nothing' || reachB === 'everything'
        : side === 'onlyB'
          ? reachB === 'nothing' || reachA === 'everything'
          : reachA === 'nothing' || reachB === 'nothing';
    return isEmpty ? { kind: 'none' } : unknown(REASON);
  });
}

/** What a rule can be shown to match at all. */
function reachOf(rule: Rule, budget: Budget): 'nothing' | 'everything' | 'something' {
  const texts = textMembers(rule);
  const all = filterRule('');
  const part = (kind: 'text' | 'delimited'): Rule => ({
    members: rule.members.filter(({ compiled }) => compiled?.pattern.kind === kind),
    notes: [],
  });
  if (texts.some(({ pattern }) => pattern.kind === 'everything')) return 'everything';
  const findings = [textFindings(part('text'), all, budget), delimitedFindings(part('delimited'), all, budget)];
  if (findings.some(({ onlyB }) => onlyB.kind === 'none')) return 'everything';
  const condition = jsonCondition(rule);
  const isJsonEmpty = new Landscape([condition], usualAt, budget).decide(condition).kind === 'none';
  return isJsonEmpty && findings.every(({ both }) => both.kind === 'none') ? 'nothing' : 'something';
}

function messagesFor(a: Rule, b: Rule, budget: Budget): string[] {
  const rules = [a, b];
  const events = rules.flatMap((rule) => eventsFor(jsonCondition(rule), budget));
  const lines = rules.flatMap((rule) => linesFor(rule, budget));
  const messages = new Set([...events.map(writeDraft), ...lines]);
  for (const event of events) {
    messages.add(writeDraft(shapeRecord(event, () => true)));
    messages.add(escaped(event));
    for (const line of lines) {
      messages.add(writeDraft(withMember(event, line)));
      messages.add(`${line}${writeDraft(event)}`);
      if (splitFields(line).length > 0) messages.add(`${writeDraft(event)} ${line}`);
    }
  }
  for (const line of lines) for (const other of lines) messages.add(`${line} ${other}`);
  budget.spend(messages.size, 'the messages are too many to try');
  const readable = [...messages].sort((left, right) => Number(right.startsWith('{')) - Number(left.startsWith('{')));
  return readable.filter((message) => rules.some((rule) => ruleMatches(rule, message)));
}

/** Events that fulfil a condition, and that do not. */
function eventsFor(condition: Condition, budget: Budget): Draft[] {
  const landscape = new Landscape([condition], usualAt, budget);
  return [condition, not(condition)].flatMap((wanted) => {
    const verdict = landscape.decide(wanted);
    return verdict.kind !== 'none' && verdict.event ? [verdict.event] : [];
  });
}

/** Lines that the text and space-delimited patterns of a rule match, and that they do not. */
function linesFor(rule: Rule, budget: Budget): string[] {
  const condition = messageCondition(rule);
  const prover = new MessageProver([condition], budget);
  const texts = [prover.find(condition), prover.find(not(condition))];
  const delimited: Rule = {
    members: rule.members.filter(({ compiled }) => compiled?.pattern.kind === 'delimited'),
    notes: [],
  };
  const { both, onlyB } = delimitedFindings(delimited, filterRule(''), budget);
  for (const finding of [both, onlyB]) if (finding.kind === 'some') texts.push(finding.message);
  return texts.flatMap((text) => (text === undefined ? [] : [text]));
}

const withMember = (event: Draft, text: string): Draft =>
  event.kind === 'object' ? object([...event.members, ['note', scalar(JSON.stringify(text))]]) : event;

/** The same event with every character of a string written as its code, so that hardly a text is found in it. */
function escaped(event: Draft): string {
  return writeDraft(event).replaceAll(/"(?:[^"\\]|\\.)*"/g, (string) => {
    const text = JSON.parse(string) as string;
    const codes = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at).toString(16).padStart(4, '0'));
    return `"${codes.map((code) => `\\u${code}`).join('')}"`;
  });
}
