import type { RingItem } from '../../item.ts';
import { ringFacts } from '../ring-facts.ts';
import { severityOf } from '../severity.ts';
import { accountOf, classOf, OCSF_VERSION, ownProduct, SEVERITIES } from './ocsf-common.ts';

/** A ring as Detection Finding: made, brought up to date, acknowledged, or told to be over. */
export function detectionFinding({ id, at, ring, isUpdate }: RingItem): object {
  const isOver = ring.new_state !== 'ALARM';
  const activity = isOver ? ([3, 'Close'] as const) : isUpdate ? ([2, 'Update'] as const) : ([1, 'Create'] as const);
  const { detail } = ringFacts(ring);
  return {
    ...classOf([2, 'Findings'], [2004, 'Detection Finding'], activity),
    time: at,
    ...SEVERITIES[severityOf(ring)],
    ...statusOf(ring, isOver),
    is_alert: !isOver && ring.silenced_by === null,
    message: ring.headline,
    metadata: {
      version: OCSF_VERSION,
      profiles: ['cloud'],
      product: ownProduct,
      uid: id,
      event_code: `ring-${ring.kind}`,
    },
    cloud: { provider: 'AWS', region: ring.region, account: accountOf(ring.account) },
    finding_info: {
      uid: ring.id,
      title: `${ring.alarm_name}: ${ring.headline}`,
      desc: ring.headline,
      types: [isOver ? 'Alarm over' : 'Alarm'],
      created_time: ring.at,
      modified_time: at,
      analytic: { name: ring.alarm_name, type_id: 1, type: 'Rule' },
      product: ownProduct,
    },
    resources: [{ uid: ring.account, type: 'AWS Account', region: ring.region }],
    evidences: [{ data: detail }],
    ...(ring.acknowledged_by !== null && { comment: `Acknowledged by ${ring.acknowledged_by}` }),
  };
}

function statusOf({ acknowledged_at, silenced_by }: RingItem['ring'], isOver: boolean) {
  if (isOver) return { status_id: 4, status: 'Resolved' };
  if (acknowledged_at !== null) return { status_id: 2, status: 'In Progress' };
  return silenced_by === null ? { status_id: 1, status: 'New' } : { status_id: 3, status: 'Suppressed' };
}
