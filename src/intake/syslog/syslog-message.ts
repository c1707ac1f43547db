/** Priority, version, time, host, program, process and message id. (RFC 5424, section 6) */
const HEADER = /^<\d{1,3}>1 \S{1,64} \S{1,255} \S{1,48} \S{1,128} \S{1,32} /;
/** An element of structured data; within its quotes a bracket must be escaped. */
const ELEMENT = /\[[^\s\]="]{1,32}(?: [^\s\]="]{1,32}="(?:[^"\\\]]|\\[\s\S])*")*\]/y;
/** Before the text of older messages, which have no structured data. (RFC 3164) */
const OLD_HEADER = /^<\d{1,3}>[^{]{0,300}/;
const BOM = '\ufeff';

/**
 * The text that a syslog message carries: what follows the header and the structured data of RFC 5424; of an older
 * message, and of one without any header, what begins with a brace.
 */
export function textOfMessage(message: string): string {
  const [header] = HEADER.exec(message) ?? [];
  if (header === undefined) return message.replace(OLD_HEADER, '').trim();
  let at = header.length;
  if (message[at] === '-') at += 1;
  else {
    ELEMENT.lastIndex = at;
    while (ELEMENT.test(message)) {
      at = ELEMENT.lastIndex;
      ELEMENT.lastIndex = at;
    }
  }
  const text = message.slice(at).trim();
  return text.startsWith(BOM) ? text.slice(1) : text;
}
