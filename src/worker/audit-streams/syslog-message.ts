import type { AuditEntryView } from "@agathaai/core/audit";

/** Facility 13 (log audit), severity 6 (informational): RFC 5424 §6.2.1. */
const PRIORITY = 13 * 8 + 6;
/** IANA's number for examples and documentation (RFC 5612), for lack of one of our own. */
const SD_ID = "agathaai@32473";
/** The JSON is UTF-8 (§6.4). */
const BOM = "\uFEFF";

/** One entry as RFC 5424 has it: position and identity as structured data, the whole entry as JSON. */
export function syslogMessage(
  entry: AuditEntryView,
  { host, orgId }: { host: string; orgId: string },
): string {
  const id = printable(entry.action, 32);
  const data = `[${SD_ID} id="${quoted(entry.id)}" sequence="${entry.sequence}" organization="${quoted(orgId)}"]`;
  const head = `<${PRIORITY}>1 ${entry.created_at} ${printable(host, 255)} agathaai - ${id} ${data}`;
  return `${head} ${BOM}${JSON.stringify(entry)}`;
}

/** Octet counting (RFC 5425 §4.3): the length in bytes, a blank, the message. */
export function frame(message: string): Buffer {
  const bytes = Buffer.from(message, "utf8");
  return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
}

function printable(text: string, max: number): string {
  return text.replaceAll(/[^\x21-\x7e]/g, "_").slice(0, max) || "-";
}

function quoted(text: string): string {
  return text.replaceAll(/["\\\]]/g, (character) => `\\${character}`);
}
