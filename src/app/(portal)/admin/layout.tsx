import { notFound } from "next/navigation";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import type { ReactNode } from "react";
import { getPortalPrincipal } from "@/server/auth/portal-principal";
import { hasOperatorFactor, isOperator } from "@/server/trpc/middleware/authorize";
import { AdminNavigation } from "./_components/admin-navigation";
import { FactorNeeded } from "./_components/factor-needed";

/** Operators only: for everyone else these pages do not exist, and their calls are refused as well. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const principal = await getPortalPrincipal();
  if (!isOperator(principal)) notFound();
  if (!hasOperatorFactor(principal)) return <FactorNeeded />;
  return (
    <NuqsAdapter>
      <AdminNavigation />
      {children}
    </NuqsAdapter>
  );
}
