/** Text with everything that differs from run to run named instead: ids, times, ports, secrets. */
export function plain(text: string): string {
  return text
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+0000)/g, '<time>')
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '<time>')
    .replace(/\w+day \d\d \w+, \d{4} \d\d:\d\d:\d\d UTC/g, '<time>')
    .replace(/\(\d\d\/\d\d\/\d\d \d\d:\d\d:\d\d\)/g, '(<time>)')
    .replace(/\b\d\d:\d\d:\d\d\b/g, '<time>')
    .replace(/\b1\d{12}\b/g, '0')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/token=[0-9a-f]+/g, 'token=<token>')
    .replace(/key=[0-9a-f]{32}/g, 'key=<key>')
    .replace(/\b(?!00000000)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>');
}

/** The same for JSON, indented. */
export const plainJson = (value: unknown): string => `${plain(JSON.stringify(value, null, 2))}\n`;
