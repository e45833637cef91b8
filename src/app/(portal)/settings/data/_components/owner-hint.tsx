import Link from "next/link";
import { type PlanFeature, planNamesWith, plans } from "@/shared/plans";
import type { Me } from "../../_components/settings-section";

/** Whether this member may change what only owners can, and why not. */
export function hindrance(
  { organization: { role, plan } }: Me,
  feature: PlanFeature,
): "role" | "plan" | undefined {
  if (role !== "owner") return "role";
  return plans[plan].features[feature] ? undefined : "plan";
}

export function OwnerHint({ me, feature }: { me: Me; feature: PlanFeature }) {
  const why = hindrance(me, feature);
  if (why === undefined) return null;
  if (why === "role")
    return (
      <p className="text-[13px] text-muted">Owners can change it. Your role is {me.organization.role}.</p>
    );
  return (
    <p className="text-[13px] text-muted">
      Part of the {planNamesWith(feature).join(", ")} plan.{" "}
      <Link href="/billing" className="text-accent underline underline-offset-4">
        View plans
      </Link>
    </p>
  );
}
