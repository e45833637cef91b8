import { Ban, CircleAlert, CircleCheck, CircleDashed, LoaderCircle } from "lucide-react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { Outputs } from "../../_client/trpc";

type RequestStatus = Outputs["history"]["list"]["data"][number]["status"];

const looks: Record<RequestStatus, { tone: BadgeTone; label: string; Icon: typeof Ban }> = {
  queued: { tone: "neutral", label: "Queued", Icon: CircleDashed },
  processing: { tone: "accent", label: "Processing", Icon: LoaderCircle },
  completed: { tone: "good", label: "Completed", Icon: CircleCheck },
  failed: { tone: "danger", label: "Failed", Icon: CircleAlert },
  cancelled: { tone: "neutral", label: "Canceled", Icon: Ban },
};

export function statusLabel(status: RequestStatus): string {
  return looks[status].label;
}

export function isLive(status: RequestStatus): boolean {
  return status === "queued" || status === "processing";
}

const YOUNG_MS = 10_000;

/** Polls quickly while the request is young, slowly later, and not at all once it has ended. */
export function pollInterval(
  request: { status: RequestStatus; created_at: string } | undefined,
): number | false {
  if (!request) return 500;
  if (!isLive(request.status)) return false;
  return Date.now() - Date.parse(request.created_at) < YOUNG_MS ? 500 : 2000;
}

export function StatusBadge({ status }: { status: RequestStatus }) {
  const { tone, label, Icon } = looks[status];
  return (
    <Badge tone={tone}>
      <Icon className={status === "processing" ? "animate-spin" : undefined} aria-hidden="true" />
      {label}
    </Badge>
  );
}
