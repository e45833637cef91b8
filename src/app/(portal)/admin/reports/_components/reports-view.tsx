"use client";

import { Segments } from "@/components/ui/fields/segments";
import { PageHeader } from "../../../_components/page-header";
import { DeedsList } from "./deeds-list";
import { ReportFilterBar } from "./report-filter-bar";
import { SignInsList } from "./sign-ins-list";
import { useReportFilters } from "./use-report-filters";

const options = [
  { value: "sign-ins", label: "Sign-ins" },
  { value: "admin", label: "Admin actions" },
] as const;

export function ReportsView() {
  const state = useReportFilters();
  const { filters, setFilters } = state;
  return (
    <>
      <PageHeader
        title="Reports"
        actions={
          <Segments
            legend="Report"
            value={filters.report}
            options={options}
            onChange={(report) => void setFilters({ report })}
          />
        }
      >
        From every organization’s audit log. Each organization shown has a line in its log that you looked.
      </PageHeader>
      <ReportFilterBar {...state} />
      {filters.report === "sign-ins" ? <SignInsList {...state} /> : <DeedsList {...state} />}
    </>
  );
}
