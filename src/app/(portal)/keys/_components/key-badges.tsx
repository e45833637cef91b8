import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { Key } from "../_lib/key";

const statusTone: Record<Key["status"], BadgeTone> = {
  active: "good",
  rotating: "attention",
  rotated: "neutral",
  expired: "neutral",
  suspended: "danger",
  revoked: "neutral",
};

/** The key's environment, and its status unless active. */
export function KeyBadges({ apiKey: { environment, status } }: { apiKey: Key }) {
  return (
    <>
      <Badge tone={environment === "live" ? "accent" : "outline"}>{environment}</Badge>
      {status !== "active" && <Badge tone={statusTone[status]}>{status}</Badge>}
    </>
  );
}
