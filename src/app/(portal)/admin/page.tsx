import type { Metadata } from "next";
import { OrganizationsView } from "./_components/organizations-view";

export const metadata: Metadata = { title: "Organizations" };

export default function OrganizationsPage() {
  return <OrganizationsView />;
}
