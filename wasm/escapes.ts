// Escapes in strings.

let isEscaped: u64 = 0;

/** Did an escape of the block stand for an ASCII character, as in `\u0041`? */
export let wroteLetter: bool = false;

export function beginEscapes(): void {
  isEscaped = 0;
}

/** Does the block begin behind a backslash? */
// @ts-ignore: decorator
@inline
export function beginsEscaped(): u64 {
  return isEscaped;
}

/** Which bytes of the block have a backslash before them that is not escaped itself. */
export function escapedBytes(backslashes: u64): u64 {
  const EVEN: u64 = 0x5555555555555555;
  backslashes &= ~isEscaped;
  const follows = (backslashes << 1) | isEscaped;
  // Runs that begin at an odd place, added to themselves, end at the other parity.
  const oddStarts = backslashes & ~EVEN & ~follows;
  const sum = oddStarts + backslashes;
  isEscaped = sum < backslashes ? 1 : 0;
  return (EVEN ^ (sum << 1)) & follows;
}

/** Takes the bytes that follow a backslash, without quotes and backslashes; gives those that may not. */
export function badEscapes(at: usize, escaped: u64): u64 {
  let faults: u64 = 0;
  wroteLetter = false;
  for (let rest = escaped; rest; rest &= rest - 1) {
    const place = at + <usize>ctz(rest);
    const byte = load<u8>(place);
    if (byte == 117) {
      if (!isHex(place + 1) || !isHex(place + 2) || !isHex(place + 3) || !isHex(place + 4))
        faults |= (<u64>1) << ctz(rest);
      if (load<u16>(place + 1) == 0x3030) wroteLetter = true;
    } else if (byte != 47 && byte != 98 && byte != 102 && byte != 110 && byte != 114 && byte != 116)
      faults |= (<u64>1) << ctz(rest);
  }
  return faults;
}

function isHex(at: usize): bool {
  const byte = load<u8>(at);
  return <u32>(byte - 48) < 10 || <u32>((byte | 32) - 97) < 6;
}
