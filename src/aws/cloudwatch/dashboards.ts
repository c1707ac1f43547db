import { Refusal } from '../../base/refusal.ts';
import { partitionOf, type Scope } from '../../base/scope.ts';
import {
  findDashboard,
  listDashboards as findDashboards,
  deleteDashboards as removeDashboards,
  putDashboard as storeDashboard,
} from '../../chain/dashboards/dashboards.ts';
import { checkDashboardBody } from './dashboard-body.ts';
import type { CloudWatchDeps, CloudWatchOperation } from './deps.ts';
import { readToken, writeToken } from './page-token.ts';
import { invalidValue, validationError } from './refusals.ts';
import { checkTagKeys, mergedTags } from './tags.ts';

const PAGE = 1_000;
const LONGEST_NAME = 255;
const MOST_TAGS = 50;

/** Recorded on AWS: a listed size is that of the stored body and this many bytes. */
const SIZE_BESIDE_BODY = 37;

export const putDashboard =
  ({ store, clock }: CloudWatchDeps): CloudWatchOperation<'PutDashboard'> =>
  async ({ DashboardName, DashboardBody, Tags = [] }, { scope }) => {
    checkName('DashboardName', DashboardName);
    if (DashboardBody === '') throw invalidValue('The parameter DashboardBody is required.\n');
    if (Tags.length > MOST_TAGS)
      throw invalidValue(`The collection Tags must not have a size greater than ${MOST_TAGS}.\n`);
    checkTagKeys(Tags);
    const { body, warnings } = checkDashboardBody(DashboardBody);
    const draft = { name: DashboardName, body, tags: mergedTags({}, Tags) };
    await store.write((tx) => storeDashboard(tx, scope.account, draft, clock.now()));
    return { DashboardValidationMessages: warnings.map(({ path, message }) => ({ DataPath: path, Message: message })) };
  };

export const getDashboard =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'GetDashboard'> =>
  async ({ DashboardName }, { scope }) => {
    checkName('DashboardName', DashboardName);
    const dashboard = await findDashboard(store.read, scope.account, DashboardName);
    if (!dashboard) throw new Refusal('DashboardNotFoundError', `Dashboard ${DashboardName} does not exist`);
    return { DashboardArn: arnOfDashboard(scope, DashboardName), DashboardBody: dashboard.body, DashboardName };
  };

export const listDashboards =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'ListDashboards'> =>
  async ({ DashboardNamePrefix: prefix = '', NextToken }, { scope }) => {
    // A prefix may have a dot, as AWS documents; no name has one.
    if (prefix !== '') checkName('DashboardNamePrefix', prefix.replaceAll('.', ''), prefix.length);
    const found = await findDashboards(store.read, scope.account, {
      prefix,
      after: placeIn(NextToken),
      limit: PAGE + 1,
    });
    const page = found.slice(0, PAGE);
    const last = page.at(-1);
    return {
      DashboardEntries: page.map(({ name, bytes, updatedAt }) => ({
        DashboardName: name,
        DashboardArn: arnOfDashboard(scope, name),
        LastModified: new Date(updatedAt - (updatedAt % 1_000)),
        Size: bytes + SIZE_BESIDE_BODY,
      })),
      NextToken: found.length > PAGE && last ? writeToken([last.name]) : undefined,
    };
  };

/** Recorded on AWS, though it documents otherwise: names that are not there are deleted already. */
export const deleteDashboards =
  ({ store }: CloudWatchDeps): CloudWatchOperation<'DeleteDashboards'> =>
  async ({ DashboardNames }, { scope }) => {
    if (DashboardNames.length === 0)
      throw invalidValue('Field DashboardNames is required and has to contain at least 1 element.\n');
    DashboardNames.forEach((name, i) => {
      checkName(`DashboardNames[${i}]`, name);
    });
    await store.write((tx) => removeDashboards(tx, scope.account, DashboardNames));
    return {};
  };

/** Dashboards have no region. */
const arnOfDashboard = ({ account, region }: Scope, name: string): string =>
  `arn:${partitionOf(region)}:cloudwatch::${account}:dashboard/${name}`;

/** @throws Refusal InvalidParameterValue, with the line that AWS has for it. */
function checkName(field: string, name: string, length = name.length): void {
  if (length === 0) throw invalidValue(`The parameter ${field} is required.\n`);
  if (length > LONGEST_NAME)
    throw invalidValue(
      `The value for field ${field} is too long. It must have length less than or equal to ${LONGEST_NAME}.\n`,
    );
  if (!/^[A-Za-z0-9_-]*$/.test(name))
    throw invalidValue(
      `The value for field ${field} contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n`,
    );
}

/** The name that the last page ended with. A token that is not ours has a code of its own here. */
function placeIn(token: string | undefined): string {
  try {
    const [after = ''] = readToken(token, ['string']) ?? [];
    return String(after);
  } catch {
    throw validationError('Invalid NextToken');
  }
}
