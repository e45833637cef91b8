"use client";

import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { useMemo } from "react";
import { auditKinds } from "@/shared/audit-actions";
import { DAY, MINUTE } from "@/shared/time";

export const reports = ["sign-ins", "admin"] as const;
export const spans = ["7d", "30d", "90d"] as const;
export const days: Record<(typeof spans)[number], number> = { "7d": 7, "30d": 30, "90d": 90 };
export const methods = ["password", "passkey", "google", "github", "company"] as const;
export const actors = ["user", "key", "service_account", "operator", "system"] as const;

/** Each organization that is shown has a line in its log: half an ID must not show all of them. */
export const isOrganizationId = (text: string) => /^org_[0-9a-z]{26}$/.test(text);

/** What is shown, kept in the address, and the same as the API takes it. */
export function useReportFilters() {
  const [filters, setFilters] = useQueryStates({
    report: parseAsStringLiteral(reports).withDefault("sign-ins"),
    time: parseAsStringLiteral(spans).withDefault("30d"),
    organization: parseAsString,
    method: parseAsStringLiteral(methods),
    by: parseAsStringLiteral(actors),
    kind: parseAsStringLiteral(auditKinds),
  });
  const { time, organization } = filters;
  // The same period for every page of the list, until another is chosen.
  const period = useMemo(() => {
    const to = Math.ceil(Date.now() / MINUTE) * MINUTE;
    return { from: new Date(to - days[time] * DAY).toISOString(), to: new Date(to).toISOString() };
  }, [time]);
  const common = {
    ...period,
    ...(organization !== null && isOrganizationId(organization) && { organization_id: organization }),
  };
  return { filters, setFilters, common };
}

export type ReportFilters = ReturnType<typeof useReportFilters>;
