import type { Measurements, NoticeView } from "@agathaai/core/status";

const MOST_ENTRIES = 50;

const labels: Record<NoticeView["state"], string> = {
  investigating: "Investigating",
  identified: "Identified",
  monitoring: "Monitoring",
  resolved: "Resolved",
  scheduled: "Scheduled",
  in_progress: "In progress",
  completed: "Completed",
  canceled: "Canceled",
};

/** Every update of incidents and maintenance as an Atom feed (RFC 4287), newest first. */
export function renderStatusFeed(
  { incidents, maintenance, past }: Measurements,
  { appUrl, readAt }: { appUrl: string; readAt: Date },
): string {
  const updates = [...incidents, ...maintenance, ...past]
    .flatMap((notice) => notice.updates.map((update) => ({ notice, update })))
    .sort((one, other) => other.update.created_at.localeCompare(one.update.created_at))
    .slice(0, MOST_ENTRIES);
  const page = new URL("/status", appUrl).href;
  const entries = updates.map(
    ({ notice, update }) => `  <entry>
    <id>${page}#${update.id}</id>
    <title>${escapeXml(`${labels[update.state]}: ${notice.title}`)}</title>
    <updated>${update.created_at}</updated>
    <link href="${page}#${notice.id}"/>
    <content type="text">${escapeXml(update.text)}</content>
  </entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${page}</id>
  <title>AgathaAI status</title>
  <author><name>AgathaAI</name></author>
  <updated>${updates[0]?.update.created_at ?? readAt.toISOString()}</updated>
  <link href="${page}"/>
  <link rel="self" type="application/atom+xml" href="${new URL("/api/status/feed", appUrl).href}"/>
${entries.join("\n")}
</feed>
`;
}

/** XML 1.0 allows no control characters at all, not even escaped ones. */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
