import { failedAnswer } from "../../../_client/failed-answer";
import type { UsageInput } from "./to-query";

/** Excel takes the text for UTF-8 by this mark at its start. */
const BYTE_ORDER_MARK = "\uFEFF";

/** Saves the usage as a file once all of it has come: one that breaks off leaves none behind. */
export async function saveUsage(query: UsageInput): Promise<void> {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, value);
  const answer = await fetch(`/usage/export?${asked}`);
  if (!answer.ok) throw await failedAnswer(answer);
  const [, filename = "usage.csv"] =
    /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "") ?? [];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(
    new Blob([BYTE_ORDER_MARK, await answer.blob()], { type: "text/csv;charset=utf-8" }),
  );
  link.download = filename;
  link.click();
  URL.revokeObjectURL(link.href);
}
