"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { enterOrganization, followOrganization } from "../../../_client/organization-tabs";
import { useTRPC } from "../../../_client/trpc";

/** Leaves the page when its organization is no longer the session's: changed in another tab, deleted, or left by force. */
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
