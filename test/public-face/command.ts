import pc from 'picocolors';
import { run } from '../../src/cli/main.ts';

/** One command line, run in this process as `main` would. */
export async function command(...words: string[]): Promise<{ code: number; out: string; notes: string }> {
  const [out, notes]: [string[], string[]] = [[], []];
  const code = await run(words, {
    out: (text) => void out.push(text),
    note: (text) => void notes.push(text),
    colors: pc.createColors(false),
  });
  return { code, out: out.join('\n'), notes: notes.join('\n') };
}
