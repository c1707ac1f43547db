import type { Control } from '../controls/control.ts';

/** Everything that a repair makes begins so; what does not is somebody else's. */
export const OWN_PREFIX = 'trailbell-';
export const OWN_TRAIL = 'trailbell';
export const OWN_TOPIC = 'trailbell-cis';
export const OWN_NAMESPACE = 'CISBenchmark';
/** The benchmark's own example, and what `serve --cis` makes. */
export const OWN_LOG_GROUP = 'CloudTrail/logs';

export const ownFilter = (control: Control): string => `${OWN_PREFIX}${control.slug}`;
export const ownAlarm = ownFilter;
export const ownMetric = ownFilter;

/** Whether a repair made a resource of this name, and so may change it. */
export const isOwn = (name: string): boolean => name === OWN_TRAIL || name.startsWith(OWN_PREFIX);

/** Control Tower repairs drift of its own resources: they are never changed, even when named. */
export const isControlTower = (name: string): boolean => /aws-?controltower/i.test(name);
