import { describe, expect, it } from 'vitest';
import { SCOPE, START } from '../../../test/chain/alarms-world.ts';
import { cloudWatchOn } from '../../../test/chain/cloudwatch-calls.ts';
import { eachStore, sqliteStore } from '../../../test/stores.ts';
import { putDashboard } from '../../chain/dashboards/dashboards.ts';
import type { Protocol } from '../wire/service.ts';

const PROTOCOLS: readonly Protocol[] = ['json1.0', 'query', 'cbor'];
const REGION = 'us-west-2';
const arn = (name: string) => `arn:aws:cloudwatch::${SCOPE.account}:dashboard/${name}`;

const text = (more: object = {}) => ({ type: 'text', properties: { markdown: 'owned' }, ...more });
const metric = (more: object = {}) => ({
  type: 'metric',
  properties: { region: REGION, metrics: [['AWS/EC2', 'CPUUtilization']], ...more },
});
const one = (type: string, properties: unknown) => ({ widgets: [{ type, properties }] });
const variable = (more: object = {}) => ({
  type: 'property',
  property: 'region',
  inputType: 'input',
  id: 'r',
  ...more,
});

/** Bodies that were refused on AWS, and the paths and words of its message. */
const REFUSED: readonly (readonly [string, unknown, readonly (readonly [string, string])[]])[] = [
  ['no widgets', {}, [['', "Should have required property 'widgets'"]]],
  ['widgets that are null', { widgets: null }, [['/widgets', 'Should be array']]],
  ['a widget that is a number', { widgets: [1] }, [['/widgets/0', 'Should be object']]],
  [
    'a widget without a type',
    { widgets: [{ properties: { markdown: 'x' } }] },
    [['/widgets/0', "Should have required property 'type'"]],
  ],
  [
    'a widget without properties',
    { widgets: [{ type: 'text' }] },
    [['/widgets/0', "Should have required property 'properties'"]],
  ],
  ['properties in a list', one('text', []), [['/widgets/0/properties', 'Should be object']]],
  ['text without markdown', one('text', {}), [['/widgets/0/properties', "Should have required property 'markdown'"]]],
  ['a number for markdown', one('text', { markdown: 3 }), [['/widgets/0/properties/markdown', 'Should be string']]],
  ['x alone', { widgets: [text({ x: 1 })] }, [['/widgets/0', 'Should have property y when property x is present']]],
  [
    'a place below zero',
    { widgets: [text({ x: -1, y: -1 })] },
    [
      ['/widgets/0/x', 'Should be >= 0'],
      ['/widgets/0/y', 'Should be >= 0'],
    ],
  ],
  ['a place off the grid', { widgets: [text({ x: 24, y: 0 })] }, [['/widgets/0/x', 'Should be <= 23']]],
  ['half a place', { widgets: [text({ x: 0.5, y: 0 })] }, [['/widgets/0/x', 'Should be integer']]],
  [
    'no size',
    { widgets: [text({ width: 0, height: 0 })] },
    [
      ['/widgets/0/height', 'Should be >= 1'],
      ['/widgets/0/width', 'Should be >= 1'],
    ],
  ],
  [
    'too large a size',
    { widgets: [text({ width: 25, height: 1001 })] },
    [
      ['/widgets/0/height', 'Should be <= 1000'],
      ['/widgets/0/width', 'Should be <= 24'],
    ],
  ],
  [
    'a metric without region',
    one('metric', { metrics: [['AWS/EC2', 'CPUUtilization']] }),
    [
      ['/widgets/0/properties', "Should have required property 'region'"],
      [
        '/widgets/0/properties',
        'The metric widget should have specified a region and a data source or an alarm annotation',
      ],
      ['/widgets/0/properties', "Should have required property 'annotations'"],
    ],
  ],
  [
    'rows that are no lists',
    { widgets: [metric({ metrics: ['AWS/EC2'] })] },
    [
      ['/widgets/0/properties/metrics/0', 'Should be array'],
      [
        '/widgets/0/properties/metrics/0',
        'Field "metrics" has to be an array of array of strings, with an optional metricRenderer object as last element',
      ],
    ],
  ],
  [
    'a period between minutes',
    { widgets: [metric({ period: 90 })] },
    [
      ['/widgets/0/properties/period', 'Should be multiple of 60'],
      ['/widgets/0/properties/period', 'Should match exactly one schema in oneOf'],
    ],
  ],
  ['alarms without alarms', one('alarm', {}), [['/widgets/0/properties', "Should have required property 'alarms'"]]],
  [
    'an empty list of alarms',
    one('alarm', { alarms: [] }),
    [['/widgets/0/properties/alarms', 'Should NOT have less than 1 items']],
  ],
  [
    'an unknown state',
    one('alarm', { alarms: [], states: ['BOGUS'] }),
    [['/widgets/0/properties/states/0', 'Should match pattern "OK|ALARM|INSUFFICIENT_DATA"']],
  ],
  ['a chart of nothing', one('chart', {}), [['/widgets/0/properties', "Should have required property 'data'"]]],
  ['a custom widget', one('custom', {}), [['/widgets/0/properties', "Should have required property 'endpoint'"]]],
  [
    'too many widgets',
    { widgets: Array.from({ length: 501 }, () => text()) },
    [['/widgets', 'Should NOT have more than 500 items']],
  ],
  ['variables that are no list', { widgets: [], variables: {} }, [['/variables', 'Should be array']]],
  [
    'an empty variable',
    { widgets: [], variables: [{}] },
    ['type', 'inputType', 'id', 'property'].map((name) => ['/variables/0', `Should have required property '${name}'`]),
  ],
  [
    'an unknown type of variable',
    { widgets: [], variables: [variable({ type: 'future' })] },
    [['/variables/0/type', 'The specified variable type is unknown. Use one of the allowed values: property,pattern']],
  ],
  [
    'an unknown input',
    { widgets: [], variables: [variable({ inputType: 'future' })] },
    [
      [
        '/variables/0/inputType',
        'The specified variable inputType is unknown. Use one of the allowed values: input,select,radio',
      ],
    ],
  ],
  [
    'nothing to choose from',
    { widgets: [], variables: [variable({ inputType: 'select' })] },
    [
      ...['values', 'tag', 'search', 'populateFrom', 'searchLabelValues'].map(
        (name) => ['/variables/0', `Should have required property '${name}'`] as const,
      ),
      ['/variables/0', 'Should match exactly one schema in oneOf'],
    ],
  ],
  [
    'a property twice',
    { widgets: [], variables: [variable(), variable({ id: 's' })] },
    [['/variables/1/property', 'Duplicated property in variable: "region"']],
  ],
];

/** Bodies that AWS stored, with its warnings. */
const WARNED: readonly (readonly [string, unknown, readonly (readonly [string, string])[]])[] = [
  [
    'unknown properties',
    {
      widgets: [{ type: 'text', properties: { markdown: 'x', futureProperty: { n: 1 } }, futureWidget: true }],
      futureRoot: [1],
    },
    [
      ['', 'The "futureRoot" property is not expected, will be ignored'],
      ['/widgets/0', 'The "futureWidget" property is not expected to be part of a widget definition, will be ignored'],
      [
        '/widgets/0/properties',
        'The "futureProperty" property is not expected to be part of a widget definition, will be ignored',
      ],
    ],
  ],
  [
    'an unknown type of widget',
    one('future-widget', { markdown: 'x' }),
    [
      [
        '/widgets/0/type',
        'The specified widget type is unknown. Use one of the allowed values: chart,custom,metric,service,text,log,alarm,explorer,timeline,serviceMap,serviceTable,trace',
      ],
    ],
  ],
  [
    'an unknown period override',
    { widgets: [], periodOverride: 'bogus' },
    [['/periodOverride', 'Should match pattern "^(inherit|auto)$"']],
  ],
  ['a number for it', { widgets: [], periodOverride: 1 }, [['/periodOverride', 'Should be string']]],
  [
    'an unknown background',
    one('text', { markdown: 'x', background: 'bogus' }),
    [
      [
        '/widgets/0/properties/background',
        'The value of "background" property is not valid. Should be equal to one of the allowed values: solid,transparent',
      ],
    ],
  ],
  [
    'an unknown view',
    { widgets: [metric({ view: 'bogus' })] },
    [
      [
        '/widgets/0/properties/view',
        'The value of "view" property is not valid. Should be equal to one of the allowed values: singleValue,timeSeries,bar,pie,gauge,table',
      ],
    ],
  ],
  ['an end without a start', { widgets: [], end: '2026-09-23T00:00:00Z' }, []],
  ['a log without a query', one('log', { region: REGION }), []],
  ['no metrics', { widgets: [metric({ metrics: [] })] }, []],
  ['a short period', { widgets: [metric({ period: 30, stat: 'p99.9' })] }, []],
  [
    'a metric drawn in its own way',
    { widgets: [metric({ metrics: [['N', 'm', 'Host', 'a', { id: 'm1' }], [{ expression: 'm1*2' }]] })] },
    [],
  ],
  ['an alarm in the place of metrics', { widgets: [one('metric', { annotations: { alarms: [] } }).widgets[0]] }, []],
  ['a variable to choose from', { widgets: [], variables: [variable({ inputType: 'radio', values: [] })] }, []],
];

eachStore((open) => {
  describe.each(PROTOCOLS)('dashboards over %s', (protocol) => {
    it('are stored without blanks, in every region, and told by name', async () => {
      const { call, world } = cloudWatchOn(await open(), protocol);
      const put = (DashboardName: string, DashboardBody: string, more: object = {}) =>
        call('PutDashboard', { DashboardName, DashboardBody, ...more });
      expect((await put('z', ' {\n "widgets" : [ ],\n "start": "-PT6H" }\n')).DashboardValidationMessages).toEqual([]);
      await world.clock.advance(1_500);
      await put('A_1', JSON.stringify(one('text', { markdown: 'café ☃' })));
      expect(await call('GetDashboard', { DashboardName: 'z' })).toEqual({
        DashboardArn: arn('z'),
        DashboardBody: '{"widgets":[],"start":"-PT6H"}',
        DashboardName: 'z',
      });
      const first = {
        DashboardName: 'A_1',
        DashboardArn: arn('A_1'),
        LastModified: new Date(START + 1_000),
        Size: 104,
      };
      const last = { DashboardName: 'z', DashboardArn: arn('z'), LastModified: new Date(START), Size: 67 };
      expect((await call('ListDashboards')).DashboardEntries).toEqual([first, last]);
      expect((await call('ListDashboards', { DashboardNamePrefix: 'A' })).DashboardEntries).toEqual([first]);
      expect((await call('ListDashboards', { DashboardNamePrefix: 'a' })).DashboardEntries).toEqual([]);
      expect((await call('ListDashboards', { DashboardNamePrefix: 'A.' })).DashboardEntries).toEqual([]);
      await call('DeleteDashboards', { DashboardNames: ['z', 'never', 'z'] });
      expect((await call('ListDashboards')).DashboardEntries).toEqual([first]);
      await world.stop();
    });

    it('keep their tags when they are replaced', async () => {
      const { call, refusal, world } = cloudWatchOn(await open(), protocol);
      const put = (DashboardBody: string, Tags: object[]) =>
        call('PutDashboard', { DashboardName: 'd', DashboardBody, Tags });
      const tags = async () => (await call('ListTagsForResource', { ResourceARN: arn('d') })).Tags;
      await put('{"widgets":[]}', [{ Key: 'owned', Value: 'created' }]);
      await put('{"widgets":[],"start":"-PT1H"}', [{ Key: 'owned', Value: 'updated' }]);
      expect(await tags()).toEqual([{ Key: 'owned', Value: 'created' }]);
      await call('TagResource', { ResourceARN: arn('d'), Tags: [{ Key: 'two', Value: '2' }] });
      await call('UntagResource', { ResourceARN: arn('d'), TagKeys: ['owned'] });
      expect(await tags()).toEqual([{ Key: 'two', Value: '2' }]);
      expect((await call('GetDashboard', { DashboardName: 'd' })).DashboardBody).toMatch(/-PT1H/);
      await call('DeleteDashboards', { DashboardNames: ['d'] });
      expect(await refusal('ListTagsForResource', { ResourceARN: arn('d') })).toMatch(/^404 ResourceNotFoundException/);
      await world.stop();
    });

    it('are refused as AWS refuses them, and then stay as they were', async () => {
      const { call, refusal, world } = cloudWatchOn(await open(), protocol);
      const body = '{"widgets":[]}';
      await call('PutDashboard', { DashboardName: 'd', DashboardBody: body });
      const put = (DashboardBody: string, DashboardName = 'd') =>
        refusal('PutDashboard', { DashboardName, DashboardBody });
      const invalid = '400 DashboardInvalidInputError: ';
      const value = '400 InvalidParameterValueException: ';
      for (const text of ['{', '[]', 'null', '"owned"', '['.repeat(100_000)])
        expect(await put(text)).toBe(`${invalid}The field DashboardBody must be a valid JSON object`);
      expect(await put('')).toBe(`${value}The parameter DashboardBody is required.\n`);
      const characters =
        'contains invalid characters. It can only contain alphanumerics, dash (-) and underscore (_).\n';
      expect(await put(body, 'a:b')).toBe(`${value}The value for field DashboardName ${characters}`);
      expect(await put(body, 'x'.repeat(256))).toBe(
        `${value}The value for field DashboardName is too long. It must have length less than or equal to 255.\n`,
      );
      expect(await put('{"widgets":null}')).toBe(
        `${invalid}The dashboard body is invalid, there are 1 validation errors:\n[\n  {\n    "dataPath": "/widgets",\n    "message": "Should be array"\n  }\n]`,
      );
      expect(await refusal('DeleteDashboards', { DashboardNames: ['d', 'a/b'] })).toBe(
        `${value}The value for field DashboardNames[1] ${characters}`,
      );
      expect(await refusal('DeleteDashboards', { DashboardNames: [] })).toBe(
        `${value}Field DashboardNames is required and has to contain at least 1 element.\n`,
      );
      expect(await refusal('ListDashboards', { DashboardNamePrefix: 'a/' })).toBe(
        `${value}The value for field DashboardNamePrefix ${characters}`,
      );
      expect(await refusal('ListDashboards', { NextToken: 'not-a-token' })).toBe(
        '400 ValidationException: Invalid NextToken',
      );
      expect(await refusal('GetDashboard', { DashboardName: 'never' })).toMatch(
        // Query's code is ResourceNotFound, which the SDK knows as the name of another error as well.
        /^404 (DashboardNotFoundError|ResourceNotFound): Dashboard never does not exist$/,
      );
      const Tags = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
      expect(await refusal('PutDashboard', { DashboardName: 'e', DashboardBody: body, Tags })).toBe(
        `${value}The collection Tags must not have a size greater than 50.\n`,
      );
      expect((await call('GetDashboard', { DashboardName: 'd' })).DashboardBody).toBe(body);
      expect((await call('ListDashboards')).DashboardEntries).toHaveLength(1);
      await world.stop();
    });
  });

  it('are listed a thousand to a page, without loss or repeat', async () => {
    const { call, world } = cloudWatchOn(await open(), 'json1.0');
    const names = Array.from({ length: 1_001 }, (_, i) => `d-${String(i).padStart(4, '0')}`);
    await world.context.store.write(async (tx) => {
      for (const name of [...names, 'e'])
        await putDashboard(tx, SCOPE.account, { name, body: '{"widgets":[]}', tags: {} }, START);
    });
    const first = await call('ListDashboards', { DashboardNamePrefix: 'd-' });
    const second = await call('ListDashboards', { DashboardNamePrefix: 'd-', NextToken: first.NextToken });
    expect(first.DashboardEntries).toHaveLength(1_000);
    expect(second.NextToken).toBeUndefined();
    const listed = [...first.DashboardEntries, ...second.DashboardEntries];
    expect(listed.map(({ DashboardName }: { DashboardName: string }) => DashboardName)).toEqual(names);
    await world.stop();
  });
});

describe('the body of a dashboard', () => {
  const open = sqliteStore();
  const put = async (body: unknown) => {
    const { call, refusal, world } = cloudWatchOn(await open(), 'json1.0');
    const input = { DashboardName: 'd', DashboardBody: JSON.stringify(body) };
    const answer = await call('PutDashboard', input).catch(() => refusal('PutDashboard', input));
    await world.stop();
    return answer;
  };

  it.each(REFUSED)('with %s is refused', async (_, body, faults) => {
    const listed = faults.map(([dataPath, message]) => ({ dataPath, message }));
    expect(await put(body)).toBe(
      `400 DashboardInvalidInputError: The dashboard body is invalid, there are ${faults.length} validation errors:\n${JSON.stringify(listed, null, 2)}`,
    );
  });

  it.each(WARNED)('with %s is stored, with what AWS warns of', async (_, body, warnings) => {
    expect((await put(body)).DashboardValidationMessages).toEqual(
      warnings.map(([DataPath, Message]) => ({ DataPath, Message })),
    );
  });

  it('that is wrong from end to end gets an answer of bounded size, with the whole count', async () => {
    const answer = await put({ widgets: Array.from({ length: 5_000 }, () => 0) });
    expect(answer).toMatch(/there are 5001 validation errors/);
    expect(answer.length).toBeLessThan(20_000);
  });
});
