import type { Metadata } from "next";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { EnterpriseView } from "./_components/enterprise-view";

export const metadata: Metadata = {
  title: "Enterprise",
  description:
    "A separate queue, limits that fit your traffic and a price by agreement. Tell us what you need.",
};

export default async function EnterprisePage() {
  return <EnterpriseView signedIn={(await getPortalPrincipal()) !== null} />;
}
