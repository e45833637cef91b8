import type { Metadata } from "next";
import { OrganizationView } from "./_components/organization-view";

export const metadata: Metadata = { title: "Organization" };

export default async function OrganizationPage({
  params,
  searchParams,
}: {
  params: Promise<{ id: string }>;
  searchParams: Promise<{ inquiry?: string | string[] }>;
}) {
  const [{ id }, { inquiry }] = await Promise.all([params, searchParams]);
  return <OrganizationView id={id} inquiryId={typeof inquiry === "string" ? inquiry : undefined} />;
}
