"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC } from "../../_client/trpc";
import type { Scope } from "../../_client/use-scopes";
import { PageHeader } from "./page-header";

interface RoleGateProps {
  /** The scope that this page's calls require. */
  needs: Scope;
  /** The page's name. */
  title: string;
  /** The roles that have the scope: "owners, admins and developers". */
  who: string;
  children: ReactNode;
}

/** Shows an explanation instead of the page when the member's role lacks its scope. */
export function RoleGate({ needs, title, who, children }: RoleGateProps) {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  if (me.data === undefined || me.data.scopes.includes(needs)) return children;
  const { name, role } = me.data.organization;
  return (
    <>
      <PageHeader title={title} />
      <EmptyState
        title="Your role doesn’t include this page"
        action={
          <Button asChild variant="secondary">
            <Link href="/team">View team</Link>
          </Button>
        }
      >
        Your role in {name} is {role}. {title} {title.endsWith("s") ? "are" : "is"} for {who}. An owner or
        admin can change your role.
      </EmptyState>
    </>
  );
}
