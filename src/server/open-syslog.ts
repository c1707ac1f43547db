import { readFile } from 'node:fs/promises';
import { SyslogIntake, type SyslogIntakeSettings } from '../intake/syslog/syslog-intake.ts';
import type { SyslogSettings } from '../intake/syslog/syslog-settings.ts';

/** A listening syslog intake, as the settings say, and its port. Rejects when files or port cannot be had. */
export async function openSyslog(
  settings: SyslogSettings,
  engine: Pick<SyslogIntakeSettings, 'context' | 'accept'>,
): Promise<{ readonly intake: SyslogIntake; readonly port: number }> {
  const { port, host, allow } = settings;
  const intake = new SyslogIntake({ ...engine, port, host, allow, tls: await readTls(settings) });
  return { intake, port: await intake.start() };
}

async function readTls({ tlsCert, tlsKey, clientCa }: SyslogSettings): Promise<SyslogIntakeSettings['tls']> {
  if (!tlsCert || !tlsKey) return undefined;
  const [cert, key, ca] = await Promise.all(
    [tlsCert, tlsKey, clientCa].map((path) => (path === undefined ? undefined : readFile(path, 'utf8'))),
  );
  return { cert: cert ?? '', key: key ?? '', clientCa: ca };
}
