// The scanner's engine: inflates gzip's content, and finds records that may match, in one memory.
// Built by tools/build-wasm.mjs, once with SIMD and once without.
export { beginInflate, inflate, inputAt, moveOutput, outputAt } from './inflate';
export { addToCrc, beginCrc, remainderOfCrc, sizeOfRemainder } from './crc';
export { addGlob, addGuard, addKey, addValue, beginGuards, linkKey } from './guards';
export {
  candidateCount,
  candidateSize,
  beginScan,
  moveScan,
  recordCount,
  scan,
  setAlways,
  sureAt,
} from './outline';
export { candidatesStart, CONTENT_SIZE, contentStart, INPUT_SIZE, inputStart, memoryEnd } from './memory';

/** Moves content, which may overlap itself. */
export function moveContent(to: usize, from: usize, size: usize): void {
  memory.copy(to, from, size);
}
