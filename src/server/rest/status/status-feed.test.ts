import type { NoticeView } from "@agathaai/core/status";
import { expect, test } from "vitest";
import { renderStatusFeed } from "./status-feed";

const update = (id: string, minute: number, text: string) => ({
  id,
  state: "investigating" as const,
  text,
  created_at: `2026-11-27T10:0${minute}:00.000Z`,
});
const notice = (updates: NoticeView["updates"]): NoticeView => ({
  id: "ntc_1",
  kind: "incident",
  title: "Slow <answers> & errors",
  severity: "P2",
  components: ["api"],
  state: "investigating",
  starts_at: "2026-11-27T10:00:00.000Z",
  ends_at: null,
  created_at: "2026-11-27T10:00:00.000Z",
  updates,
});
const feedOf = (updates: NoticeView["updates"]) =>
  renderStatusFeed(
    { components: [], incidents: [notice(updates)], maintenance: [], past: [] },
    { appUrl: "https://agatha.example", readAt: new Date(0) },
  );

test("every update is an entry, the newest first", () => {
  const feed = feedOf([update("upd_a", 1, "First."), update("upd_b", 2, "Second.")]);
  expect(feed.indexOf("#upd_b")).toBeLessThan(feed.indexOf("#upd_a"));
  expect(feed).toContain("<updated>2026-11-27T10:02:00.000Z</updated>\n  <link");
});

test("what an operator wrote cannot end the XML it stands in", () => {
  const feed = feedOf([update("upd_a", 1, "</content><script>\u0001&amp;")]);
  expect(feed).toContain("&lt;/content&gt;&lt;script&gt;&amp;amp;");
  expect(feed).toContain("Slow &lt;answers&gt; &amp; errors");
});

test("a feed without updates is still a feed", () => {
  expect(feedOf([])).toContain("<updated>1970-01-01T00:00:00.000Z</updated>");
});
