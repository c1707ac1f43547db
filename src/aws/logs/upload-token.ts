/**
 * A sequence token as AWS still answers it: 56 digits that nobody has to send back. The same for
 * the same stream and time of its last upload.
 */
export const uploadToken = (streamId: number, at: number): string =>
  `49${String(at).padStart(15, '0')}${String(streamId).padStart(39, '0')}`;
