import { Monitor, Smartphone, SquareTerminal } from "lucide-react";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import type { Session } from "../_lib/session";

const handheld = /iPhone|iPad|Android/;

const iconOf = ({ kind, device }: Session) => {
  if (kind === "api") return SquareTerminal;
  return handheld.test(device) ? Smartphone : Monitor;
};

export function SessionRow({ session, onRevoke }: { session: Session; onRevoke: () => void }) {
  const Icon = iconOf(session);
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <Icon className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="break-words font-medium">{session.device}</span>
          {session.current && <Badge tone="accent">this session</Badge>}
          {session.kind === "api" && <Badge tone="outline">API</Badge>}
        </p>
        <p className="mt-0.5 text-[13px] text-muted">
          {session.ip && (
            <>
              <span className="break-all">{session.ip}</span> ·{" "}
            </>
          )}
          signed in <RelativeTime iso={session.created_at} /> · last seen{" "}
          <RelativeTime iso={session.last_seen_at} /> · expires <RelativeTime iso={session.ends_at} />
        </p>
      </div>
      {!session.current && (
        <Button variant="secondary" size="sm" onClick={onRevoke} aria-label={`Sign out ${session.device}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}
