"use client";

import { useQuery } from "@tanstack/react-query";
import { plans } from "@/shared/plans";
import { type Outputs, useTRPC } from "../../../_client/trpc";

const none: Outputs["roles"]["list"]["data"] = [];

/** The organization's own roles, where its plan lets them be given; none until loaded. */
export function useCustomRoles(): Outputs["roles"]["list"]["data"] {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  const inPlan = me.data !== undefined && plans[me.data.organization.plan].features.customRoles;
  const list = useQuery({ ...trpc.roles.list.queryOptions({ limit: 50 }), enabled: inPlan });
  return inPlan ? (list.data?.data ?? none) : none;
}
