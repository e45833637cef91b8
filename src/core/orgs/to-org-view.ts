import { toPublicId } from "../platform/ids";
import type { OrgRole } from "../platform/principal";
import { planOf } from "./plan-of";
import type { OrgView } from "./schemas";

export interface OrgToShow {
  id: string;
  personal: boolean;
  createdAt: Date;
  subscription: { plan: string } | null;
}

export function toOrgView(org: OrgToShow, name: string, role: OrgRole): OrgView {
  return {
    id: toPublicId("org", org.id),
    name,
    personal: org.personal,
    role,
    plan: planOf(org.subscription),
    created_at: org.createdAt.toISOString(),
  };
}
