// Numbers and words of JSON.

/** Is what lies between `start` and `end` a number, `true`, `false` or `null`? */
export function isScalar(start: usize, end: usize): bool {
  const length = end - start;
  const first = load<u8>(start);
  if (first == 116) return length == 4 && load<u32>(start) == 0x65757274;
  if (first == 110) return length == 4 && load<u32>(start) == 0x6c6c756e;
  if (first == 102) return length == 5 && load<u32>(start, 1) == 0x65736c61;
  return isNumber(start, end);
}

// @ts-ignore: decorator
@inline
function isDigit(at: usize): bool {
  return <u32>(load<u8>(at) - 48) < 10;
}

function isNumber(start: usize, end: usize): bool {
  let at = start;
  if (load<u8>(at) == 45) at++;
  if (at == end || !isDigit(at)) return false;
  if (load<u8>(at) == 48) at++;
  else while (at < end && isDigit(at)) at++;
  if (at < end && load<u8>(at) == 46) {
    at++;
    const first = at;
    while (at < end && isDigit(at)) at++;
    if (at == first) return false;
  }
  if (at < end && (load<u8>(at) | 32) == 101) {
    at++;
    if (at < end && (load<u8>(at) == 43 || load<u8>(at) == 45)) at++;
    const first = at;
    while (at < end && isDigit(at)) at++;
    if (at == first) return false;
  }
  return at == end;
}
