"use client";

import { useMutation } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { type LegalDocument, legalDocuments } from "@/shared/legal/documents";
import { signOutTo } from "../../../_client/auth-call";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";

interface ConsentRequiredProps {
  missing: readonly { document: LegalDocument; version: string }[];
}

/** In place of every page, for a person who has not agreed to a document in its present version. */
export function ConsentRequired({ missing }: ConsentRequiredProps) {
  const trpc = useTRPC();
  const agree = useMutation(
    trpc.consents.change.mutationOptions({
      onSuccess: () => location.reload(),
      meta: { refreshes: false },
    }),
  );
  return (
    <main
      id="content"
      tabIndex={-1}
      className="mx-auto w-full max-w-[42.5rem] px-4 py-8 outline-none sm:px-8"
    >
      <div className="mb-8 flex justify-end">
        <Button variant="ghost" onClick={() => void signOutTo("/sign-in")}>
          Sign out
        </Button>
      </div>
      <PageHeader title="Before you continue">
        These documents are in force in a version that you haven’t agreed to yet. API keys keep working.
      </PageHeader>
      <ul className="grid divide-y rounded-lg border">
        {missing.map(({ document, version }) => (
          <li key={document} className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1 p-4">
            <Link
              href={legalDocuments[document].path}
              target="_blank"
              className="font-medium text-accent underline underline-offset-4"
            >
              {legalDocuments[document].title}
            </Link>
            <span className="text-[13px] text-muted">Version {version}</span>
          </li>
        ))}
      </ul>
      <div className="mt-6 grid gap-4">
        {agree.error && <FailureNotice error={agree.error} />}
        <Button
          className="w-fit"
          pending={agree.isPending || agree.isSuccess}
          onClick={() => agree.mutate({ documents: [...missing], given: true })}
        >
          Agree and continue
        </Button>
      </div>
    </main>
  );
}
