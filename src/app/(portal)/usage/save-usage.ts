import { createTRPCClient, httpBatchStreamLink } from "@trpc/client";
import type { AppRouter } from "@/server/trpc/root";
import type { UsageInput } from "./to-query";

/** Excel takes the text for UTF-8 by this mark at its start. */
const BYTE_ORDER_MARK = "\uFEFF";

/** Saves the usage as a file once all of its pieces have come: one that breaks off leaves none behind. */
export async function saveUsage(query: UsageInput): Promise<void> {
  const streaming = createTRPCClient<AppRouter>({ links: [httpBatchStreamLink({ url: "/api/trpc" })] });
  const { filename, pieces } = await streaming.usage.export.query(query);
  const parts = [BYTE_ORDER_MARK];
  for await (const piece of pieces) parts.push(piece);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: "text/csv;charset=utf-8" }));
  link.download = filename;
  link.click();
  URL.revokeObjectURL(link.href);
}
