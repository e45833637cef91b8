import { notFound } from "next/navigation";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { isOperator } from "@/server/trpc/middleware/authorize";
import { AdminNavigation } from "./_components/admin-navigation";

/** Operators only: for everyone else these pages do not exist, and their calls are refused as well. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  if (!isOperator(await getPortalPrincipal())) notFound();
  return (
    <NuqsAdapter>
      <AdminNavigation />
      {children}
    </NuqsAdapter>
  );
}
