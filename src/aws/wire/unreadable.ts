/** The bytes of a request cannot be turned into the operation's input at all; the message says where. */
export class Unreadable extends Error {}
