"use client";

import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { Button } from "@/components/ui/button";
import { toast } from "@/components/ui/toast-store";
import { readFailure } from "../../../_client/failure";
import { saveUsage } from "../_lib/save-usage";
import type { UsageInput } from "../_lib/to-query";

/** Saves what the page shows as CSV, every group and measure of it. */
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
