"use client";

import { keepPreviousData, type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import Link from "next/link";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useMemo } from "react";
import { ListSkeleton } from "@/components/data/list-skeleton";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Segments } from "@/components/ui/fields/segments";
import { DAY, MINUTE } from "@/shared/time";
import { type Outputs, useTRPC } from "../../../../_client/trpc";
import { Breadcrumbs } from "../../../_components/breadcrumbs";
import { PageHeader } from "../../../_components/page-header";
import { RetryNotice } from "../../../_components/query-states";
import { UrlState } from "../../../_components/url-state";
import { actorName } from "../../_components/entry-table";
import { useNames } from "../../_lib/use-names";

const spans = ["7d", "30d", "90d"] as const;
type Span = (typeof spans)[number];
const days: Record<Span, number> = { "7d": 7, "30d": 30, "90d": 90 };
const parents = [{ href: "/audit", label: "Audit log" }];

export function ReportsView() {
  return (
    <UrlState order={["time"]}>
      <Reports />
    </UrlState>
  );
}

type NameOf = ReturnType<typeof useNames>["nameOf"];

function Reports() {
  const [span, setSpan] = useQueryState("time", parseAsStringLiteral(spans).withDefault("30d"));
  const { nameOf } = useNames();
  // The same period for both reports and their files, until another is chosen.
  const period = useMemo(() => {
    const to = Math.ceil(Date.now() / MINUTE) * MINUTE;
    return { from: new Date(to - days[span] * DAY).toISOString(), to: new Date(to).toISOString() };
  }, [span]);
  const trpc = useTRPC();
  const options = { placeholderData: keepPreviousData };
  const signIns = useQuery(trpc.audit.reports.signIns.queryOptions(period, options));
  const admin = useQuery(trpc.audit.reports.admin.queryOptions(period, options));
  return (
    <>
      <Breadcrumbs parents={parents} here="Reports" />
      <PageHeader
        title="Audit reports"
        actions={
          <Segments
            legend="Period"
            value={span}
            options={spans.map((value) => ({ value, label: `${days[value]} days` }))}
            onChange={(value) => void setSpan(value)}
          />
        }
      >
        Who signed in and how, and what admins and AgathaAI’s operators did, from your audit log.
      </PageHeader>
      {signIns.isPending || admin.isPending ? (
        // One place for both: the second moves by how long the first is.
        <ListSkeleton label="Loading the reports" rows={8} />
      ) : (
        <div className="grid grid-cols-1 gap-10">
          <SignIns report={signIns} period={period} nameOf={nameOf} />
          <Deeds report={admin} period={period} nameOf={nameOf} span={span} />
        </div>
      )}
    </>
  );
}

interface ReportProps<Report> {
  report: UseQueryResult<Report, unknown>;
  period: { from: string; to: string };
  nameOf: NameOf;
}

type SignInReport = Outputs["audit"]["reports"]["signIns"];
type Person = SignInReport["data"][number];

function SignIns({ report, period, nameOf }: ReportProps<SignInReport>) {
  const columns: Column<Person>[] = [
    {
      name: "Person",
      kind: "heading",
      className: "wrap-anywhere",
      cell: ({ user_id }) =>
        user_id === null ? "Unknown" : (nameOf(user_id) ?? <code className="text-[13px]">{user_id}</code>),
    },
    { name: "Sign-ins", kind: "number", cell: ({ sign_ins }) => sign_ins.toLocaleString("en-US") },
    {
      name: "How",
      from: "md",
      className: "text-muted",
      cell: ({ by_method }) =>
        Object.entries(by_method)
          .map(([method, times]) => `${method} ${times}`)
          .join(" · "),
    },
    {
      name: "Second factor",
      kind: "number",
      from: "sm",
      cell: ({ with_second_factor }) => with_second_factor,
    },
    { name: "New devices", kind: "number", from: "sm", cell: ({ new_devices }) => new_devices },
    { name: "Refused", kind: "number", from: "lg", cell: ({ failed }) => failed },
    {
      name: "Last",
      kind: "number",
      className: "whitespace-nowrap",
      cell: ({ last_at }) => <RelativeTime iso={last_at} className="text-muted" />,
    },
  ];
  return (
    <section aria-labelledby="sign-ins">
      <Head id="sign-ins" title="Sign-ins" file="sign-ins" period={period}>
        Into this organization. Wrong passwords aren’t listed: only the person sees those, in their settings.
      </Head>
      {report.isError && <RetryNotice query={report} title="Couldn’t load the sign-in report" />}
      {report.data?.data.length === 0 && (
        <EmptyState title="No sign-ins in this period">Choose a longer period.</EmptyState>
      )}
      {report.data !== undefined && report.data.data.length > 0 && (
        <ListTable
          caption="Sign-ins by person"
          columns={columns}
          rows={report.data.data}
          rowKey={({ user_id }) => user_id ?? "unknown"}
        />
      )}
    </section>
  );
}

type AdminReport = Outputs["audit"]["reports"]["admin"];
type Deed = AdminReport["data"][number];

function Deeds({ report, period, nameOf, span }: ReportProps<AdminReport> & { span: Span }) {
  const columns: Column<Deed>[] = [
    {
      name: "Action",
      kind: "heading",
      cell: ({ action, actor }) => (
        <>
          <Link
            href={`/audit?action=${action}&time=${span}${actor.id !== null && actor.type !== "operator" ? `&actor=${actor.id}` : ""}`}
            className="underline-offset-4 hover:underline"
          >
            <code className="wrap-anywhere text-[13px]">{action}</code>
          </Link>
          <span className="mt-0.5 block text-[13px] text-muted sm:hidden">
            {actorName({ actor }, nameOf)}
          </span>
        </>
      ),
    },
    {
      name: "By",
      from: "sm",
      className: "wrap-anywhere",
      cell: (deed) => actorName(deed, nameOf),
    },
    { name: "Times", kind: "number", cell: ({ times }) => times.toLocaleString("en-US") },
    {
      name: "Last",
      kind: "number",
      className: "whitespace-nowrap",
      cell: ({ last_at }) => <RelativeTime iso={last_at} className="text-muted" />,
    },
  ];
  return (
    <section aria-labelledby="admin">
      <Head id="admin" title="Admin actions" file="admin" period={period}>
        Members, roles, keys, policies and billing, and everything AgathaAI’s operators did or viewed.
      </Head>
      {report.isError && <RetryNotice query={report} title="Couldn’t load the admin report" />}
      {report.data?.data.length === 0 && (
        <EmptyState title="No admin actions in this period">Choose a longer period.</EmptyState>
      )}
      {report.data !== undefined && report.data.data.length > 0 && (
        <ListTable
          caption="Admin actions by person"
          columns={columns}
          rows={report.data.data}
          rowKey={({ actor, action }) => `${actor.type} ${actor.id} ${action}`}
        />
      )}
    </section>
  );
}

interface HeadProps {
  id: string;
  title: string;
  file: string;
  period: { from: string; to: string };
  children: string;
}

function Head({ id, title, file, period, children }: HeadProps) {
  return (
    <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
      <div>
        <h2 id={id} className="font-semibold text-lg tracking-tight">
          {title}
        </h2>
        <p className="text-[13px] text-muted">{children}</p>
      </div>
      <Button asChild variant="secondary" size="sm">
        <a
          href={`/audit/reports/${file}?${new URLSearchParams(period)}`}
          download
          title={`Export ${title} as CSV`}
        >
          <Download aria-hidden="true" />
          CSV
        </a>
      </Button>
    </div>
  );
}
