import { expect, it } from 'vitest';
import { type Calls, callsOn } from '../../../test/chain/logs-calls.ts';
import { NOON } from '../../../test/chain/logs-world.ts';
import { eachStore } from '../../../test/stores.ts';

const transformation = { metricName: 'm', metricNamespace: 'CISBenchmark', metricValue: '1' };

const filter = (filterName: string, more: object = {}) => ({
  logGroupName: 'g',
  filterName,
  filterPattern: '{ $.userIdentity.type = "Root" }',
  metricTransformations: [transformation],
  ...more,
});

async function withGroups({ call }: Calls, ...names: string[]): Promise<void> {
  for (const logGroupName of names) await call('CreateLogGroup', { logGroupName });
}

eachStore((open) => {
  it('gives a metric filter back as it was put, twice the same', async () => {
    const calls = callsOn(await open());
    const { call } = calls;
    await withGroups(calls, 'g');
    await call('PutMetricFilter', filter('plain', { filterPattern: ' ' }));
    await call(
      'PutMetricFilter',
      filter('full', {
        metricTransformations: [
          { ...transformation, metricValue: '$.n', unit: 'Bytes', dimensions: { User: '$.userIdentity.type' } },
        ],
        applyOnTransformedLogs: true,
        fieldSelectionCriteria: '@aws.region = "eu-west-1"',
        emitSystemFieldDimensions: ['@aws.account'],
      }),
    );
    await call(
      'PutMetricFilter',
      filter('default', { metricTransformations: [{ ...transformation, defaultValue: 0 }] }),
    );
    const described = await call('DescribeMetricFilters', { logGroupName: 'g' });
    expect(described).toEqual({
      metricFilters: [
        {
          filterName: 'default',
          filterPattern: '{ $.userIdentity.type = "Root" }',
          metricTransformations: [{ ...transformation, defaultValue: 0 }],
          creationTime: NOON,
          logGroupName: 'g',
          applyOnTransformedLogs: false,
        },
        {
          filterName: 'full',
          filterPattern: '{ $.userIdentity.type = "Root" }',
          metricTransformations: [
            { ...transformation, metricValue: '$.n', unit: 'Bytes', dimensions: { User: '$.userIdentity.type' } },
          ],
          creationTime: NOON,
          logGroupName: 'g',
          applyOnTransformedLogs: true,
          fieldSelectionCriteria: '@aws.region = "eu-west-1"',
          emitSystemFieldDimensions: ['@aws.account'],
        },
        {
          filterName: 'plain',
          filterPattern: ' ',
          metricTransformations: [transformation],
          creationTime: NOON,
          logGroupName: 'g',
          applyOnTransformedLogs: false,
        },
      ],
    });
    expect(await call('DescribeMetricFilters', { logGroupName: 'g' })).toEqual(described);
    expect((await call('DescribeLogGroups', {})).logGroups[0].metricFilterCount).toBe(3);
  });

  it('finds filters by group, prefix and metric, page by page', async () => {
    const calls = callsOn(await open());
    const { call, refusal } = calls;
    await withGroups(calls, 'g', 'h');
    for (const name of ['b', 'a2', 'a1']) await call('PutMetricFilter', filter(name));
    await call('PutMetricFilter', { ...filter('a1'), logGroupName: 'h' });
    const other = { ...transformation, metricName: 'other' };
    await call('PutMetricFilter', filter('c', { metricTransformations: [other] }));
    const found = async (input: object): Promise<string> => {
      const names: string[] = [];
      let nextToken: string | undefined;
      do {
        const page = await call('DescribeMetricFilters', { limit: 2, ...input, ...(nextToken && { nextToken }) });
        for (const each of page.metricFilters) names.push(`${each.logGroupName}/${each.filterName}`);
        nextToken = page.nextToken;
      } while (nextToken);
      return names.join(' ');
    };
    expect(await found({})).toBe('g/a1 h/a1 g/a2 g/b g/c');
    expect(await found({ filterNamePrefix: 'a' })).toBe('g/a1 h/a1 g/a2');
    expect(await found({ logGroupName: 'h' })).toBe('h/a1');
    expect(await found({ metricName: 'other', metricNamespace: 'CISBenchmark' })).toBe('g/c');
    expect(await refusal('DescribeMetricFilters', { metricName: 'm' })).toContain('InvalidParameterException');
    expect(await refusal('DescribeMetricFilters', { logGroupName: 'x' })).toBe(
      'ResourceNotFoundException: The specified log group does not exist.',
    );
  });

  it('publishes in the namespaces that AWS was recorded to take', async () => {
    const calls = callsOn(await open());
    const { call, refusal } = calls;
    await withGroups(calls, 'g');
    const metricNamespace = 'A.B-c_d/1#2:x';
    await call('PutMetricFilter', filter('f', { metricTransformations: [{ ...transformation, metricNamespace }] }));
    const { metricFilters } = await call('DescribeMetricFilters', { metricName: 'm', metricNamespace });
    expect(metricFilters).toHaveLength(1);
    const colon = { ...transformation, metricNamespace: ':x' };
    expect(await refusal('PutMetricFilter', filter('f', { metricTransformations: [colon] }))).toBe(
      'InvalidParameterException: Invalid metric transformation: metric namespace must not begin with a colon',
    );
    const star = { ...transformation, metricNamespace: 'a*' };
    expect(await refusal('PutMetricFilter', filter('f', { metricTransformations: [star] }))).toContain(
      'Member must satisfy regular expression pattern',
    );
  });

  it('replaces a filter of the same name and deletes it', async () => {
    const calls = callsOn(await open());
    const { call, refusal } = calls;
    await withGroups(calls, 'g');
    await call('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
    const put = () =>
      call('PutLogEvents', {
        logGroupName: 'g',
        logStreamName: 's',
        logEvents: [{ timestamp: NOON, message: 'ERROR' }],
      });
    await call('PutMetricFilter', filter('f', { filterPattern: 'ERROR' }));
    await put();
    await call('PutMetricFilter', filter('f', { filterPattern: 'WARN' }));
    await put();
    expect(calls.world.samples).toHaveLength(1);
    await call('DeleteMetricFilter', { logGroupName: 'g', filterName: 'f' });
    expect(await call('DescribeMetricFilters', { logGroupName: 'g' })).toEqual({ metricFilters: [] });
    expect(await refusal('DeleteMetricFilter', { logGroupName: 'g', filterName: 'f' })).toBe(
      'ResourceNotFoundException: The specified metric filter does not exist.',
    );
  });

  it('refuses what AWS refuses, in its words', async () => {
    const calls = callsOn(await open());
    await withGroups(calls, 'g');
    const refusal = (more: object) => calls.refusal('PutMetricFilter', filter('f', more));
    expect(await refusal({ filterPattern: '{ userIdentity = 1 }' })).toBe(
      'InvalidParameterException: Invalid metric filter pattern',
    );
    expect(await refusal({ filterPattern: 'a:b' })).toBe("InvalidParameterException: Invalid character(s) in term ':'");
    expect(await refusal({ filterPattern: 'x'.repeat(1025) })).toBe(
      `InvalidParameterException: 1 validation error detected: Value '${'x'.repeat(1025)}' at 'filterPattern' failed to satisfy constraint: Member must have length less than or equal to 1024`,
    );
    expect(await refusal({ metricTransformations: [transformation, transformation] })).toContain(
      "at 'metricTransformations' failed to satisfy constraint: Member must have length less than or equal to 1",
    );
    expect(await refusal({ logGroupName: 'x' })).toBe(
      'ResourceNotFoundException: The specified log group does not exist.',
    );
    await calls.call('CreateLogGroup', { logGroupName: 'ia', logGroupClass: 'INFREQUENT_ACCESS' });
    expect(await refusal({ logGroupName: 'ia' })).toContain('InvalidOperationException');
  });

  it('keeps the quotas of 100 filters and of 5 patterns with regular expressions', async () => {
    const calls = callsOn(await open());
    const { call, refusal } = calls;
    await withGroups(calls, 'g');
    const limit = 'LimitExceededException: Resource limit exceeded.';
    for (let index = 0; index < 100; index += 1)
      await call('PutMetricFilter', filter(`f${index}`, { filterPattern: index < 5 ? '{ $.a = %x% }' : 'x' }));
    expect(await refusal('PutMetricFilter', filter('one-more'))).toBe(limit);
    await call('PutMetricFilter', filter('f99'));
    await call('DeleteMetricFilter', { logGroupName: 'g', filterName: 'f99' });
    expect(await refusal('PutMetricFilter', filter('regex', { filterPattern: '%x%' }))).toBe(limit);
    await call('PutMetricFilter', filter('f1', { filterPattern: '[a = %y%]' }));
  });

  it('tests patterns', async () => {
    const { call, refusal } = callsOn(await open());
    expect(
      await call('TestMetricFilter', {
        filterPattern: '[ip, ..., size > 10]',
        logEventMessages: ['1.2.3.4 x 5', '1.2.3.4 [a b] 50'],
      }),
    ).toEqual({
      matches: [
        {
          eventNumber: 2,
          eventMessage: '1.2.3.4 [a b] 50',
          extractedValues: { $ip: '1.2.3.4', $2: 'a b', $size: '50' },
        },
      ],
    });
    expect(
      await call('TestMetricFilter', { filterPattern: '{ $.a = 1 }', logEventMessages: ['{"a":1}', 'x'] }),
    ).toEqual({
      matches: [{ eventNumber: 1, eventMessage: '{"a":1}', extractedValues: {} }],
    });
    expect(await refusal('TestMetricFilter', { filterPattern: '{', logEventMessages: ['x'] })).toBe(
      "InvalidParameterException: If a filter pattern starts with '{' it must end with '}'",
    );
  });
});
