import type { Metadata } from "next";
import { connection } from "next/server";
import { RelativeTime } from "@/components/format/relative-time";
import { getPlatformStatus } from "@/server/public-pages";
import { ComponentList } from "./_components/component-list";
import { ProviderTable } from "./_components/provider-table";
import { describeStatus } from "./_lib/describe-status";

export const metadata: Metadata = {
  title: "Status",
  description: "What works right now, checked when you open the page.",
};

export default async function StatusPage() {
  await connection();
  const status = await getPlatformStatus();
  const { headline, meaning, tone } = describeStatus(status);
  return (
    <div className="mx-auto max-w-[42.5rem] px-5 pt-16">
      <p className={tone === "good" ? "text-good" : tone === "attention" ? "text-attention" : "text-danger"}>
        <span aria-hidden="true">●</span> Status
      </p>
      <h1 className="mt-2 font-semibold text-3xl tracking-[-0.03em] sm:text-4xl">{headline}</h1>
      <p className="mt-3 text-base/6.5 text-muted">
        {meaning} Checked <RelativeTime iso={status.checkedAt.toISOString()} />.
      </p>
      <ComponentList readiness={status.readiness} />
      <ProviderTable providers={status.providers} />
    </div>
  );
}
