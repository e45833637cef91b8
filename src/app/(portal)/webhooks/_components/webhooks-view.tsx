import Link from "next/link";
import type { ReactNode } from "react";
import { inferenceSnippets } from "@/components/snippets/inference-snippets";
import { pollingSnippets } from "@/components/snippets/polling-snippets";
import { Button } from "@/components/ui/button";
import { CodeTabs } from "@/components/ui/code-tabs";
import { EmptyState } from "@/components/ui/empty-state";
import { publicUrl } from "../../../_lib/public-url";
import { sampleModel } from "../../../_lib/sample-model";
import { PageHeader } from "../../_components/page-header";

/** Webhooks do not exist yet. The page says so, with the two ways that work today. */
export function WebhooksView() {
  const call = {
    baseUrl: publicUrl(),
    body: { model: sampleModel().id, prompt: "Why does an agate have bands?" },
  };
  return (
    <>
      <PageHeader title="Webhooks">How your programs learn that a request ended.</PageHeader>
      <EmptyState
        title="Webhooks aren’t available yet"
        action={
          <Button asChild variant="secondary">
            <Link href="/docs/requests">Read about requests and results</Link>
          </Button>
        }
      >
        Today you can get a result in two ways, with the same response.
      </EmptyState>
      <div className="mt-10 grid items-start gap-x-6 gap-y-10 lg:grid-cols-2">
        <Method title="Wait in the call" samples={inferenceSnippets(call)}>
          For a person who is waiting. <code>Prefer: wait=60</code> keeps the call open until the request
          ends, for up to a minute. If it takes longer, you get its ID and it continues.
        </Method>
        <Method title="Polling" samples={pollingSnippets(call)}>
          For background work. The call returns an ID at once. Request the result until it’s no longer{" "}
          <code>202</code>; <code>GET /api/v1/inference/:id</code> returns the status alone. Polling doesn’t
          count toward your plan.
        </Method>
      </div>
    </>
  );
}

function Method({
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
