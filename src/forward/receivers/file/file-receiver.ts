import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../../base/clock.ts';
import { fileFacts } from '../../../base/file-facts.ts';
import { makeFolder, PRIVATE } from '../../../base/make-folder.ts';
import type { Format } from '../../formats/format.ts';
import type { Outcome, Parcel, Receiver } from '../../receiver.ts';
import { compressFile, freeName, pruneRotated } from './rotated-files.ts';

export interface FileSettings {
  readonly path: string;
  readonly rotate: {
    /** A file that would grow beyond this is rotated first. */
    readonly bytes: number;
    /** So is one that was begun so many hours ago. */
    readonly hours?: number | undefined;
    /** Rotated files that stay. */
    readonly keep: number;
    readonly gzip: boolean;
  };
}

interface OpenFile {
  readonly handle: FileHandle;
  readonly identity: string;
  readonly begunAt: number;
  size: number;
}

const PRIVATE_FILE = 0o600;
const HOUR = 3_600_000;
const TAIL = 65_536;

/** Appends lines to a file, rotates it, and says that a line is written once it is on the disk. */
export function fileReceiver({ path, rotate }: FileSettings, format: Format, clock: Clock): Receiver {
  let current: OpenFile | undefined;

  const close = async (): Promise<void> => {
    const { handle } = current ?? {};
    current = undefined;
    await handle?.close();
  };

  const opened = async (): Promise<OpenFile> => {
    // Somebody else may have moved it, as logrotate does.
    if (current && (await fileFacts(path))?.identity !== current.identity) await close();
    if (current) return current;
    await makeFolder(dirname(path), PRIVATE);
    const handle = await open(path, 'a+', PRIVATE_FILE);
    try {
      const { size: found, dev, ino, birthtimeMs, ctimeMs } = await handle.stat();
      const size = await withoutTornLine(handle, found);
      const begunAt = found === 0 ? clock.now() : Math.round(birthtimeMs || ctimeMs);
      current = { handle, identity: `${dev}:${ino}`, begunAt, size };
      return current;
    } catch (error) {
      await handle.close();
      throw error;
    }
  };

  const rotated = async (): Promise<OpenFile> => {
    await close();
    const name = await freeName(path, clock.now());
    await rename(path, name);
    if (rotate.gzip) await compressFile(name);
    await pruneRotated(path, rotate.keep);
    return opened();
  };

  const isFull = ({ size, begunAt }: OpenFile, more: number): boolean =>
    size > 0 &&
    (size + more > rotate.bytes || (rotate.hours !== undefined && clock.now() - begunAt >= rotate.hours * HOUR));

  return {
    to: path,
    limits: { count: 10_000, bytes: 8_388_608, inFlight: 1 },
    encode: format,
    async send(parcels: readonly Parcel[]): Promise<Outcome> {
      const bytes = Buffer.from(parcels.map(({ text }) => `${text}\n`).join(''));
      try {
        let file = await opened();
        if (isFull(file, bytes.length)) file = await rotated();
        try {
          await file.handle.appendFile(bytes);
          await file.handle.datasync();
        } catch (error) {
          // A disk that is full may have taken half a line.
          await file.handle.truncate(file.size).catch(() => undefined);
          throw error;
        }
        file.size += bytes.length;
        return { result: 'sent' };
      } catch (error) {
        await close().catch(() => undefined);
        const { code = 'error', message } = error as NodeJS.ErrnoException;
        return { result: 'retry', reason: 'file', text: `${path} cannot be written: ${code} ${message}` };
      }
    },
    close,
  };
}

/** Cuts off a line that a crash left unfinished: its record is still to be sent. Gives the size that is left. */
async function withoutTornLine(handle: FileHandle, size: number): Promise<number> {
  let end = size;
  while (end > 0) {
    const start = Math.max(0, end - TAIL);
    const tail = Buffer.alloc(end - start);
    await handle.read(tail, 0, tail.length, start);
    const lastBreak = tail.lastIndexOf(10);
    if (lastBreak >= 0) {
      end = start + lastBreak + 1;
      break;
    }
    end = start;
  }
  if (end < size) {
    const torn = Buffer.alloc(Math.min(size - end, 4));
    await handle.read(torn, 0, torn.length, end);
    if (!BEGINS_OURS.test(torn.toString('latin1')))
      throw new Error('its last line has no end and is none of ours: is it the file of another program?');
    await handle.truncate(end);
  }
  return end;
}

/** How lines of every format begin, as much of one as there is, and what some file systems have in its place. */
const BEGINS_OURS = /^(?:\{|C(?:E(?:F:?)?)?$|\0)/;
