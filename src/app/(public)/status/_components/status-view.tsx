import type { Readiness } from "@agathaai/core/platform/observability/health";
import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Notice } from "@/components/ui/notice";
import type { PlatformStatus } from "@/server/platform-status";
import { summaries } from "../_lib/describe-status";
import { ComponentHistory } from "./component-history";
import { NoticeList } from "./notice-list";
import { ProviderTable } from "./provider-table";

const tones = { good: "text-good", attention: "text-attention", danger: "text-danger" } as const;

export function StatusView({ status }: { status: PlatformStatus }) {
  const { overall, readiness, measurements, providers, checkedAt } = status;
  const { headline, meaning, tone } = summaries[overall];
  return (
    <div className="mx-auto max-w-[42.5rem] px-5 pt-16">
      <p className={tones[tone]}>
        <span aria-hidden="true">●</span> Status
      </p>
      <h1 className="mt-2 font-semibold text-3xl tracking-[-0.03em] sm:text-4xl">{headline}</h1>
      <p className="mt-3 text-base/6.5 text-muted">
        {meaning} Checked <RelativeTime iso={checkedAt.toISOString()} />.
      </p>
      {measurements === null ? (
        <Unreadable readiness={readiness} />
      ) : (
        <>
          <NoticeList id="incidents" title="Incidents" notices={measurements.incidents} />
          <NoticeList id="maintenance" title="Maintenance" notices={measurements.maintenance} />
          <ComponentHistory components={measurements.components} />
          <ProviderTable providers={providers} />
          <NoticeList
            id="past"
            title="Past incidents and maintenance"
            notices={measurements.past}
            none="None in the last 90 days."
          />
        </>
      )}
      <p className="mt-12 text-muted">
        Follow along by{" "}
        <Link className="text-accent underline underline-offset-4" href="/status/subscribe">
          email
        </Link>
        ,{" "}
        <a className="text-accent underline underline-offset-4" href="/api/status/feed">
          Atom feed
        </a>{" "}
        or{" "}
        <a className="text-accent underline underline-offset-4" href="/api/status">
          JSON
        </a>
        .
      </p>
    </div>
  );
}

/** Without the database there is neither history nor incident: only what this process finds now. */
function Unreadable({ readiness }: { readiness: Readiness }) {
  const working = readiness.status === "ready";
  return (
    <Notice tone="attention" title="We can’t read our measurements" className="mt-10">
      {working
        ? "The database answers our check, but too slowly to read the history and incidents from it. Reload in a minute."
        : "The database doesn’t answer our check, and the history and incidents are in it. Accepted requests are kept there and will be answered."}
    </Notice>
  );
}
