import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/code/copy-button";
import { formatMoney } from "@/shared/format/money";
import type { ServiceAccount } from "../_lib/account";

export type Task = "rotate" | "disable" | "enable" | "delete";

interface RowProps {
  account: ServiceAccount;
  mayManage: boolean;
  onTask: (task: Task) => void;
}

export function AccountRow({ account, mayManage, onTask }: RowProps) {
  const { name, environment, status } = account;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 p-4">
      <div className="min-w-0 flex-1 basis-56">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link href={`/keys/${account.key_id}`} className="break-words font-medium hover:underline">
            {name}
          </Link>
          <Badge tone={environment === "live" ? "accent" : "outline"}>{environment}</Badge>
          {status !== "active" && (
            <Badge tone={status === "suspended" ? "danger" : "neutral"}>{status}</Badge>
          )}
          {account.previous_secret_until !== null && <Badge tone="attention">two secrets</Badge>}
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-1 text-[13px]">
          <code className="break-all">{account.id}</code>
          <CopyButton text={account.id} label={`Copy the client ID of ${name}`} />
        </p>
        <Facts account={account} />
      </div>
      {mayManage && (
        <div className="flex flex-wrap gap-2">
          <RowButton label={`Rotate the secret of ${name}`} onClick={() => onTask("rotate")}>
            Rotate secret
          </RowButton>
          {status === "disabled" ? (
            <RowButton label={`Enable ${name}`} onClick={() => onTask("enable")}>
              Enable
            </RowButton>
          ) : (
            <RowButton label={`Disable ${name}`} onClick={() => onTask("disable")}>
              Disable
            </RowButton>
          )}
          <RowButton label={`Delete ${name}`} onClick={() => onTask("delete")}>
            Delete
          </RowButton>
        </div>
      )}
    </li>
  );
}

function Facts({ account }: { account: ServiceAccount }) {
  const spent = account.environment === "test" ? "free" : formatMoney(account.spent_this_month_micros);
  return (
    <p className="mt-0.5 break-words text-[13px] text-muted">
      {account.scopes.join(", ")} · {spent}
      {account.environment === "live" && " this month"} ·{" "}
      {account.last_used_at === null ? (
        "never used"
      ) : (
        <>
          used <RelativeTime iso={account.last_used_at} />
        </>
      )}
      {account.previous_secret_until !== null && (
        <>
          {" "}
          · previous secret expires <RelativeTime iso={account.previous_secret_until} />
        </>
      )}
    </p>
  );
}

function RowButton({ label, onClick, children }: { label: string; onClick: () => void; children: string }) {
  return (
    <Button variant="secondary" size="sm" aria-label={label} onClick={onClick}>
      {children}
    </Button>
  );
}
