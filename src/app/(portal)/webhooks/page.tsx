import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { pollingSnippets } from "@/components/snippets/polling-snippets";
import { Button } from "@/components/ui/button";
import { CodeTabs } from "@/components/ui/code-tabs";
import { EmptyState } from "@/components/ui/empty-state";
import { publicUrl } from "../../_lib/public-url";
import { sampleModel } from "../../_lib/sample-model";
import { PageHeader } from "../_components/page-header";

export const metadata: Metadata = { title: "Webhooks" };

/** There are none yet, and the page says so: what works today, ready to paste. */
export default function WebhooksPage() {
  const call = {
    baseUrl: publicUrl(),
    body: { model: sampleModel().id, prompt: "Why does an agate have bands?" },
  };
  return (
    <>
      <PageHeader title="Webhooks">How your programs learn that a request has ended.</PageHeader>
      <EmptyState
        title="AgathaAI does not call your server yet"
        action={
          <Button asChild variant="secondary">
            <Link href="/docs/requests">Read about requests and results</Link>
          </Button>
        }
      >
        There is nothing to set up here for now. Two ways to learn of a result work today, and each ends with
        the same answer.
      </EmptyState>
      <div className="mt-10 grid items-start gap-x-6 gap-y-10 lg:grid-cols-2">
        <Way title="Wait in the call" samples={inferenceSnippets(call)}>
          For a person who is waiting. <code>Prefer: wait=60</code> keeps the call open until the request
          ends, for a minute at most. If it takes longer, you get its id and it goes on.
        </Way>
        <Way title="Come back for it" samples={pollingSnippets(call)}>
          For work in the background. The call answers with an id at once. Ask for the result until it is no
          longer <code>202</code>; <code>GET /api/v1/inference/:id</code> tells the status alone. Asking takes
          nothing from your plan.
        </Way>
      </div>
    </>
  );
}

function Way({
  title,
  samples,
  children,
}: {
  title: string;
  samples: ReturnType<typeof pollingSnippets>;
  children: ReactNode;
}) {
  return (
    <section className="grid min-w-0 grid-cols-1 gap-3">
      <h2 className="font-semibold text-base">{title}</h2>
      <p className="max-w-prose text-muted lg:min-h-15">{children}</p>
      <CodeTabs samples={samples} label={title} className="min-w-0" />
    </section>
  );
}
