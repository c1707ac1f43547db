import { textAt, valueAt } from '../record.ts';
import { CONSOLE_PAGE, EVERYDAY, ROOT_TASKS, type RootTask } from './root-tasks.ts';

/**
 * What a record of root was done for: the id of a task, `EVERYDAY` or `CONSOLE_PAGE`; undefined for coming in, which
 * has no purpose of its own.
 */
export function purposeOf(record: unknown): string | undefined {
  const source = textAt(record, 'eventSource')?.replace(/\.amazonaws\.com(\.cn)?$/, '') ?? '';
  const name = textAt(record, 'eventName') ?? '';
  const task = ROOT_TASKS.find((each) => fits(each, source, name, record));
  if (task) return task.id;
  const type = textAt(record, 'eventType');
  if (type === 'AwsConsoleSignIn' || source === 'signin') return undefined;
  return type === 'AwsConsoleAction' ? CONSOLE_PAGE : EVERYDAY;
}

function fits({ events, parameter, ofRoot }: RootTask, source: string, name: string, record: unknown): boolean {
  if (!events.some(([from, ...names]) => from === source && names.includes(name))) return false;
  if (parameter && valueAt(record, 'requestParameters', ...parameter) === undefined) return false;
  return !ofRoot || isOfRoot(record);
}

/** Root's own credentials are changed by calls that name no user, or `AWS ROOT USER`. */
function isOfRoot(record: unknown): boolean {
  const user = textAt(record, 'requestParameters', 'userName');
  return user === undefined || user === 'AWS ROOT USER' || user === 'root';
}
