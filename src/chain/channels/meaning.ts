/**
 * What an alarm on a metric means, for somebody whom it has just woken; undefined for one that nobody has words for.
 * @param metric namespace and name, such as `CISBenchmark/CIS-4.3`
 */
export type MeaningOf = (metric: string) => string | undefined;

export const noMeaning: MeaningOf = () => undefined;
