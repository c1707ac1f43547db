import { cloudWatchHandlers } from '../../src/aws/cloudwatch/cloudwatch-handlers.ts';
