import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { isOperator } from "@/server/trpc/middleware/authorize";
import { AdminNavigation } from "./_components/admin-navigation";

/** For everyone else there is nothing here; what its pages ask for is refused to them besides. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  if (!isOperator(await getPortalPrincipal())) notFound();
  return (
    <>
      <AdminNavigation />
      {children}
    </>
  );
}
