"use client";

import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toasts/toast-store";
import { failedResponse } from "../../../_client/failed-response";
import { readFailure } from "../../../_client/failure";
import type { AuditQuery } from "../_lib/types";

const formats = [
  ["csv", "CSV"],
  ["jsonl", "JSON Lines"],
] as const;

/** Exports what the filters select. The export is recorded in the log. */
export function ExportMenu({ query }: { query: AuditQuery }) {
  const save = useMutation({
    meta: { refreshes: false },
    mutationFn: (format: string) => saveLog(format, query),
    onError: (error) => toast("Export failed", { description: readFailure(error).message, tone: "danger" }),
  });
  return formats.map(([format, label]) => (
    <Button
      key={format}
      variant="secondary"
      className="h-10 sm:h-9"
      pending={save.isPending && save.variables === format}
      disabled={save.isPending}
      onClick={() => save.mutate(format)}
      title={`Export these entries as ${label}`}
    >
      <Download aria-hidden="true" />
      {label}
    </Button>
  ));
}

/** Makes Excel read the file as UTF-8. */
const BYTE_ORDER_MARK = "\uFEFF";

/** Saves the file once it has arrived whole, so that a broken download leaves none behind. */
async function saveLog(format: string, { created, ...fields }: AuditQuery): Promise<void> {
  const asked = new URLSearchParams();
  for (const [name, value] of Object.entries({
    ...fields,
    "created[gte]": created?.gte,
    "created[lt]": created?.lt,
  })) {
    if (value !== undefined) asked.set(name, String(value));
  }
  const answer = await fetch(`/audit/export/${format}?${asked}`);
  if (!answer.ok) throw await failedResponse(answer);
  const [, filename = `audit.${format}`] =
    /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "") ?? [];
  const parts = format === "csv" ? [BYTE_ORDER_MARK, await answer.blob()] : [await answer.blob()];
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(parts, { type: answer.headers.get("content-type") ?? "" }));
  link.download = filename;
  link.click();
  URL.revokeObjectURL(link.href);
}
