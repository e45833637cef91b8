"use client";

import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { failedResponse } from "../../../_client/failed-response";
import { readFailure } from "../../../_client/failure";
import type { UsageInput } from "../_lib/usage-search";

/** Exports the period as CSV, with every group and measure. */
export function ExportButton({ query }: { query: UsageInput }) {
  const save = useMutation({
    meta: { refreshes: false },
    mutationFn: () => saveUsage(query),
    onError: (error) => toast("Export failed", { description: readFailure(error).message, tone: "danger" }),
  });
  return (
    <Button
      variant="secondary"
      className="h-10 sm:h-9"
      pending={save.isPending}
      onClick={() => save.mutate()}
      title="Export these figures as CSV"
    >
      {!save.isPending && <Download aria-hidden="true" />}
      CSV
    </Button>
  );
}

/** Makes Excel read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** Saves the file once it has arrived whole, so that a broken download leaves none behind. */
async function saveUsage(query: UsageInput): Promise<void> {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) asked.set(name, value);
  const answer = await fetch(`/usage/export?${asked}`);
  if (!answer.ok) throw await failedResponse(answer);
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
