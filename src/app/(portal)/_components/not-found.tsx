import Link from "next/link";
import type { ComponentProps } from "react";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { readFailure } from "../../_client/failure";
import { Breadcrumbs } from "./breadcrumbs";
import { PageHeader } from "./page-header";

/** Whether a query failed because its ID names nothing here, or is no ID at all. */
export function isNotFound({ isError, error }: { isError: boolean; error: unknown }): boolean {
  const status = isError ? readFailure(error).status : undefined;
  return status === 400 || status === 404;
}

interface NotFoundProps extends Pick<ComponentProps<typeof Breadcrumbs>, "parents"> {
  /** The page's heading: "API key". */
  page: string;
  /** "Key not found". */
  title: string;
  /** The way to the list. */
  list: { href: string; label: string };
  children?: string;
}

/** Instead of a page about one thing, where there is none with its ID. */
export function NotFound({
  parents,
  page,
  title,
  list,
  children = "It may belong to another organization, or the ID is wrong.",
}: NotFoundProps) {
  return (
    <>
      <Breadcrumbs parents={parents} here="Not found" />
      <PageHeader title={page} />
      <EmptyState
        title={title}
        action={
          <Button asChild>
            <Link href={list.href}>{list.label}</Link>
          </Button>
        }
      >
        {children}
      </EmptyState>
    </>
  );
}
