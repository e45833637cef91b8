"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { FailureNotice } from "../../../../../_client/failure-notice";
import type { Outputs } from "../../../../../_client/trpc";
import { useTRPC } from "../../../../../_client/trpc";

/** Links to the organization of an inquiry: known from the session, or searched by email. */
export function InquiryOrganization({ inquiry }: { inquiry: Inquiry }) {
  const trpc = useTRPC();
  const find = useMutation(trpc.operators.findOrganizations.mutationOptions({ meta: { refreshes: false } }));
  const known = inquiry.organization_id === null ? [] : [{ id: inquiry.organization_id, name: undefined }];
  const organizations = find.data?.data ?? known;
  return (
    <section aria-labelledby="organization">
      <h2 id="organization" className="mb-2 font-semibold text-base">
        Organization
      </h2>
      {organizations.length > 0 && (
        <ul className="grid gap-2">
          {organizations.map(({ id, name }) => (
            <li key={id} className="flex flex-wrap items-center gap-3">
              <span className="min-w-0 break-all">{name ?? <code className="text-[13px]">{id}</code>}</span>
              <Button asChild size="sm">
                <Link href={`/admin/organizations/${id}?inquiry=${inquiry.id}`}>Override plan</Link>
              </Button>
            </li>
          ))}
        </ul>
      )}
      {known.length === 0 && (
        <>
          {!find.data && <p className="mb-3 text-muted">They weren’t signed in when they wrote.</p>}
          {find.data?.data.length === 0 && (
            <p className="mb-3 text-muted" role="status">
              No account has this email yet. Ask them to sign up first.
            </p>
          )}
          {find.error && <FailureNotice error={find.error} className="mb-3" />}
          {!find.data?.data.length && (
            <Button
              variant="secondary"
              className="h-auto min-h-9 max-w-full whitespace-normal py-1.5"
              pending={find.isPending}
              onClick={() => find.mutate({ search: inquiry.email })}
            >
              <span className="wrap-anywhere">Search for {inquiry.email}</span>
            </Button>
          )}
        </>
      )}
    </section>
  );
}

type Inquiry = Outputs["operators"]["inquiry"];
