"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { HOUR } from "@/shared/time";
import { enterOrganization, followOrganization } from "../../_client/organization-tabs";
import { useTRPC } from "../../_client/trpc";

/**
 * Counts as use of the session every hour, which moves its end (30 days without use), its cookie and "last seen".
 * The absolute end stays where it is (`session-life.ts`).
 */
export function KeepSession() {
  useEffect(() => {
    const touch = () => {
      // A failed call is repeated by the next page, or an hour later.
      void fetch("/api/auth/session").catch(() => undefined);
    };
    touch();
    const timer = setInterval(touch, HOUR);
    return () => clearInterval(timer);
  }, []);
  return null;
}

/** Leaves the page when its organization is no longer the session's: switched in another tab, deleted, or the member removed. */
export function FollowOrganization({ organizationId }: { organizationId: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.account.me.queryOptions());
  const now = data?.organization.id ?? organizationId;
  useEffect(() => followOrganization(organizationId), [organizationId]);
  useEffect(() => {
    if (now !== organizationId) enterOrganization(now);
  }, [now, organizationId]);
  return null;
}
