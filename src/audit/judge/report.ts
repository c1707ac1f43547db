import { parseArn } from '../../base/scope.ts';
import type { BrokenLink } from '../broken-links.ts';
import type { Benchmark } from '../controls/benchmark.ts';
import { idsOf, type JudgedControl, judgedNumber, slugOf } from '../controls/judged-control.ts';
import { exceptionFor } from '../declarations.ts';
import type { Finding, FindingPath, LinkReport, LiteralVerdict, Verdict } from '../finding.ts';
import { explainScanners } from '../scanners/explain-scanners.ts';
import { warningText } from '../warnings.ts';
import type { AccountView } from './account-view.ts';
import type { JudgeOptions } from './judge-options.ts';
import type { Link } from './link.ts';
import type { OtherMeans } from './other-means.ts';
import { codesOf, linksThat, outcomeOf, type Path } from './path.ts';
import type { Target } from './target.ts';

export interface Judged {
  readonly view: AccountView;
  readonly judged: JudgedControl;
  readonly benchmark: Benchmark;
  readonly path: Path;
  readonly literal: LiteralVerdict;
  readonly options: JudgeOptions;
  /** Of a control with a chain. */
  readonly target?: Target;
  readonly means?: OtherMeans;
}

/** Puts what was found along the best path, and beside it, into a finding. */
export function findingFrom({ view, judged, benchmark, path, literal, options, target, means }: Judged): Finding {
  const verdict = verdictOf(path, means);
  const faults = faultsOf(path, verdict);
  const codes = codesOf(faults);
  const slug = slugOf(judged);
  const warnings = [...new Set(path.links.flatMap((link) => link.warnings ?? []))];
  const exception =
    options.declared && verdict !== 'PASS'
      ? exceptionFor(options.declared, slug, view.account, options.now)
      : undefined;
  return {
    control: judgedNumber(judged, benchmark) ?? slug,
    name: slug,
    ids: idsOf(judged),
    benchmark,
    account: view.account,
    region: regionOf(path, view),
    verdict,
    literal,
    brokenLink: codes[0] ?? null,
    brokenLinks: codes,
    warnings,
    reason: reasonOf(path, verdict, faults, means, warnings),
    fix: [...new Set(faults.flatMap(({ fix }) => fix ?? []))].join('\n'),
    counterexample: verdict === 'FAIL' ? counterexampleOf(faults, target) : null,
    path: { ...path.names, links: reportsOf(path) },
    evidence: [
      ...path.links.map(({ source, about, says }) => ({ source, about, fact: says })),
      ...(means?.evidence ?? []),
    ],
    ...(exception && {
      exception: { owner: exception.owner, reason: exception.reason, expires: exception.expires },
    }),
    ...(options.explainScanners && target && { scanners: explainScanners(view, target) }),
  };
}

function verdictOf(path: Path, means: OtherMeans | undefined): Verdict {
  const outcome = outcomeOf(path);
  if (outcome === 'whole' || means?.kind === 'proved') return 'PASS';
  if (means?.kind === 'possible' || outcome === 'review') return 'REVIEW';
  return outcome === 'unknown' ? 'UNKNOWN' : 'FAIL';
}

/** The links that the verdict rests on. */
function faultsOf(path: Path, verdict: Verdict): readonly Link[] {
  if (verdict === 'PASS') return [];
  const broken = linksThat(path, 'broken');
  if (broken.length > 0) return broken;
  const unknown = linksThat(path, 'unknown');
  return unknown.length > 0 ? unknown : linksThat(path, 'review');
}

function reasonOf(
  path: Path,
  verdict: Verdict,
  faults: readonly Link[],
  means: OtherMeans | undefined,
  warnings: readonly string[],
): string {
  const told = warnings.flatMap((warning) => warningText(warning) ?? []);
  const beside = means?.says ?? [];
  if (verdict === 'PASS') return [...(beside.length > 0 ? beside : [wholeChain(path)]), ...told].join(' ');
  const faultsTold = [...new Set(faults.map(({ says }) => says))];
  switch (verdict) {
    case 'FAIL':
      return [...faultsTold, ...told].join(' ');
    case 'UNKNOWN':
      return [...faultsTold, 'So nobody can say from here whether it rings.', ...told].join(' ');
    case 'REVIEW':
      return beside.length > 0
        ? [
            `The benchmark's chain is not whole: ${faultsTold.join(' ')}`,
            'But something else may ring:',
            ...beside,
            ...told,
          ].join(' ')
        : [...faultsTold, ...told].join(' ');
  }
}

function wholeChain({ names, links }: Path): string {
  if (names.trail === undefined) return links.map(({ says }) => says).join(' ');
  const last = (arn: string | undefined): string =>
    arn === undefined ? '' : (parseArn(arn)?.resource ?? arn).replace(/^(alarm:|trail\/|log-group:)/, '');
  const steps = [
    last(names.trail),
    last(names.logGroup),
    (names.filters ?? []).join(' + '),
    last(names.alarm),
    last(names.composite),
    last(names.topic),
    names.subscription ?? '',
  ].filter((step) => step !== '');
  return `Every link of the chain holds: ${steps.join(' -> ')}.`;
}

/** Codes after which an event that should ring would be no counterexample. */
const WITHOUT_EXAMPLE: ReadonlySet<BrokenLink> = new Set(['F4', 'H1']);

function counterexampleOf(faults: readonly Link[], target: Target | undefined): Finding['counterexample'] {
  const [first] = faults;
  if (!first || WITHOUT_EXAMPLE.has(first.code)) return null;
  return first.counterexample ?? target?.examples[0] ?? null;
}

function regionOf({ names }: Path, view: AccountView): string {
  return parseArn(names.logGroup ?? '')?.region || parseArn(names.trail ?? '')?.region || view.scenario.cliRegion;
}

const PLACES = [
  ['trail', ['T1', 'T2', 'T3', 'T4', 'T5']],
  ['log group', ['L1']],
  ['filters', ['F1', 'F2', 'F4']],
  ['metric', ['F3', 'A1']],
  ['alarm', ['A2', 'A3', 'A4']],
  ['topic', ['S1']],
  ['subscription', ['S2']],
  ['security hub', ['H1']],
] as const satisfies readonly (readonly [LinkReport['link'], readonly BrokenLink[]])[];

/** A line for each link of the chain; those that were not reached have nothing to say. */
function reportsOf({ links, names }: Path): readonly LinkReport[] {
  const isHub = links.every(({ code }) => code === 'H1');
  return PLACES.filter(([link]) => (link === 'security hub') === isHub).map(([link, codes]) => {
    const own = links.filter(({ code }) => (codes as readonly BrokenLink[]).includes(code));
    const broken = own.filter(({ status }) => status === 'broken');
    const open = own.filter(({ status }) => status === 'unknown' || status === 'review');
    const telling = broken.length > 0 ? broken : open.length > 0 ? open : own;
    return {
      link,
      name: nameOf(link, names),
      holds: broken.length > 0 ? false : own.length > 0 && open.length === 0 ? true : null,
      broken: codesOf(broken),
      says: [...new Set(telling.map(({ says }) => says))].join(' '),
    };
  });
}

function nameOf(link: LinkReport['link'], names: FindingPath): string | null {
  switch (link) {
    case 'trail':
      return names.trail ?? null;
    case 'log group':
      return names.logGroup ?? null;
    case 'filters':
      return names.filters?.join(', ') ?? null;
    case 'metric':
      return names.metric ?? null;
    case 'alarm':
      return names.composite ?? names.alarm ?? null;
    case 'topic':
      return names.topic ?? null;
    case 'subscription':
      return names.subscription ?? null;
    case 'security hub':
    case 'rule':
      return null;
  }
}
